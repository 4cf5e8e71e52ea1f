//! A visit is announced, its code is scanned, and the visitor only confirms.

use std::process::Command;

use chrono::TimeDelta;
use serde_json::Value;

use velkommen::desk::check_in::Source;
use velkommen::desk::erase_due::{EraseDueOutcome, erase_due};
use velkommen::desk::import_hosts::{HostRow, import_hosts};
use velkommen::desk::invite_visitor::{InviteFault, InviteTime, InviteVisitor, InviteVisitorOutcome, TellHost, invite_visitor};
use velkommen::desk::invited::Invited;
use velkommen::desk::list_expected::list_expected;
use velkommen::desk::send_messages::{Telling, claim_message};
use velkommen::desk::sign_in::{Field, FieldFault, FieldReason, HostChoice, SignIn, SignInOutcome, SignedIn, sign_in_invited};
use velkommen::desk::sign_out::SignOutOutcome;
use velkommen::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use velkommen::desk::{DeskError, standard_profile};
use velkommen::documents::invitation::{calendar, qr_png};
use velkommen::documents::letter::{self, House};
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::Verdict;
use velkommen::domain::config::Config;
use velkommen::domain::language::Language;
use velkommen::domain::message::{Channel, Invitation};
use velkommen::domain::staff::Role;
use velkommen::domain::text::TextFault;

use crate::given::{Given, given, given_having, local, profile_with, someone, visitor};
use crate::servers::python;

/// Somebody is expected on Thursday from nine to ten.
fn thursday(name: &str) -> InviteVisitor {
    InviteVisitor {
        name: name.to_owned(),
        company: "Ærø Data".to_owned(),
        title: String::new(),
        host: HostChoice::Typed("Karen Kærsgård".to_owned()),
        starts: "2026-03-05T09:00".to_owned(),
        ends: "2026-03-05T10:00".to_owned(),
        tell: TellHost::NotAtAll,
    }
}

fn invite(given: &mut Given, input: &InviteVisitor) -> Invitation {
    match invite_visitor(&mut given.desk, &Actor::Operator, input).unwrap() {
        InviteVisitorOutcome::Invited { invitation, .. } => *invitation,
        InviteVisitorOutcome::Refused(faults) => panic!("{faults:?}"),
    }
}

fn faults(given: &mut Given, input: &InviteVisitor) -> Vec<InviteFault> {
    match invite_visitor(&mut given.desk, &Actor::Operator, input).unwrap() {
        InviteVisitorOutcome::Refused(faults) => faults,
        InviteVisitorOutcome::Invited { .. } => panic!("invited"),
    }
}

fn take(given: &mut Given, code: &str, source: Source) -> TakeCodeOutcome {
    take_code(&mut given.desk, &Actor::Public, &TakeCode { code: code.to_owned(), source, language: Language::Da }).unwrap()
}

fn scan(given: &mut Given, code: &str) -> Option<Invited> {
    match take(given, code, Source::Scanned) {
        TakeCodeOutcome::Invitation(invited) => Some(*invited),
        TakeCodeOutcome::Badge(_) | TakeCodeOutcome::Ticket(..) => None,
    }
}

fn confirm(given: &mut Given, invited: &Invited) -> SignedIn {
    let input = SignIn {
        company: invited.company.clone().unwrap_or_default(),
        host: invited.host_id.map_or_else(|| HostChoice::Typed(invited.host.clone()), HostChoice::Listed),
        ..visitor(&invited.name)
    };
    match sign_in_invited(&mut given.desk, &Actor::Public, &input, invited.invitation).unwrap() {
        SignInOutcome::SignedIn(signed_in) => signed_in,
        SignInOutcome::Refused(faults) => panic!("{faults:?}"),
    }
}

fn rows(given: &Given) -> [i64; 3] {
    ["invitations", "visits", "short_codes"].map(|table| given.count(&format!("SELECT count(*) FROM {table}")))
}

