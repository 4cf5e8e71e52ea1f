//! Signing in: what is taken, what is refused, and what is written.

use std::collections::HashSet;

use velkommen::desk::DeskError;
use velkommen::desk::find_host::find_host;
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_in::{Field, FieldFault, FieldReason, HostChoice, SignIn, SignInOutcome, check_who, sign_in};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::language::Language;
use velkommen::domain::notice::Situation;
use velkommen::domain::staff::Role;
use velkommen::domain::text::TextFault;

use crate::given::{given, given_with, local, profile_with, someone, visitor};

/// What the desk complains about, nothing having been written.
fn faults(given: &mut crate::given::Given, input: &SignIn) -> Vec<(Field, FieldReason)> {
    let before = given.count("SELECT count(*) FROM visits");
    let outcome = sign_in(&mut given.desk, &Actor::Public, input).unwrap();
    let SignInOutcome::Refused(faults) = outcome else { panic!("taken") };
    assert_eq!(given.count("SELECT count(*) FROM visits"), before);
    assert_eq!(given.count("SELECT count(*) FROM short_codes"), before);
    faults.into_iter().map(|FieldFault { field, reason }| (field, reason)).collect()
}

fn set(input: &mut SignIn, field: Field, text: &str) {
    match field {
        Field::Name => input.name = text.to_owned(),
        Field::Company => input.company = text.to_owned(),
        Field::Title => input.title = text.to_owned(),
        Field::Host => input.host = HostChoice::Typed(text.to_owned()),
        Field::Note => input.note = text.to_owned(),
        Field::TicketType | Field::Table | Field::Room => panic!("a visit has no {}", field.word()),
    }
}

const FIELDS: [(Field, usize); 5] =
    [(Field::Name, 200), (Field::Company, 200), (Field::Title, 200), (Field::Host, 200), (Field::Note, 500)];

#[test]
fn who_signs_in_is_in_the_house_with_everything_they_said() {
    let mut given = given().at("2026-03-02T10:00");
    let input = SignIn {
        name: "  Åse Brændgaard\t".to_owned(),
        company: "Ærø Data".to_owned(),
        title: "Udvikler".to_owned(),
        host: HostChoice::Typed(" Mikkel Ågård ".to_owned()),
        note: "med hund".to_owned(),
        language: Language::Da,
    };
    let signed_in = given.sign_in(&input);
    assert_eq!(signed_in.name.as_str(), "Åse Brændgaard");
    assert_eq!(signed_in.company.as_ref().map(|company| company.as_str()), Some("Ærø Data"));
    assert_eq!(signed_in.host.as_ref().map(|host| host.as_str()), Some("Mikkel Ågård"));
    assert_eq!(signed_in.signed_in_at, local("2026-03-02T10:00"));
    assert_eq!(signed_in.erase_after, local("2026-04-01T00:00"));
    let open = list_open_visits(&mut given.desk, &Actor::Operator).unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].id, signed_in.visit);
    assert_eq!(open[0].name, "Åse Brændgaard");
    assert_eq!(
        [&open[0].company, &open[0].title, &open[0].host].map(|text| text.as_deref()),
        [Some("Ærø Data"), Some("Udvikler"), Some("Mikkel Ågård")]
    );
    assert_eq!(open[0].signed_in_at, local("2026-03-02T10:00"));
    assert_eq!(given.texts("SELECT note FROM visits"), ["med hund"]);
    assert_eq!(given.texts("SELECT purpose || ' ' || legal_basis FROM visits"), ["security 6(1)(f)"]);
    assert_eq!(given.texts("SELECT code FROM short_codes"), [signed_in.code.as_str()]);
    assert_eq!(given.count("SELECT presumed_left_at FROM visits"), local("2026-03-02T18:00").timestamp_millis());
    assert_eq!(given.count("SELECT erase_after FROM visits"), local("2026-04-01T00:00").timestamp_millis());
}

#[test]
fn the_latest_arrival_stands_first() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada").at("2026-03-02T10:01").visit("Bo").at("2026-03-02T10:02").visit("Cleo");
    let open = list_open_visits(&mut given.desk, &Actor::Operator).unwrap();
    assert_eq!(open.iter().map(|visit| visit.name.as_str()).collect::<Vec<_>>(), ["Cleo", "Bo", "Ada"]);
}

