//! Names that are hard to keep: each is given back to the letter, or refused with its field and a reason.

use std::collections::HashMap;
use std::path::PathBuf;

use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_in::{Field, FieldReason, HostChoice, SignInOutcome, sign_in};
use velkommen::domain::access::Actor;
use velkommen::domain::text::TextFault;

use crate::given::{Given, given, visitor};
use crate::program::program;

/// Name, company, title, host.
type Person = [String; 4];

const FIELDS: [Field; 4] = [Field::Name, Field::Company, Field::Title, Field::Host];

/// How many were taken and how many refused.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    taken: usize,
    refused: usize,
}

/// Each person signs in; afterwards everybody who was taken is given back exactly.
fn walk_through(given: &mut Given, people: impl IntoIterator<Item = Person>) -> Tally {
    let mut tally = Tally::default();
    let mut taken = HashMap::new();
    for person in people {
        let mut input = visitor(&person[0]);
        input.company = person[1].clone();
        input.title = person[2].clone();
        input.host = HostChoice::Typed(person[3].clone());
        match sign_in(&mut given.desk, &Actor::Operator, &input).unwrap() {
            SignInOutcome::SignedIn(signed_in) => {
                tally.taken += 1;
                taken.insert(signed_in.visit, person);
            }
            SignInOutcome::Refused(faults) => {
                tally.refused += 1;
                assert!(!faults.is_empty());
                for fault in faults {
                    let at = FIELDS.iter().position(|field| *field == fault.field).unwrap();
                    assert!(explains(fault.reason, &person[at]), "{:?} of {:?}", fault.reason, person[at]);
                }
            }
        }
    }
    let open = list_open_visits(&mut given.desk, &Actor::Operator).unwrap();
    assert_eq!(open.len(), taken.len());
    for visit in open {
        let [name, company, title, host] = &taken[&visit.id];
        assert_eq!(visit.name, name.trim());
        for (given_back, said) in [(visit.company, company), (visit.title, title), (visit.host, host)] {
            match given_back {
                Some(text) => assert_eq!(text, said.trim()),
                None => assert!(is_nothing(said), "{said:?} was dropped"),
            }
        }
    }
    assert!(given.desk.is_sound().unwrap());
    tally
}

/// Whether nobody could see or hear this text. Stricter than the rule: no letter, digit, sign or symbol at all.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || !c.is_alphanumeric() && !c.is_ascii() && icon_free(c))
}

/// The invisible characters that occur in these lists.
fn icon_free(c: char) -> bool {
    matches!(c as u32, 0xAD | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFE00..=0xFE0F | 0xE0000..=0xE0FFF)
}

fn explains(reason: FieldReason, text: &str) -> bool {
    match reason {
        FieldReason::Text(TextFault::Missing) => is_nothing(text),
        FieldReason::Text(TextFault::TooLong { max }) => text.trim().chars().count() > max,
        FieldReason::Text(TextFault::ControlCharacter) => {
            text.trim().chars().any(|c| c.is_control() || matches!(c as u32, 0x2028 | 0x2029 | 0x202A..=0x202E | 0x2066..=0x2069))
        }
        FieldReason::NotAsked | FieldReason::HostGone => false,
    }
}

fn in_every_field(text: &str) -> [Person; 4] {
    [0, 1, 2, 3].map(|at| {
        let mut person = ["Ada", "", "", ""].map(str::to_owned);
        person[at] = text.to_owned();
        person
    })
}

/// Texts and whether they are a name.
fn hard() -> Vec<(String, bool)> {
    let mut hard: Vec<(String, bool)> = [
        ("Ø", true),
        ("李小龍", true),
        ("محمد بن عبد الله", true),
        ("נעה כהן", true),
        ("\u{200F}נעה", true),
        ("Zoe\u{308}", true),
        ("Zoë", true),
        ("Z\u{351}\u{36B}\u{343}\u{36A}algo", true),
        ("👩‍👩‍👧‍👦", true),
        ("🇩🇰 Ada", true),
        ("a\u{200D}b", true),
        ("O'Neill; DROP TABLE visits;--", true),
        ("\"Ankie\"", true),
        ("=1+1", true),
        ("--name", true),
        ("-", true),
        ("{name}", true),
        ("%s%n", true),
        ("null", true),
        ("\\0", true),
        ("<b>Ada</b>", true),
        ("  Ada  ", true),
        ("Ada\u{A0}Lovelace", true),
        ("ǅ", true),
        ("İıſß", true),
        ("\u{10FFFF}", true),
        ("\u{FFFD}", true),
        ("", false),
        (" ", false),
        ("\u{200B}", false),
        ("\u{FEFF}\u{2060}", false),
        ("\u{202E}", false),
        ("\u{202E}adA", false),
        ("Ada\u{2066}x\u{2069}", false),
        ("Ada\nLovelace", false),
        ("Ada\tLovelace", false),
        ("Ada\u{7}", false),
        ("Ada\u{85}x", false),
        ("Ada\u{2028}x", false),
        ("Ada\u{9F}", false),
    ]
    .map(|(text, is_name)| (text.to_owned(), is_name))
    .to_vec();
    hard.push(("å".repeat(200), true));
    hard.push(("å".repeat(201), false));
    hard.push(("x".repeat(10_000), false));
    hard.push(("👩‍👩‍👧‍👦".repeat(28), true));
    hard
}