#[test]
fn an_invited_visitor_scans_and_only_confirms() {
    let mut given = given().hosts(&["Karen Kærsgård"]);
    let invitation = invite(&mut given, &thursday("Ada Lovelace"));
    let code = invitation.code.as_str().to_owned();
    assert_eq!(rows(&given), [1, 0, 1]);
    given.go_to(local("2026-03-05T08:55"));
    let invited = scan(&mut given, &invitation.code.shown()).unwrap();
    assert_eq!(
        (invited.name.as_str(), invited.company.as_deref(), invited.host.as_str()),
        ("Ada Lovelace", Some("Ærø Data"), "Karen Kærsgård")
    );
    assert!(invited.host_id.is_some());
    assert_eq!(rows(&given), [1, 0, 1], "a scan uses nothing up");
    let signed_in = confirm(&mut given, &invited);
    assert_eq!(signed_in.code, invitation.code, "the code that was sent is the badge's");
    assert_eq!(rows(&given), [0, 1, 1]);
    // Somebody who confirms on two screens at once is there twice, but never refused.
    assert_ne!(confirm(&mut given, &invited).code, invitation.code);
    let out = take(&mut given, &code, Source::Scanned);
    assert!(matches!(out, TakeCodeOutcome::Badge(SignOutOutcome::SignedOut { visit, .. }) if visit == signed_in.visit), "{out:?}");
}

#[test]
fn who_is_expected_today_is_known_to_reception_alone() {
    let mut given = given();
    let at = |given: &mut Given, name: &str, starts: &str| {
        invite(given, &InviteVisitor { starts: starts.to_owned(), ends: String::new(), ..thursday(name) })
    };
    at(&mut given, "Late", "2026-03-05T23:59");
    at(&mut given, "Early", "2026-03-05T00:00");
    at(&mut given, "Day before", "2026-03-04T23:59");
    at(&mut given, "Day after", "2026-03-06T00:00");
    given.go_to(local("2026-03-05T12:00"));
    let reception = someone(&[Role::Reception]);
    let expected = |given: &mut Given| -> Vec<String> {
        list_expected(&mut given.desk, &reception).unwrap().into_iter().map(|invited| invited.name).collect()
    };
    assert_eq!(expected(&mut given), ["Early", "Late"]);
    let early = list_expected(&mut given.desk, &reception).unwrap().remove(0);
    confirm(&mut given, &early);
    assert_eq!(expected(&mut given), ["Late"]);
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Event, Role::Admin, Role::Dpo, Role::Security])] {
        assert!(matches!(list_expected(&mut given.desk, &by), Err(DeskError::NotAllowed { .. })), "{by:?}");
        assert!(matches!(invite_visitor(&mut given.desk, &by, &thursday("Ada")), Err(DeskError::NotAllowed { .. })), "{by:?}");
    }
}

#[test]
fn a_code_cannot_be_guessed_at_the_screen() {
    let mut given = given();
    let code = invite(&mut given, &thursday("Ada")).code.as_str().to_owned();
    let verdict = |outcome| match outcome {
        TakeCodeOutcome::Ticket(judged, _) => Some(judged.verdict),
        TakeCodeOutcome::Badge(_) | TakeCodeOutcome::Invitation(_) => None,
    };
    for _ in 0..5 {
        assert_eq!(verdict(take(&mut given, "00000000", Source::Typed)), Some(Verdict::Unknown));
    }
    assert_eq!(verdict(take(&mut given, &code, Source::Typed)), Some(Verdict::TryLater));
    given.clock.advance(TimeDelta::minutes(5));
    assert!(matches!(take(&mut given, &code, Source::Typed), TakeCodeOutcome::Invitation(_)));
}

