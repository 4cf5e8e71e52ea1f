//! Participant files of other systems: what is kept of each, to the letter. Small ones of ours stand in the fixtures;
//! the big ones are read where `VELKOMMEN_DATA` is set.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use velkommen::documents::participant_file::{load, read};
use velkommen::domain::participant::{Field, ParticipantRow, RowKey, Status};
use velkommen::domain::participant_table::ParticipantTable;

fn fixture(name: &str) -> ParticipantTable {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/participants").join(name);
    read(&load(&path).unwrap(), &[]).unwrap()
}

fn key(row: &ParticipantRow) -> String {
    match &row.key {
        RowKey::Code(code) => format!("code {code}"),
        RowKey::Order(order, position) => format!("order {order} {position}"),
        RowKey::Likeness(count) => format!("likeness {count}"),
    }
}

/// A line for each row: its line, its key, and what is known.
fn told(table: &ParticipantTable) -> Vec<String> {
    let told = |row: ParticipantRow| {
        let known = [
            Some(row.name.as_str()),
            row.sort_name.as_ref().map(|text| text.as_str()),
            row.title.as_ref().map(|text| text.as_str()),
            row.company.as_ref().map(|text| text.as_str()),
            row.ticket_type.as_ref().map(|text| text.as_str()),
        ];
        let known: Vec<&str> = known.into_iter().map(|text| text.unwrap_or("-")).collect();
        format!("{} | {} | {} | {}", row.line, key(&row), known.join(" | "), row.status.word())
    };
    let bad = table.bad_rows.iter().map(|row| format!("{} {:?}", row.line, row.reason));
    table.rows.iter().map(told).chain(bad).collect()
}

#[test]
fn what_other_systems_write_is_read_to_the_letter() {
    for (name, rows, dropped, check_ins) in [
        (
            "pretix_checkin_da.csv",
            vec![
                "2 | code 7nc3x8t46pejaxv9xt4hdkdjg7vycvvh | Fru Søren Ærø | Ærø | Kemiker | Smørrebrød & Søn A/S | Deltager | may_enter",
                "3 | code b39vevjkehgr6z78nq4munepdwrg4rux | +45 12345678 -Minus | -Minus | Danser | @SUM(A1:A9) | VIP | unpaid",
                "5 | code cjgc3uykfszsg2ghahpjx4ctyrhbj8wm | Aage Dam | Dam | - | - | Deltager | blocked",
                "4 NoName",
            ],
            "Bestillingsnr.,Deltagerens navn: Titel,Deltagerens navn: Fornavn,Pris,Tjekket ind,Checked out,Automatically checked in,Email,Telefonnummer,Adresse",
            true,
        ),
        (
            "pretix_positions_de.csv",
            vec![
                "2 | order Q7HFN 1 | Jörg Müßig | Müßig | - | Müller, Meier; Schulze GmbH | Ticket | may_enter",
                "3 | order Q7HFN 2 | Ute Groß | Groß | - | - | Ticket | cancelled",
                "4 | order CZTJL 1 | Ida Öz | Öz | - | - | Ticket | unpaid",
            ],
            "Preis,Name Teilnehmer*in: Vorname,E-Mail Teilnehmer*in,Position im Betrieb",
            false,
        ),
        (
            "eventbrite.csv",
            vec![
                "2 | order 11211912243/18441583423 1 | Ada Holm | Holm | Engineer | Holm Ltd | General Admission | may_enter",
                "4 | order 11211912245/18441583425 1 | Bo Ib | Ib | - | - | General Admission | cancelled",
                "3 NoName",
            ],
            "Order Date,Email,Quantity,Home Address 1",
            false,
        ),
        (
            "alfio.csv",
            vec![
                "2 | code 0f5b | =1+1 -x | -x | Kemiker | @SUM(A1) | Deltager | may_enter",
                "4 | code 0f5c | Ada Holm | Holm | - | - | VIP | cancelled",
            ],
            "PaidPrice,ReservationID,First Name,E-Mail,Billing Address",
            false,
        ),
        (
            "luma.csv",
            vec![
                "2 | code https://lu.ma/check-in/evt-1?pk=g-1 | Ada Holm | Holm | - | - | Standard | may_enter",
                "3 | code https://lu.ma/check-in/evt-1?pk=g-2 | Bo Ib | Ib | - | - | Standard | cancelled",
            ],
            "api_id,first_name,email,phone_number,created_at,checked_in_at,amount",
            true,
        ),
        (
            "tito.csv",
            vec![
                "3 | code X1YZ-2 | Ada Holm | Holm | - | Holm Ltd | Standard | may_enter",
                "4 | code X1YZ-3 | Bo Ib | Ib | - | - | Standard | cancelled",
                "2 NoName",
            ],
            "Number,Ticket Created Date,Ticket First Name,Ticket Email,Event,Price,Order Reference,Order Name,Order Email,Order Company Name",
            false,
        ),
        (
            "ms_forms_cp1252.csv",
            vec!["3 | order 1 1 | Søren Ærø | - | Bager | Bageri Å | - | may_enter", "4 NoName"],
            "Start time,Completion time,Email",
            false,
        ),
        (
            "ticketsystem_cp1252.csv",
            vec![
                "3 | order 1000 1 | Søren Ærø | Ærø | Kemiker | Smørrebrød & Søn A/S | - | may_enter",
                "4 | order 1001 1 | Anne \"Ankie\" O'Neill | O'Neill | - | Müller, Meier; Schulze GmbH | - | unpaid",
                "8 | order 1002 1 | Ib Bo | Bo | - | - | - | may_enter",
            ],
            "Adresse,Postnr/by,Email,Antal,Stykpris,column 11,Note",
            false,
        ),
    ] {
        let table = fixture(name);
        assert_eq!(told(&table), rows, "{name}");
        assert_eq!((table.dropped_columns.join(","), table.has_check_ins), (dropped.to_owned(), check_ins), "{name}");
    }
}

