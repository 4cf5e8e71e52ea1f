//! What a participant file may look like, and what is taken from it.

use super::cell::collapsed;
use super::*;
use ParticipantFileFault::*;
use RowFault::{Cell, DoubledCode, NoName, Torn};

fn taken(text: &str) -> ParticipantTable {
    read(text.as_bytes(), &[]).unwrap()
}

fn names(table: &ParticipantTable) -> Vec<String> {
    table.rows.iter().map(|row| row.name.as_str().to_owned()).collect()
}

fn only(text: &str) -> ParticipantRow {
    let table = taken(text);
    assert_eq!((table.rows.len(), &table.bad_rows), (1, &vec![]), "{text}");
    table.rows.get(0).unwrap()
}

fn bad(text: &str) -> Vec<(usize, RowFault)> {
    taken(text).bad_rows.iter().map(|bad| (bad.line, bad.reason)).collect()
}

fn statuses(text: &str) -> Vec<&'static str> {
    taken(text).rows.iter().map(|row| row.status.word()).collect()
}

fn kept(table: &ParticipantTable) -> Vec<(&'static str, &str)> {
    table.columns.iter().map(|(field, header)| (field.word(), header.as_str())).collect()
}

fn chosen<const N: usize>(mapping: [(FileField, &str); N]) -> Vec<(FileField, String)> {
    mapping.into_iter().map(|(field, header)| (field, header.to_owned())).collect()
}

// ---- The file

#[test]
fn every_encoding_separator_and_line_end_is_read() {
    let lines = ["Navn;Virksomhed;Note;", "Søren Ågård;Økonomi;\"to\nlinjer\";", "", ";;;", "Æbel;;;;;"];
    let plain = lines.join("\r\n");
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(&plain);
    let utf_16 = |to: fn(u16) -> [u8; 2]| plain.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let mut files = vec![
        windows.into_owned(),
        utf_16(u16::to_le_bytes),
        utf_16(u16::to_be_bytes),
        format!("\u{feff}{plain}").into_bytes(),
        format!("\u{feff}sep=;\r\n{plain}").into_bytes(),
        lines.join("\n").into_bytes(),
        lines.join("\r").into_bytes(),
    ];
    files.extend([",", "\t", "|"].map(|separator| plain.replace(';', separator).into_bytes()));
    for file in files {
        let table = read(&file, &[]).unwrap();
        assert_eq!(names(&table), ["Søren Ågård", "Æbel"], "{:?}", String::from_utf8_lossy(&file));
        assert_eq!(table.rows.get(0).unwrap().company.as_ref().unwrap().as_str(), "Økonomi");
        assert_eq!((table.bad_rows, table.dropped_columns), (vec![], vec!["Note".to_owned()]));
    }
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    for text in ["name,company", "Navn;Virksomhed\r\n", "\u{feff}Navn;\n\n;;\n"] {
        assert!(taken(text).rows.is_empty() && taken(text).bad_rows.is_empty(), "{text}");
        assert!(taken(text).has(Field::Name));
    }
}