#[test]
fn what_cannot_be_is_refused_with_its_field() {
    let mut given = given();
    let text = |field, fault| InviteFault::Field(FieldFault { field, reason: FieldReason::Text(fault) });
    let with = |change: &dyn Fn(&mut InviteVisitor)| {
        let mut input = thursday("Ada");
        change(&mut input);
        input
    };
    for (input, fault, field) in [
        (with(&|input| input.name = " ".to_owned()), text(Field::Name, TextFault::Missing), "name"),
        (with(&|input| input.company = "a\nb".to_owned()), text(Field::Company, TextFault::ControlCharacter), "company"),
        (with(&|input| input.host = HostChoice::Nobody), InviteFault::NoHost, "host"),
        (with(&|input| input.starts = "soon".to_owned()), InviteFault::NoMoment(InviteTime::Starts), "at"),
        (with(&|input| input.ends = "later".to_owned()), InviteFault::NoMoment(InviteTime::Ends), "until"),
        (with(&|input| input.ends = "2026-03-05T08:59".to_owned()), InviteFault::EndsBeforeStart, "until"),
        (with(&|input| input.ends = "2027-04-05T09:00".to_owned()), InviteFault::TooLong, "until"),
        (
            with(&|input| (input.starts, input.ends) = ("2026-03-02T06:00".to_owned(), "2026-03-02T08:00".to_owned())),
            InviteFault::Past,
            "at",
        ),
        (with(&|input| (input.starts, input.ends) = ("2027-03-04T09:00".to_owned(), String::new())), InviteFault::TooFarAhead, "at"),
        (with(&|input| input.tell = TellHost::ByMail), InviteFault::NoMail, "host"),
    ] {
        assert_eq!(faults(&mut given, &input), [fault]);
        assert_eq!(fault.field(), field);
    }
    assert_eq!(rows(&given), [0, 0, 0]);
    let profile = profile_with(&[("host = \"optional\"", "host = \"off\"")]);
    let mut given = crate::given::given_with(&profile);
    let not_asked = InviteFault::Field(FieldFault { field: Field::Host, reason: FieldReason::NotAsked });
    assert_eq!(faults(&mut given, &thursday("Ada"))[0], not_asked);
}

#[test]
fn who_never_came_is_gone_when_a_visit_of_that_day_would_be() {
    const NAME: &str = "Nålnavn7Qx1Zk";
    let mut given = given();
    let invitation = invite(&mut given, &thursday(NAME));
    let code = invitation.code.as_str().to_owned();
    // Expected on 5 March, closing time 18:00, thirty days.
    let due = local("2026-04-04T00:00");
    let holds = |given: &mut Given, text: &str| memchr::memmem::find(&given.desk.decrypted_pages().unwrap(), text.as_bytes()).is_some();
    given.go_to(due - TimeDelta::milliseconds(1));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(holds(&mut given, NAME) && holds(&mut given, &code));
    given.go_to(due);
    assert!(scan(&mut given, &code).is_none(), "what is due is hidden");
    let outcome = erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(matches!(outcome, EraseDueOutcome::Erased(_)), "{outcome:?}");
    assert!(!holds(&mut given, NAME) && !holds(&mut given, &code));
    assert_eq!(rows(&given), [0, 0, 0]);
    let stones = std::fs::read_to_string(given.folder().tombstones()).unwrap();
    assert!(stones.contains("\"invitation\"") && stones.contains(&invitation.id.to_string()) && !stones.contains(NAME));
}

#[test]
fn an_invitation_that_was_used_leaves_nothing_beside_the_visit() {
    const NAME: &str = "Nålnavn7Qx1Zk";
    let mut given = given();
    let invitation = invite(&mut given, &thursday(NAME));
    given.go_to(local("2026-03-05T09:00"));
    let invited = scan(&mut given, invitation.code.as_str()).unwrap();
    let visit = confirm(&mut given, &invited);
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    let pages = given.desk.decrypted_pages().unwrap();
    assert!(memchr::memmem::find(&pages, visit.visit.to_string().as_bytes()).is_some());
    // The audit remembers that somebody was invited, by an id that means nothing now.
    let row = format!("{}{NAME}", invitation.id);
    assert!(memchr::memmem::find(&pages, row.as_bytes()).is_none());
    given.go_to(visit.erase_after);
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(memchr::memmem::find(&given.desk.decrypted_pages().unwrap(), NAME.as_bytes()).is_none());
}