// ---- The big files

/// The folder of big files, or a loud word that they were skipped.
fn data(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("VELKOMMEN_DATA").map(PathBuf::from);
    if folder.is_none() {
        // Past the test harness, which swallows what a passing test says.
        std::io::Write::write_all(&mut std::io::stderr(), format!("\n*** SKIPPED: {what}: VELKOMMEN_DATA is not set ***\n").as_bytes())
            .unwrap();
    }
    folder
}

fn table(file: PathBuf) -> ParticipantTable {
    read(&load(&file).unwrap(), &[]).unwrap()
}

/// Name, title, company and code.
type Known = (String, Option<String>, Option<String>, String);

fn known(row: &ParticipantRow) -> Known {
    let text = |text: &str| text.to_owned();
    (
        text(row.name.as_str()),
        row.title.as_ref().map(|title| text(title.as_str())),
        row.company.as_ref().map(|company| text(company.as_str())),
        key(row),
    )
}

#[test]
fn the_same_ten_thousand_are_read_from_three_files_of_pretix() {
    let Some(folder) = data("ten thousand participants") else { return };
    let files = ["checkinlist-10000-da.csv", "checkinlist-10000-da-semicolon.csv", "orderpositions-10000-en.csv"];
    let tables = files.map(|file| table(folder.join("pretix").join(file)));
    for (table, file) in tables.iter().zip(files) {
        assert_eq!((table.rows.len(), table.bad_rows.len(), table.has_check_ins), (10_000, 0, true), "{file}");
        assert!(table.rows.iter().all(|row| row.status == Status::MayEnter && row.sort_name.is_some()), "{file}");
        assert!(table.rows.iter().all(|row| !format!("{:?}", known(&row)).contains('@')), "{file}: no e-mail");
        assert!(table.dropped_columns.iter().any(|header| header == "Email"), "{file}");
    }
    let sets = tables.map(|table| table.rows.iter().map(|row| known(&row)).collect::<BTreeSet<Known>>());
    assert!(sets[0].len() == 10_000 && sets[0] == sets[1] && sets[0] == sets[2]);
}