#[test]
fn hard_names_are_given_back_or_refused_with_a_reason() {
    let mut given = given();
    for (name, is_name) in hard() {
        let tally = walk_through(&mut given, [[name.clone(), String::new(), String::new(), String::new()]].into_iter().take(1));
        assert_eq!(tally.taken == 1, is_name, "{name:?}");
        given = crate::given::given();
    }
    let people: Vec<_> = hard().iter().flat_map(|(text, _)| in_every_field(text)).collect();
    let all = people.len();
    let tally = walk_through(&mut given, people);
    assert_eq!(tally.taken + tally.refused, all);
}

#[test]
fn a_name_with_a_null_is_refused() {
    let mut given = given();
    let tally = walk_through(&mut given, in_every_field("Ada\0Lovelace"));
    assert_eq!(tally, Tally { taken: 0, refused: 4 });
}

#[test]
fn the_program_gives_hard_names_back_in_json() {
    let program = program();
    let mut names = Vec::new();
    for (name, is_name) in hard() {
        let ran = program.json(&["visit", "sign-in", "--name", &name, "--company", &name]);
        if is_name {
            ran.ends(0).line();
            names.push(name.trim().to_owned());
        } else {
            let refused = ran.ends(1).line();
            assert_eq!(refused["field"], "name", "{name:?}");
        }
    }
    let open = program.open_visits();
    let mut given_back: Vec<_> = open.iter().map(|visit| visit["name"].as_str().unwrap().to_owned()).collect();
    given_back.sort();
    names.sort();
    assert_eq!(given_back, names);
    assert!(open.iter().all(|visit| visit["name"] == visit["company"]));
    assert!(program.run(&["visit", "open"]).ends(0).out.lines().count() == names.len(), "one line for each, whatever they are called");
}

/// The folder of big lists, or a loud word that they were skipped.
fn lists(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("VELKOMMEN_DATA").map(PathBuf::from);
    if folder.is_none() {
        // Past the test harness, which swallows what a passing test says.
        std::io::Write::write_all(&mut std::io::stderr(), format!("\n*** SKIPPED: {what}: VELKOMMEN_DATA is not set ***\n").as_bytes())
            .unwrap();
    }
    folder
}

fn report(what: &str, tally: &Tally) {
    let line = format!("\n{what}: {} taken and given back exactly, {} refused with a reason\n", tally.taken, tally.refused);
    std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
}

fn rows(file: PathBuf) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').flexible(true).from_path(file).unwrap();
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn five_thousand_danish_visitors_are_given_back_exactly() {
    let Some(folder) = lists("five thousand Danish visitors") else { return };
    let people: Vec<Person> =
        rows(folder.join("text/danish_5000.tsv")).iter().map(|row| [0, 1, 2, 3].map(|at| row[at].to_owned())).collect();
    assert_eq!(people.len(), 5000);
    let tally = walk_through(&mut given(), people);
    report("Danish visitors", &tally);
    assert_eq!(tally, Tally { taken: 5000, refused: 0 });
}

#[test]
fn nasty_attendees_are_given_back_exactly_or_refused() {
    let Some(folder) = lists("nasty attendees") else { return };
    let people: Vec<Person> = rows(folder.join("text/nasty_attendees.tsv"))
        .iter()
        .map(|row| [format!("{} {}", &row[0], &row[1]), row[2].to_owned(), row[3].to_owned(), row[1].to_owned()])
        .collect();
    assert!(people.len() > 200);
    let all = people.len();
    let tally = walk_through(&mut given(), people);
    report("nasty attendees", &tally);
    assert_eq!(tally.taken + tally.refused, all);
}

#[test]
fn the_big_list_of_naughty_strings_is_given_back_exactly_or_refused() {
    let Some(folder) = lists("the Big List of Naughty Strings") else { return };
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(folder.join("text/naughty/blns.json")).unwrap()).unwrap();
    assert!(strings.len() > 500);
    let all = strings.len() * 4;
    let tally = walk_through(&mut given(), strings.iter().flat_map(|text| in_every_field(text)));
    report("naughty strings in four fields each", &tally);
    assert_eq!(tally.taken + tally.refused, all);
}