#[test]
fn the_host_gets_the_invitation_by_mail_until_the_visit_is_over() {
    let mail = toml_edit::de::from_str("server = \"localhost\"\nfrom = \"reception@example.org\"").unwrap();
    let mut given = given_having(standard_profile(), &Config { kiosk: false, mail: Some(mail), ..Config::default() });
    let host = HostRow { name: "Karen Kærsgård".to_owned(), department: String::new(), email: "karen@example.org".to_owned() };
    import_hosts(&mut given.desk, &Actor::Operator, &[host]).unwrap();
    invite(&mut given, &InviteVisitor { tell: TellHost::ByMail, ..thursday("Ada") });
    let claimed = claim_message(&mut given.desk, &Actor::Clock, Channel::Mail).unwrap().unwrap();
    let Telling::Invitation { to, invitation } = &claimed.telling else { panic!("an arrival") };
    assert_eq!(to.as_str(), "karen@example.org");
    let letter = letter::invitation(invitation, &house());
    assert!(letter.plain.contains("Videresend venligst denne mail til Ada (Ærø Data)"));
    // A message is not worth more than its visit.
    given.go_to(local("2026-03-05T10:00"));
    assert!(claim_message(&mut given.desk, &Actor::Clock, Channel::Mail).unwrap().is_none());
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM messages"), 0);
    assert_eq!(rows(&given), [1, 0, 1]);
}

fn house() -> House {
    House {
        organisation: "Lærkehøj; \"A, B\" \\ C".to_owned(),
        address: "Markvej 1, 8000 Aarhus C".to_owned(),
        zone: chrono_tz::Europe::Copenhagen,
        language: Language::Da,
    }
}

#[test]
fn a_calendar_of_others_reads_what_we_wrote() {
    let mut given = given();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("invitation.ics");
    let hard = ["Ada", "李小龍", "محمد بن عبد الله", "👩‍👩‍👧 Zoë; \"A, B\" \\ C:", &"å".repeat(200)];
    for host in hard {
        let invitation = invite(&mut given, &InviteVisitor { host: HostChoice::Typed(host.to_owned()), ..thursday("Ada") });
        std::fs::write(&file, calendar(&invitation, &house(), Some("reception@example.org")).unwrap()).unwrap();
        let read = python("read_calendar.py").arg(&file).output().unwrap();
        let read: Value = serde_json::from_slice(&read.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&read.stderr)));
        assert_eq!([&read["method"], &read["version"]], ["PUBLISH", "2.0"]);
        assert_eq!(read["uid"], invitation.id.to_string());
        assert_eq!([&read["starts"], &read["ends"]], ["2026-03-05T08:00:00+00:00", "2026-03-05T09:00:00+00:00"]);
        assert_eq!(read["stamp"], "2026-03-02T07:00:00+00:00");
        assert_eq!(read["summary"], format!("Besøg hos {}", house().organisation));
        assert_eq!(read["location"], house().address);
        let description = read["description"].as_str().unwrap();
        assert!(description.contains(&invitation.code.shown()) && description.contains(host), "{description}");
        assert!(description.contains("Vis QR-koden til scanneren") && description.contains("Show the QR code to the scanner"));
        assert_eq!(read["organiser"][0], "mailto:reception@example.org");
        assert_eq!(read["organiser"][1], host.replace('"', "'"));
        assert_eq!(read["picture"], base64(&qr_png(&invitation).unwrap()));
    }
}

/// As coreutils has it.
fn base64(bytes: &[u8]) -> String {
    let place = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(place.path(), bytes).unwrap();
    String::from_utf8(Command::new("base64").arg("-w0").arg(place.path()).output().unwrap().stdout).unwrap()
}