#[test]
fn each_field_is_taken_up_to_its_limit_and_refused_one_character_later() {
    let mut given = given();
    for (field, max) in FIELDS {
        let mut input = visitor("Ada");
        set(&mut input, field, &"å".repeat(max));
        given.sign_in(&input);
        set(&mut input, field, &"å".repeat(max + 1));
        assert_eq!(faults(&mut given, &input), [(field, FieldReason::Text(TextFault::TooLong { max }))]);
    }
}

#[test]
fn each_field_refuses_control_characters() {
    let mut given = given();
    for (field, _) in FIELDS {
        for text in ["Ada\u{0}Lovelace", "Ada\nLovelace", "\u{1b}[31mAda", "\u{202E}adA"] {
            let mut input = visitor("Ada");
            set(&mut input, field, text);
            assert_eq!(faults(&mut given, &input), [(field, FieldReason::Text(TextFault::ControlCharacter))], "{text:?}");
        }
    }
}

#[test]
fn a_name_is_needed_and_an_invisible_one_is_none() {
    let mut given = given();
    for name in ["", "   ", "\u{200B}\u{FEFF}", "\u{3164}", "\n\t"] {
        assert_eq!(faults(&mut given, &visitor(name)), [(Field::Name, FieldReason::Text(TextFault::Missing))], "{name:?}");
    }
}

#[test]
fn all_complaints_come_at_once() {
    let mut given = given();
    let mut input = visitor("");
    for (field, max) in FIELDS.iter().skip(1) {
        set(&mut input, *field, &"x".repeat(max + 1));
    }
    let fields: HashSet<_> = faults(&mut given, &input).into_iter().map(|(field, _)| field.word()).collect();
    assert_eq!(fields, HashSet::from(["name", "company", "title", "host", "note"]));
    let first_page: Vec<_> = check_who(&given.desk, &input).iter().map(|fault| fault.field).collect();
    assert_eq!(first_page, [Field::Name, Field::Company, Field::Title, Field::Note]);
}

#[test]
fn an_optional_field_left_empty_is_nothing() {
    let given = given().visit("Ada");
    assert_eq!(
        given.count("SELECT count(*) FROM visits WHERE company IS NULL AND title IS NULL AND host_name IS NULL AND note IS NULL"),
        1
    );
}

#[test]
fn a_required_field_left_empty_is_missing() {
    for field in ["company", "title", "host", "note"] {
        let mut given = given_with(&profile_with(&[(&format!("{field} = \"optional\""), &format!("{field} = \"required\""))]));
        let found = faults(&mut given, &visitor("Ada"));
        assert_eq!(
            found.iter().map(|(field, reason)| (field.word(), *reason)).collect::<Vec<_>>(),
            [(field, FieldReason::Text(TextFault::Missing))]
        );
    }
}

#[test]
fn a_field_that_is_off_takes_nothing() {
    for (field, _) in FIELDS.into_iter().skip(1) {
        let word = field.word();
        for off in [format!("{word} = \"off\""), String::new()] {
            let mut given = given_with(&profile_with(&[(&format!("{word} = \"optional\""), &off)]));
            let mut input = visitor("Ada");
            for text in ["something", "bad\u{0}text"] {
                set(&mut input, field, text);
                assert_eq!(faults(&mut given, &input), [(field, FieldReason::NotAsked)]);
            }
            set(&mut input, field, "  ");
            given.sign_in(&input);
        }
    }
}

#[test]
fn a_host_of_the_directory_is_found_by_exactly_their_name_in_any_case() {
    let mut given = given().hosts(&["Zoë Kirkegård", "Bo Bæk", "Bo Bæk"]);
    for (typed, kept, is_listed) in [
        (" zoë KIRKEGÅRD ", "Zoë Kirkegård", true),
        ("Zoë", "Zoë", false),
        ("Bo Bæk", "Bo Bæk", false),
        ("Somebody Else", "Somebody Else", false),
    ] {
        let mut input = visitor("Ada");
        set(&mut input, Field::Host, typed);
        let visit = given.sign_in(&input);
        assert_eq!(visit.host.as_ref().map(|host| host.as_str()), Some(kept));
        let listed = given.count(&format!("SELECT host_id IS NOT NULL FROM visits WHERE visit_id = '{}'", visit.visit));
        assert_eq!(listed == 1, is_listed, "{typed}");
    }
}