/// What a cell should come out as, by rules of its own.
fn freed(cell: &str) -> String {
    let marks = ['\u{200E}', '\u{200F}', '\u{61C}'];
    let cell = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(cell);
    let freed: String = cell
        .replace("\r\n", " ")
        .replace('\n', " ")
        .chars()
        .filter(|c| {
            !c.is_control() && !marks.contains(c) && !('\u{202A}'..='\u{202E}').contains(c) && !('\u{2066}'..='\u{2069}').contains(c)
        })
        .collect();
    freed.trim().to_owned()
}

#[test]
fn nasty_participants_are_read_cell_by_cell() {
    let Some(folder) = data("nasty participants") else { return };
    for (file, [name, title, company, code, family, product]) in [
        (
            "checkinlist-nasty-da.csv",
            ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Deltagerens navn: Efternavn", "Produkt"],
        ),
        (
            "checkinlist-nasty-da-excel.csv",
            ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Deltagerens navn: Efternavn", "Produkt"],
        ),
        (
            "orderpositions-nasty-en.csv",
            ["Attendee name", "Stilling", "Attendee company", "Ticket secret", "Attendee name: Family name", "Product"],
        ),
    ] {
        let path = folder.join("pretix").join(file);
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let headers = reader.headers().unwrap().clone();
        let at = |header: &str| headers.iter().position(|other| other == header).unwrap();
        let table = table(path);
        let read: HashMap<String, ParticipantRow> = table.rows.iter().map(|row| (key(&row), row)).collect();
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let cell = |header: &str| freed(&record[at(header)]);
            rows += 1;
            let row = &read[&format!("code {}", &record[at(code)])];
            let some = |text: String| Some(text).filter(|text| !text.is_empty());
            let of = |text: Option<&str>| text.map(str::to_owned);
            assert_eq!(row.name.as_str(), cell(name));
            assert_eq!(of(row.title.as_ref().map(|text| text.as_str())), some(cell(title)));
            assert_eq!(of(row.company.as_ref().map(|text| text.as_str())), some(cell(company)));
            assert_eq!(of(row.sort_name.as_ref().map(|text| text.as_str())), some(cell(family)));
            assert_eq!(of(row.ticket_type.as_ref().map(|text| text.as_str())), some(cell(product)));
        }
        assert_eq!((rows, table.rows.len(), table.bad_rows.len()), (237, 237, 0), "{file}");
    }
}

#[test]
fn sixty_participants_are_read_from_each_of_six_systems() {
    let Some(folder) = data("six systems") else { return };
    for file in [
        "alfio_export.csv",
        "danish_ticketsystem_cp1252.csv",
        "eventbrite_attendee_report.csv",
        "google_forms_da.csv",
        "indico_registrations.csv",
        "outlook_contacts.csv",
    ] {
        let table = table(folder.join("others").join(file));
        // One of the sixty has a name of 241 characters.
        assert_eq!((table.rows.len(), table.bad_rows.len()), (60, 0), "{file}");
        for field in [Field::Name, Field::Company, Field::Title] {
            assert!(table.has(field), "{file}: {field:?}");
        }
        assert!(table.rows.iter().filter(|row| row.title.is_some()).count() >= 59, "{file}");
        assert!(table.rows.iter().filter(|row| row.company.is_some()).count() >= 55, "{file}");
        // Windows-1252 has no letters for some of them.
        let is_danish =
            |row: &ParticipantRow| ["Søren Ærøskøbing-Åkjær", "Øystein Karsten Jespersen", "Paw Carlsen"].contains(&row.name.as_str());
        assert_eq!(table.rows.iter().filter(is_danish).count(), 3, "{file}");
        assert!(!table.rows.iter().any(|row| format!("{:?}", known(&row)).contains("@example.org")), "{file}: no e-mail");
        let cancelled = table.rows.iter().filter(|row| row.status == Status::Cancelled).count();
        let may_enter = table.rows.iter().filter(|row| row.status == Status::MayEnter).count();
        assert_eq!(cancelled + may_enter, 60, "{file}");
        assert_eq!(cancelled, if file.starts_with("eventbrite") { 7 } else { 0 }, "{file}");
        assert_eq!(table.has_check_ins, file.starts_with("indico"), "{file}");
    }
}