#[test]
fn what_is_no_table_is_refused() {
    for (bytes, fault) in [
        (&b""[..], Empty),
        (b"\xef\xbb\xbf \r\n", Empty),
        (b"PK\x03\x04", NotText),
        (b"%PDF-1.7", NotText),
        (b"\x89PNG\r\n", NotText),
        (b"\x1f\x8b\x08", NotText),
        (b"name\nA\0B\n", NotText),
        (b"\xef\xbb\xbfname\nS\xf8ren\n", BrokenUnicode),
        (b"S\xc3\xb8ren \xc3\x85g\xc3\xa5rd;\xc3", BrokenUnicode),
        (b"email,phone\na@b,1\n", NoNameColumn),
        (b"\"name,phone\n", NoNameColumn),
        (b";;;\n", NoNameColumn),
        (b"name,navn,name\nA,B,C\n", ColumnTwice(FileField::Name)),
        (b"name,status,status\nA,paid,void\n", ColumnTwice(FileField::Status)),
    ] {
        assert_eq!(read(bytes, &[]).unwrap_err(), fault, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_file_over_64_mib_is_refused() {
    // Not read any further, so that the test is quick.
    let mut bytes = b"GIF8".to_vec();
    bytes.resize(BYTES_MAX, b' ');
    assert_eq!(read(&bytes, &[]).unwrap_err(), NotText);
    bytes.push(b' ');
    assert_eq!(read(&bytes, &[]).unwrap_err(), TooLarge);
}

#[test]
fn columns_up_to_512_are_read_and_more_are_not() {
    let with = |count: usize| format!("name{}\nBo\n", ",x".repeat(count - 1));
    assert_eq!(taken(&with(512)).bad_rows.len(), 1);
    for count in [513, 2_000_000] {
        assert_eq!(read(with(count).as_bytes(), &[]).unwrap_err(), TooManyColumns);
    }
    // Spreadsheets write blank ones as far as anybody ever clicked.
    assert_eq!(names(&taken(&format!("name{0}\nBo{0}\n", ",".repeat(16_383)))), ["Bo"]);
    // A row as wide is torn, and takes nothing with it.
    assert_eq!(bad(&format!("name,x\nBo,1\nIb{}\nEva,2\n", ",y".repeat(2000))), [(3, Torn)]);
}

#[test]
fn rows_are_counted_up_to_the_limit() {
    assert_eq!(ROWS_MAX, 1_000_000);
    let text = b"Liste:;x\nname;b\nA;1\n;\nA;1\nname;b\nA;1\n";
    assert_eq!(read_at_most(3, text, &[]).unwrap().0.rows.len(), 3);
    assert_eq!(read_at_most(2, text, &[]).unwrap_err(), TooManyRows);
}

#[test]
fn a_cell_of_32_kib_is_read_and_a_longer_one_is_not() {
    let with = |length: usize| format!("name,note\nBo,1\nIb,\"{}\n\"\n", "x".repeat(length - 1));
    assert_eq!(names(&taken(&with(32 * 1024))), ["Bo", "Ib"]);
    assert_eq!(read(with(32 * 1024 + 1).as_bytes(), &[]).unwrap_err(), CellTooLong { line: 3 });
}

#[test]
fn a_file_is_loaded_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    assert_eq!(load(&path).unwrap_err(), NotThere);
    assert_eq!(load(folder.path()).unwrap_err(), Unreadable);
    std::fs::write(&path, "name\nBo\n").unwrap();
    assert_eq!(load(&path).unwrap(), b"name\nBo\n");

    let append = || std::io::Write::write_all(&mut File::options().append(true).open(&path).unwrap(), b"Ib\n").unwrap();
    assert_eq!(load_from(&mut File::open(&path).unwrap(), append).unwrap_err(), ChangedWhileRead);
    // Longer, and somebody set the time back; then as long as before, and written meanwhile.
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    let append_unseen = || {
        append();
        File::options().append(true).open(&path).unwrap().set_modified(before).unwrap();
    };
    assert_eq!(load_from(&mut File::open(&path).unwrap(), append_unseen).unwrap_err(), ChangedWhileRead);
    let touch = || File::options().append(true).open(&path).unwrap().set_modified(before + std::time::Duration::from_secs(1)).unwrap();
    assert_eq!(load_from(&mut File::open(&path).unwrap(), touch).unwrap_err(), ChangedWhileRead);

    File::create(&path).unwrap().set_len(BYTES_MAX as u64).unwrap();
    assert_eq!(load(&path).unwrap().len(), BYTES_MAX);
    File::create(&path).unwrap().set_len(BYTES_MAX as u64 + 1).unwrap();
    assert_eq!(load(&path).unwrap_err(), TooLarge);
}

#[test]
fn faults_have_a_word_each() {
    let faults = [NotThere, Unreadable, TooLarge, ChangedWhileRead, NotText, BrokenUnicode, Empty, NoNameColumn, TooManyColumns];
    let more = [TooManyRows, CellTooLong { line: 1 }, NoSuchColumn(FileField::Name), ColumnTwice(FileField::Name)];
    let words: HashSet<&str> = faults.iter().chain(&more).map(|fault| fault.word()).collect();
    assert_eq!(words.len(), 13);
    assert_eq!(NoSuchColumn(FileField::TicketCode).to_string(), "the file has no such column as chosen for ticket_code");
    for field in FileField::ALL {
        assert_eq!(FileField::parse(field.word()), Some(field));
    }
}

// ---- Rows

#[test]
fn a_torn_row_is_set_aside_with_its_line() {
    for (text, line) in [
        ("name,email\nBo,a@b\nIb\nEva,c@d\n", 3),
        ("name,email\r\nBo,a@b\r\n\r\nIb,c@d,e\r\nEva,c@d\r\n", 4),
        ("sep=,\nname,email\nBo,\"a\nb\"\nIb\nEva,c@d\n", 5),
        ("name,email\nBo,a@b\n\"Ib,c@d\nEva,e@f\n", 3),
        ("name,email\nBo,a@b\nIb,\"c@d\nEva,\"e, f\"\n", 3),
    ] {
        assert_eq!(bad(text), [(line, Torn)], "{text}");
        assert_eq!(names(&taken(text)), ["Bo", "Eva"], "{text}");
    }
}

#[test]
fn a_row_without_a_name_is_set_aside_with_its_line() {
    for name in [",", " , ", "\u{200B},", "-,", "Info Requested,Info Requested", "Unassigned,", "n/a,-", "ikke tildelt,"] {
        let text = format!("first name,last name,email\nBo,Bo,a\n{name},b\n");
        assert_eq!(bad(&text), [(3, NoName)], "{name}");
    }
    for name in ["Null,None", "X,Y", "??,?", "½,№", "TRUE,FALSE", "00123,1e5", "Anna,-"] {
        assert_eq!(taken(&format!("first name,last name\n{name}\n")).rows.len(), 1, "{name}");
    }
}

#[test]
fn a_name_of_300_characters_is_taken_and_a_longer_one_set_aside() {
    let with = |length: usize| format!("name\n{}\n", "å".repeat(length));
    assert_eq!(taken(&with(300)).rows.len(), 1);
    assert_eq!(bad(&with(301)), [(2, Cell(Field::Name, TextFault::TooLong { max: 300 }))]);
    let table = format!("name,bord\nBo,{}\nIb,{}\n", "1".repeat(60), "1".repeat(61));
    assert_eq!(bad(&table), [(3, Cell(Field::Table, TextFault::TooLong { max: 60 }))]);
}

#[test]
fn titles_above_the_header_and_between_blocks_are_passed_over() {
    let text = "Arrangement:;\"Fest, 60 år, i haven\";\r\n\
        ID;Fornavn;Efternavn;;Betalt\r\n7;Bo;Bo;;Ja\r\n8;Ib;Ib;;Nej\r\n\
        Arrangement:;\"Revy\";\r\nArrangement:;\"Middag\";;;;\r\n\r\n\
        ID;Fornavn;Efternavn;;Betalt\r\n9;Eva;Eva;;Ja\r\n";
    let table = taken(text);
    assert_eq!(names(&table), ["Bo Bo", "Ib Ib", "Eva Eva"]);
    assert_eq!((table.rows.get(2).unwrap().line, &table.bad_rows, &table.dropped_columns), (9, &vec![], &vec!["column 4".to_owned()]));
    // Numbers above the header are no title.
    assert_eq!(names(&taken("1;2\nnavn;firma\n1;x\n2;y\n")), ["1", "2"]);
    // The row that says the most is the header.
    assert_eq!(names(&taken("Navn:;Sommerfest\nNavn;Firma;Stilling\nBo;x;y\n")), ["Bo"]);
    assert_eq!(names(&taken("Deltagere, hold 1, 2, 3, 4\nNavn;Firma\nHansen, Bo;x\n")), ["Hansen, Bo"]);
}

// ---- Columns

#[test]
fn columns_are_found_by_the_headers_of_other_systems() {
    for (header, expected) in [
        // pretix, check-in list and positions, in Danish, English and German.
        (
            "Bestillingsnr.;Navn på deltager;Deltagerens navn: Fornavn;Deltagerens navn: Efternavn;Produkt;Hemmelighed;Stilling;Virksomhed;Blokeret",
            "-;name;-;sort_name;ticket_type;-;title;company;status",
        ),
        (
            "Order code;Position ID;Status;Product;Attendee name;Attendee name: Title;Attendee name: Family name;Attendee company;Ticket secret;Job title;Invoice address company;Invoice address name",
            "-;-;status;ticket_type;name;-;sort_name;company;-;title;company;-",
        ),
        (
            "Bestellnummer;Position;Status;Produkt;Name Teilnehmer*in;Name Teilnehmer*in: Nachname;Firma",
            "-;-;status;ticket_type;name;sort_name;company",
        ),
        ("Order code;Attendee name;Product;Paid;Secret;Company;Company", "-;name;ticket_type;status;-;company;company"),
        // Eventbrite, three of its reports.
        (
            "Order #;First Name;Last Name;Quantity;Ticket Type;Attendee #;Attendee Status;Job Title;Company",
            "-;name;sort_name;-;ticket_type;-;status;title;company",
        ),
        ("Order ID;Attendee Status;Name;Email;Event Name;Ticket Type;Buyer Name;Buyer Email", "-;status;name;-;-;ticket_type;-;-"),
        (
            "Order ID;Attendee first name;Attendee last name;Ticket tier;Ticket type;Buyer first name;Buyer last name;Barcode number",
            "-;name;sort_name;-;ticket_type;-;-;-",
        ),
        // alf.io, Indico, Hi.Events, Google Forms, Outlook, Luma, Tito, Microsoft Forms, Klubmodul.
        (
            "ID;Category;Status;ReservationID;Full Name;First Name;Last Name;company;jobTitle",
            "-;ticket_type;status;-;name;-;sort_name;company;title",
        ),
        (
            "ID;Name;First Name;Last Name;Affiliation;Position;Registration state;Checked in;Check-in date",
            "-;name;-;sort_name;company;title;status;-;-",
        ),
        ("ID;First Name;Last Name;Email;Status;Check Ins;Product ID;Product Name;Public ID", "-;name;sort_name;-;status;-;-;ticket_type;-"),
        ("Tidsstempel;Mailadresse;Navn *;Firma:;Stilling", "-;-;name;company;title"),
        ("Timestamp;Email Address;Full name;Company name;Job title?", "-;-;name;company;title"),
        ("First Name;Middle Name;Last Name;Title;Company;Job Title;Categories", "name;-;sort_name;-;company;title;-"),
        (
            "api_id;name;first_name;last_name;email;approval_status;checked_in_at;qr_code_url;ticket_name",
            "-;name;-;sort_name;-;status;-;-;ticket_type",
        ),
        (
            "Number;Ticket;Ticket Full Name;Ticket First Name;Ticket Last Name;Ticket Company Name;Void Status;Ticket Reference;Order Name;Order Company Name",
            "-;ticket_type;name;-;sort_name;company;status;-;-;-",
        ),
        ("ID;Start time;Completion time;Email;Name;\"Titel\n\"", "-;-;-;-;name;title"),
        ("Id;Fornavn;Efternavn;Adresse;Bord;Lokale", "-;name;sort_name;-;table;room"),
        // By hand, in Swedish, Norwegian and German.
        (
            "Förnamn;Efternamn;Befattning;Företag;Biljettkod;Biljettyp;Betald;Spärrad;Bordsnummer;Lokal",
            "name;sort_name;title;company;-;ticket_type;status;status;table;room",
        ),
        (
            "Fornavn;Etternavn;Stilling;Bedrift;Billettkode;Billettype;Betalt;Sperret;Bord;Rom",
            "name;sort_name;title;company;-;ticket_type;status;status;table;room",
        ),
        (
            "Vorname;Nachname;Funktion;Firma;Ticketcode;Ticketart;Bezahlt;Tisch;Raum",
            "name;sort_name;title;company;-;ticket_type;status;table;room",
        ),
    ] {
        let table = taken(header);
        let titles: Vec<String> = Rows::new(header, 0, b';').header();
        let found: Vec<&str> =
            titles.iter().map(|title| kept(&table).iter().find(|(_, header)| header == title).map_or("-", |(field, _)| *field)).collect();
        assert_eq!(found.join(";"), expected, "{header}");
    }
}

impl<'t> Rows<'t> {
    fn header(mut self) -> Vec<String> {
        let mut row = Row::default();
        assert!(self.read(&mut row));
        row.cells.iter().map(|cell| collapsed(cell)).collect()
    }
}

#[test]
fn a_list_that_the_program_wrote_is_read_back_in_every_language() {
    use crate::documents::participant_list::{Dialect, render_csv};
    use crate::domain::language::Language;
    use crate::domain::participant_list::{ListEntry, ParticipantList};
    let at = chrono::DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::UTC);
    let entry = ListEntry { name: "Åse Ågård".into(), title: Some("Kemiker".into()), company: Some("Ærø Data".into()) };
    let list = ParticipantList {
        organisation: String::new(),
        event: String::new(),
        venue: None,
        starts_at: at,
        ends_at: at,
        run: 1,
        printed_at: at,
        destroy_by: at,
        entries: vec![entry],
    };
    for language in Language::ALL {
        for dialect in [Dialect::Semicolon, Dialect::Comma] {
            let table = read(&render_csv(&list, language, dialect), &[]).expect("read back");
            assert_eq!(table.rows.len(), 1, "{language:?}");
            let row = table.rows.get(0).unwrap();
            let texts = [Some(row.name.as_str()), row.title.as_ref().map(Title::as_str), row.company.as_ref().map(Company::as_str)];
            assert_eq!(texts, [Some("Åse Ågård"), Some("Kemiker"), Some("Ærø Data")], "{language:?}");
        }
    }
}

#[test]
fn mr_and_mrs_are_no_title() {
    let text = "Attendee name,Attendee name: Title,Attendee name: Given name,Attendee name: Family name,Job title,Title\n\
        Ms Ada Bo,Ms,Ada,Bo,Engineer,Ms\n";
    let row = only(text);
    assert_eq!(row.title.unwrap().as_str(), "Engineer");
    assert_eq!(row.sort_name.unwrap().as_str(), "Bo");
    assert_eq!(only("navn,titel\nBo,Direktør\n").title.unwrap().as_str(), "Direktør");
}

#[test]
fn the_attendees_company_comes_before_the_invoices() {
    let text = "name,Invoice address company,Attendee company\nA,Faktura A/S,Firma A/S\nB,Faktura A/S,\nC,,\n";
    let companies: Vec<Option<String>> = taken(text).rows.iter().map(|row| row.company.map(|company| company.as_str().into())).collect();
    assert_eq!(companies, [Some("Firma A/S".into()), Some("Faktura A/S".into()), None]);
    let both = taken("name,Company,Company\nA,,Second\nB,First,Second\n");
    let companies: Vec<String> = both.rows.iter().map(|row| row.company.unwrap().as_str().to_owned()).collect();
    assert_eq!(companies, ["Second", "First"]);
}

#[test]
fn a_name_is_the_whole_one_else_its_halves() {
    let text = "Navn,Fornavn,Efternavn\nBo Ib Bo,Bo,Bo\n,Ada,Holm\n,Ada,\n,,Holm\n";
    assert_eq!(names(&taken(text)), ["Bo Ib Bo", "Ada Holm", "Ada", "Holm"]);
    let sorted: Vec<Option<String>> = taken(text).rows.iter().map(|row| row.sort_name.map(|name| name.as_str().into())).collect();
    assert_eq!(sorted, [Some("Bo".into()), Some("Holm".into()), None, Some("Holm".into())]);
    assert_eq!(kept(&taken(text)), [("name", "Navn"), ("name", "Fornavn"), ("sort_name", "Efternavn")]);
    assert!(only("Navn\nBo Holm\n").sort_name.is_none());
    // Nobody needed it, so it was not kept.
    assert_eq!(taken("Navn,Fornavn\nBo,Bo\n").dropped_columns, ["Fornavn"]);
}

#[test]
fn what_is_not_kept_is_named_and_gone() {
    let text = "Order code,Attendee name,E-mail,Secret,Phone number,,Price,Address,Product\nAB1,Bo,secret@mail,s3cr3t,12345678,x,99.00,Vej 1,VIP\n";
    let table = taken(text);
    assert_eq!(table.dropped_columns, ["Order code", "E-mail", "Phone number", "column 6", "Price", "Address"]);
    assert_eq!(kept(&table), [("name", "Attendee name"), ("ticket_type", "Product")]);
    let row = &table.rows.get(0).unwrap();
    assert!(row.key == RowKey::Code("s3cr3t".into()) && row.title.is_none() && row.company.is_none() && row.status == Status::MayEnter);
    assert!(!table.has(Field::Status) && table.has(Field::TicketType) && !table.has_check_ins);
    // Where in the order is told only where the order is.
    assert_eq!(taken("name,position id\nBo,1\n").dropped_columns, ["position id"]);
    assert!(taken("name,order code,position id\nBo,X,1\n").dropped_columns.is_empty());
    assert_eq!(taken("name,secret,order code,position id\nBo,s,X,1\n").dropped_columns, ["order code", "position id"]);
    // A column without a header beyond the last that has one.
    assert_eq!(taken("name,email,,\nBo,a@b,,x\n").dropped_columns, ["email", "column 3", "column 4"]);
}

#[test]
fn check_ins_of_the_file_are_seen_and_dropped() {
    for (header, cell, has) in [
        ("Tjekket ind", "21.11.2026 20:24", true),
        ("Checked in", "Yes", true),
        ("Checked in", "No", false),
        ("checked_in_at", "", false),
        ("Check-in lists", "Indgang", true),
        ("Automatically checked in", "Ja", false),
    ] {
        let table = taken(&format!("name,{header}\nBo,{cell}\nIb,\n"));
        assert_eq!((table.has_check_ins, &table.dropped_columns), (has, &vec![header.to_owned()]), "{header} {cell}");
    }
}

// ---- Who may enter

#[test]
fn a_status_decides_who_may_enter_and_an_unknown_one_does_not_let_in() {
    for (word, status) in [
        ("betalt", "may_enter"),
        ("Paid", "may_enter"),
        ("Attending", "may_enter"),
        ("CHECKED_IN", "may_enter"),
        ("ACQUIRED", "may_enter"),
        ("Completed", "may_enter"),
        ("", "may_enter"),
        ("pending", "unpaid"),
        ("ikke betalt", "unpaid"),
        ("TO_BE_PAID", "unpaid"),
        ("pending_approval", "unpaid"),
        ("hvad som helst", "unpaid"),
        ("Refunded", "cancelled"),
        ("annulleret", "cancelled"),
        ("canceled", "cancelled"),
        ("Not Attending", "cancelled"),
        ("udløbet", "cancelled"),
        ("blokeret", "blocked"),
        ("Betald", "may_enter"),
        ("bekreftet", "may_enter"),
        ("Påmeldt", "may_enter"),
        ("ej betald", "unpaid"),
        ("avbokad", "cancelled"),
        ("kansellert", "cancelled"),
        ("spärrad", "blocked"),
        ("sperret", "blocked"),
    ] {
        assert_eq!(statuses(&format!("name,status\nBo,{word}\n")), [status], "{word}");
    }
    assert_eq!(statuses("name,Void Status\nA,\nB,true\nC,false\nD,void\n"), ["may_enter", "cancelled", "may_enter", "cancelled"]);
}

#[test]
fn payment_and_blocking_decide_too_and_the_worst_counts() {
    let words = ["Ja", "Nej", "", "yes", "No", "1.250,00", "0,00", "05-10-2026", "betalt", "refunderet", "x"];
    let text: String = words.iter().map(|word| format!("A;{word}\n")).collect();
    let expected =
        ["may_enter", "unpaid", "unpaid", "may_enter", "unpaid", "may_enter", "unpaid", "may_enter", "may_enter", "cancelled", "may_enter"];
    assert_eq!(statuses(&format!("navn;betalt\n{text}")), expected);
    assert_eq!(statuses("name,blocked\nA,\nA,Nej\nA,Yes\nA,by staff\n"), ["may_enter", "may_enter", "blocked", "blocked"]);
    assert_eq!(statuses("namn,betald\nA,Ja\nA,Nej\n"), ["may_enter", "unpaid"]);
    assert_eq!(statuses("navn,betalt\nA,Ja\nA,Nei\n"), ["may_enter", "unpaid"]);
    let text = "name,status,paid,blocked\nA,canceled,no,yes\nA,paid,no,yes\nA,paid,no,\nA,paid,yes,\n";
    assert_eq!(statuses(text), ["cancelled", "blocked", "unpaid", "may_enter"]);
}

// ---- What tells rows apart

#[test]
fn a_ticket_code_is_kept_as_it_stands() {
    let key = |code: &str| only(&format!("name,barcode\nBo,{code}\n")).key;
    for (cell, code) in [("00112119122431844158342300", "00112119122431844158342300"), (" aB+/= ", "aB+/="), ("'=x", "=x"), ("\t-x", "-x")]
    {
        assert!(key(cell) == RowKey::Code(code.into()), "{cell}");
    }
    let long = |length: usize| format!("name,barcode\nBo,{}\n", "x".repeat(length));
    assert_eq!(taken(&long(256)).rows.len(), 1);
    assert_eq!(bad(&long(257)), [(2, RowFault::Code)]);
    for code in ["a\u{1}b", "\"a\nb\"", "a\u{202E}b"] {
        assert_eq!(bad(&format!("name,barcode\nBo,{code}\n")), [(2, RowFault::Code)], "{code:?}");
    }
}

#[test]
fn a_doubled_ticket_is_set_aside_with_the_line_of_the_first() {
    let text = "name,secret\nBo,a\nIb,b\nEva,a\nUlf,a\n,a\nAda,A\n";
    assert_eq!(bad(text), [(4, DoubledCode { first: 2 }), (5, DoubledCode { first: 2 }), (6, NoName)]);
    assert_eq!(names(&taken(text)), ["Bo", "Ib", "Ada"]);
    // A nameless ticket leaves its code to the row that has a name.
    assert_eq!(bad("name,secret\n,a\nBo,a\n"), [(2, NoName)]);
    assert_eq!(bad("name,order code,position id\nA,X,1\nB,X,2\nC,X,1\n"), [(4, DoubledCode { first: 2 })]);
}

#[test]
fn without_a_code_the_order_tells_rows_apart_and_without_an_order_likeness() {
    let keys = |text: &str| taken(text).rows.iter().map(|row| row.key).collect::<Vec<_>>();
    let order = |order: &str, position| RowKey::Order(order.into(), position);
    assert!(keys("name,order code,position id\nA,X,2\nB,X,1\n") == [order("X", 2), order("X", 1)]);
    assert!(keys("name,order code\nA,X\nB,Y\n,X\nC,X\n") == [order("X", 1), order("Y", 1), order("X", 3)]);
    assert!(keys("name,order #,attendee #\nA,112,18441583423\n") == [order("112/18441583423", 1)]);
    assert!(keys("id,navn\n1000,A\n1001,B\n") == [order("1000", 1), order("1001", 1)]);
    assert!(keys("ID,ReservationID,Full Name\nuuid-1,R,A\n") == [RowKey::Code("uuid-1".into())]);
    assert!(keys("name,secret,order code\nA,s,X\nB,,X\n") == [RowKey::Code("s".into()), order("X", 1)]);
    let likeness = RowKey::Likeness;
    assert!(keys("name,company,status\nA,x,\nB,x,\nA,x,void\nA,y,\n") == [likeness(1), likeness(1), likeness(2), likeness(1)]);
}

// ---- Cells

#[test]
fn cells_are_freed_of_marks_and_kept_otherwise() {
    for (cell, text) in [
        ("'=1+1", "=1+1"),
        ("'+45 12345678 '-Minus", "+45 12345678 '-Minus"),
        ("'-x", "-x"),
        ("'@SUM(A1:A9)", "@SUM(A1:A9)"),
        ("'\tx", "x"),
        ("\t=1+1", "=1+1"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("=1+1", "=1+1"),
        ("  led space ", "led space"),
        ("RTL\u{202E}esrever", "RTLesrever"),
        ("\u{200F}\u{2067}נעה\u{2069}\u{61C}", "נעה"),
        ("Tab\there", "Tabhere"),
        ("a\u{7}\u{7f}\u{9f}b", "ab"),
        ("a\r\n \n b", "a b"),
        ("a\u{2028}b\u{b}c\u{85}d", "a b c d"),
        ("Zero\u{200B}width", "Zero\u{200B}width"),
        ("BOM\u{FEFF}inside", "BOM\u{FEFF}inside"),
        ("NBSP\u{A0}her", "NBSP\u{A0}her"),
        ("👩\u{200D}🚀 Maja", "👩\u{200D}🚀 Maja"),
        ("e\u{301} Ærø’s “x” عبد", "e\u{301} Ærø’s “x” عبد"),
        ("Anne \"Ankie\" O'Neill", "Anne \"Ankie\" O'Neill"),
    ] {
        let text_file = format!("name,company\nBo,\"{}\"\n", cell.replace('"', "\"\""));
        assert_eq!(only(&text_file).company.unwrap().as_str(), text, "{cell:?}");
    }
    assert!(only("name,company\nBo,\u{202E}\n").company.is_none());
}

// ---- By hand

#[test]
fn columns_chosen_by_hand_win() {
    let text = "Navn,Hvem,Sted,Titel,Status\nForkert,Bo,Firma A/S,Hr.,void\n";
    let mapping =
        chosen([(FileField::Name, " hvem "), (FileField::Company, "STED"), (FileField::Title, ""), (FileField::Status, "column 3")]);
    let table = read(text.as_bytes(), &mapping).unwrap();
    let row = &table.rows.get(0).unwrap();
    assert_eq!((row.name.as_str(), row.company.as_ref().unwrap().as_str(), row.title.is_none()), ("Bo", "Firma A/S", true));
    assert_eq!(row.status, Status::Unpaid);
    assert_eq!(table.dropped_columns, ["Navn", "Titel", "Status"]);

    let fault = |mapping: &[(FileField, String)]| read(text.as_bytes(), mapping).unwrap_err();
    assert_eq!(fault(&chosen([(FileField::Room, "Lokale")])), NoSuchColumn(FileField::Room));
    assert_eq!(fault(&chosen([(FileField::Room, "column 6")])), NoSuchColumn(FileField::Room));
    assert_eq!(fault(&chosen([(FileField::Name, "")])), NoNameColumn);
    // A chosen column is nothing else any more.
    let other = read(b"name,title\nBo,x\n", &chosen([(FileField::Company, "title")])).unwrap();
    assert_eq!(kept(&other), [("name", "name"), ("company", "title")]);
    let twice = "name,x,x\nBo,1,2\n";
    assert_eq!(read(twice.as_bytes(), &chosen([(FileField::TicketCode, "x")])).unwrap_err(), ColumnTwice(FileField::TicketCode));
    let second = read(twice.as_bytes(), &chosen([(FileField::TicketCode, "column 3")])).unwrap();
    assert!(second.rows.get(0).unwrap().key == RowKey::Code("2".into()));
    // The header is where the chosen columns are.
    let unknown = "Liste;2026\nHvem;Hvorfra\nBo;Her\n";
    assert_eq!(names(&read(unknown.as_bytes(), &chosen([(FileField::Name, "hvem")])).unwrap()), ["Bo"]);
}

#[test]
fn the_headers_come_with_what_they_were_taken_for() {
    let text = "Liste:;x\nNavn;E-mail;Firma;Firma\nA;a@b;'=x;\n";
    let (_, headers) = read_with_headers(text.as_bytes()).unwrap();
    let company = ("Firma".to_owned(), FileField::Company);
    assert_eq!(headers, [("Navn".to_owned(), FileField::Name), company.clone(), company]);
    assert_eq!(read_with_headers(b"").unwrap_err(), Empty);
}

#[test]
fn nothing_of_a_cell_is_in_a_log() {
    let table = taken("name,secret,company\nNeedle Person,needle-code,Needle A/S\n,needle-2,\n");
    assert!(!format!("{table:?}").to_lowercase().contains("needle"));
}