#[test]
fn a_host_chosen_from_the_directory_must_still_be_there() {
    let mut given = given().hosts(&["Zoë Kirkegård"]);
    let chosen = find_host(&mut given.desk, &Actor::Public, "zo").unwrap().remove(0).id;
    let mut input = visitor("Ada");
    input.host = HostChoice::Listed(chosen);
    assert_eq!(given.sign_in(&input).host.map(|host| host.as_str().to_owned()).as_deref(), Some("Zoë Kirkegård"));
    given = given.hosts(&["Bo Bæk"]);
    assert_eq!(faults(&mut given, &input), [(Field::Host, FieldReason::HostGone)]);
    // The visit keeps whom it was to, without the row that is gone.
    assert_eq!(given.texts("SELECT host_name FROM visits WHERE host_id IS NULL"), ["Zoë Kirkegård"]);
}

#[test]
fn every_visit_has_a_code_of_its_own() {
    let mut given = given();
    let codes: HashSet<_> = (0..300).map(|number| given.sign_in(&visitor(&format!("Visitor {number}"))).code.as_str().to_owned()).collect();
    assert_eq!(codes.len(), 300);
    assert!(
        codes
            .iter()
            .all(|code| code.len() == 8 && code.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() && !"ILOU".contains(c)))
    );
    assert_eq!(given.count("SELECT count(*) FROM short_codes WHERE kind = 'visit'"), 300);
}

#[test]
fn what_staff_and_operator_do_is_written_down_without_a_name() {
    let mut given = given();
    let before = given.count("SELECT count(*) FROM audit_entries");
    let receptionist = someone(&[Role::Reception]);
    let mut input = visitor("Adalbert Unmistakable");
    input.company = "Unmistakable & Co".to_owned();
    for by in [Actor::Public, receptionist.clone(), Actor::Operator] {
        assert!(matches!(sign_in(&mut given.desk, &by, &input).unwrap(), SignInOutcome::SignedIn(_)));
    }
    assert_eq!(given.count("SELECT count(*) FROM audit_entries"), before + 2);
    let line =
        "SELECT actor || ' ' || coalesce(staff_id, '-') || ' ' || verb FROM audit_entries WHERE verb = 'sign_in' ORDER BY actor DESC";
    assert_eq!(given.texts(line), [format!("staff {} sign_in", receptionist.staff_id().unwrap()), "operator - sign_in".to_owned()]);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries JOIN visits ON visit_id = subject WHERE verb = 'sign_in'"), 2);
    let all = "SELECT entry_id || happened_at || actor || coalesce(staff_id, '') || verb || coalesce(subject, '') || coalesce(count, '') || coalesce(detail, '') || erase_after FROM audit_entries";
    assert!(given.texts(all).iter().all(|row| !row.contains("Adalbert") && !row.contains("Unmistakable")));
}

#[test]
fn the_visit_says_which_notice_was_shown() {
    let mut given = given();
    for language in Language::ALL {
        let mut input = visitor("Ada");
        input.language = language;
        let visit = given.sign_in(&input);
        let shown = given.desk.profile().shown_notice(Situation::Visit, language);
        let row = format!(
            "SELECT notice_id || ' ' || notice_version || ' ' || notice_language || ' ' || notice_sha256 FROM visits WHERE visit_id = '{}'",
            visit.visit
        );
        assert_eq!(given.texts(&row), [format!("visit 1 {} {}", language.code(), shown.sha256())]);
        let kept = format!("SELECT text FROM notices WHERE notice_id = 'visit' AND version = 1 AND language = '{}'", language.code());
        assert_eq!(given.texts(&kept), [shown.full_text()]);
        assert!(shown.full_text().contains("Lærkehøj"));
    }
}

#[test]
fn a_notice_missing_in_a_language_is_recorded_as_english() {
    let english: String = profile_with(&[]).lines().filter(|line| !line.contains(".da =")).map(|line| format!("{line}\n")).collect();
    let given = given_with(&english).visit("Ada");
    assert_eq!(given.texts("SELECT notice_language FROM visits"), ["en"]);
}

#[test]
fn who_has_nothing_to_do_with_visits_signs_nobody_in() {
    let mut given = given();
    for by in [Actor::Clock, someone(&[Role::Marketing, Role::Dpo, Role::Admin]), someone(&[])] {
        let refused = sign_in(&mut given.desk, &by, &visitor("Ada"));
        assert!(matches!(refused, Err(DeskError::NotAllowed { verb: Verb::SignIn, .. })), "{by:?}");
    }
    assert_eq!(given.count("SELECT count(*) FROM visits"), 0);
}
