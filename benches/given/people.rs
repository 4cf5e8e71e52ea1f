//! The participants of the bench: real ones where there are some, else made up, and the same in every run.

use std::path::Path;

use velkommen::documents::participant_file;
use velkommen::domain::participant_table::ParticipantTable;

use crate::Outcome;

/// The rows of a check-in list as pretix writes it.
pub struct People {
    pub source: String,
    pub head: csv::StringRecord,
    pub rows: Vec<csv::StringRecord>,
    /// Where the ticket code stands.
    pub code: usize,
}

impl People {
    pub fn load() -> Outcome<People> {
        let (source, text) = match std::env::var_os("VELKOMMEN_DATA") {
            Some(data) => {
                let file = Path::new(&data).join("pretix/checkinlist-10000-da.csv");
                (format!("real rows of {}", file.display()), std::fs::read_to_string(file)?)
            }
            None => {
                eprintln!("!!! VELKOMMEN_DATA IS NOT SET: the participants below are made up, in the shape of a pretix file.");
                ("made up".to_owned(), made_up())
            }
        };
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let head = reader.headers()?.clone();
        let code = head.iter().position(|column| column == "Hemmelighed").ok_or("the file has no column of ticket codes")?;
        Ok(People { source, head, code, rows: reader.into_records().collect::<Result<_, _>>()? })
    }

    /// The file with `count` rows; those past its own come again under other codes.
    pub fn file(&self, count: usize, draw: &mut Draw) -> Outcome<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(&self.head)?;
        for number in 0..count {
            let row = &self.rows[number % self.rows.len()];
            let code = if number < self.rows.len() { row[self.code].to_owned() } else { draw.code() };
            writer.write_record(row.iter().enumerate().map(|(column, cell)| if column == self.code { &code } else { cell }))?;
        }
        Ok(writer.into_inner()?)
    }

    pub fn table(&self, count: usize, draw: &mut Draw) -> Outcome<ParticipantTable> {
        Ok(participant_file::read(&self.file(count, draw)?, &[])?)
    }
}

fn made_up() -> String {
    const FIRST: [&str; 12] = ["Søren", "Åse", "Anne-Grethe", "Ida", "Mikkel", "Bjørn", "Kirsten", "Æskild", "Line", "Jørgen", "Zoë", "Bo"];
    const LAST: [&str; 12] =
        ["Kjær", "Jensen", "Ågård", "Sørensen", "Nielsen", "Brændgaard", "Holm", "Østergaard", "Frandsen", "Møller", "Dam", "Aagaard"];
    let mut draw = Draw(7);
    let mut text = String::from(
        r#""Bestillingsnr.","Navn på deltager","Deltagerens navn: Fornavn","Deltagerens navn: Efternavn","Produkt","Hemmelighed","Email","Stilling","Virksomhed""#,
    );
    for number in 0..10_000 {
        let (first, last, middle) = (draw.one(&FIRST), draw.one(&LAST), draw.one(&LAST));
        let code = draw.code();
        text += &format!(
            "\n\"A{number:05}\",\"{first} {middle} {last}\",\"{first} {middle}\",\"{last}\",\"Deltager\",\"{code}\",\"p{number}@{last}.example\",\"Konsulent\",\"{last} & {middle} A/S\""
        );
    }
    text
}

/// The same numbers in every run.
pub struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn part(&mut self) -> f64 {
        self.below(1 << 20) as f64 / f64::from(1 << 20)
    }

    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    pub fn shuffle<T>(&mut self, what: &mut [T]) {
        for last in (1..what.len()).rev() {
            what.swap(last, self.below(last + 1));
        }
    }

    /// As pretix makes them.
    pub fn code(&mut self) -> String {
        (0..32).map(|_| char::from(*self.one(b"abcdefghjkmnpqrstuvwxyz3789"))).collect()
    }
}
