//! Hosts are told by mail: with a real server that behaves well, badly, and not at all.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use velkommen::desk::close_day::close_day;
use velkommen::desk::erase_due::{EraseDueOutcome, erase_due};
use velkommen::desk::import_hosts::{HostRow, import_hosts};
use velkommen::desk::invite_visitor::{InviteVisitor, InviteVisitorOutcome, TellHost, invite_visitor};
use velkommen::desk::send_messages::{ClaimedMessage, Delivery, SettleMessageOutcome, claim_message, settle_message};
use velkommen::desk::sign_in::{HostChoice, SignIn};
use velkommen::desk::sign_out::{SignOut, sign_out};
use velkommen::desk::standard_profile;
use velkommen::devices::DeviceState;
use velkommen::devices::delivery::{Fault, Trouble};
use velkommen::devices::mail::{Letter, MailServer, Mailer, Security};
use velkommen::documents::letter::House;
use velkommen::domain::access::Actor;
use velkommen::domain::config::{Config, Mail};
use velkommen::domain::message::Channel;
use velkommen::gui::outbox::letter_of;

use crate::given::{Given, given, given_having, local, profile_with, visitor};
use crate::servers::{Certificates, mail_server, smtp};

const HOST: &str = "Karen Kærsgård";
const ADDRESS: &str = "karen@example.org";
const IMPATIENCE: Duration = Duration::from_secs(1);

fn config() -> Config {
    let mail: Mail = toml_edit::de::from_str("server = \"localhost\"\nfrom = \"reception@example.org\"").unwrap();
    Config { kiosk: false, mail: Some(mail), ..Config::default() }
}

/// A desk that sends mail, with a host who has an address, at nine in the morning.
fn desk(content: &str) -> Given {
    let profile = profile_with(&[("content = \"visitor\"", &format!("content = \"{content}\""))]);
    let mut given = given_having(&profile, &config()).at("2026-03-02T09:00");
    let host = |name: &str, email: &str| HostRow { name: name.to_owned(), department: String::new(), email: email.to_owned() };
    let rows = [host(HOST, ADDRESS), host("Bo Bæk", ""), host("Cleo", "cleo@example.org, all@example.org")];
    import_hosts(&mut given.desk, &Actor::Operator, &rows).unwrap();
    given
}

fn visits(name: &str, host: &str) -> SignIn {
    SignIn { company: "Analytical Engines".to_owned(), host: HostChoice::Typed(host.to_owned()), ..visitor(name) }
}

fn claim(given: &mut Given) -> Option<ClaimedMessage> {
    claim_message(&mut given.desk, &Actor::Clock, Channel::Mail).unwrap()
}

/// The mail of a message, as the kiosk writes it.
fn write(given: &Given, message: &ClaimedMessage) -> Letter {
    letter_of(message, &House::of(given.desk.profile(), given.desk.config()), None).unwrap().unwrap()
}

/// When the next try is, and how many messages were tried before.
fn next_try(given: &Given) -> (DateTime<Utc>, i64) {
    let next = given.count("SELECT min(next_at) FROM messages WHERE channel = 'mail'");
    (DateTime::from_timestamp_millis(next).unwrap(), given.count("SELECT count(*) FROM messages WHERE attempts > 0"))
}

/// Sends what is due, one after another; what came of each.
fn send(given: &mut Given, mailer: &Mailer) -> Vec<(Result<(), Fault>, SettleMessageOutcome)> {
    let mut outcomes = Vec::new();
    while let Some(message) = claim(given) {
        let sent = mailer.send(&write(given, &message));
        let delivery = match sent {
            Ok(()) => Delivery::Taken,
            Err(Fault::Temporary(_)) => Delivery::Failed,
            Err(Fault::Permanent(_)) => Delivery::Refused,
        };
        outcomes.push((sent, settle_message(&mut given.desk, &Actor::Clock, &message, delivery).unwrap()));
    }
    outcomes
}

fn pass(given: &mut Given, seconds: i64) {
    given.go_to(given.now() + TimeDelta::seconds(seconds));
}

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let named: Vec<_> = mail["headers"].as_array().unwrap().iter().filter(|header| header[0] == name).collect();
    assert_eq!(named.len(), 1, "{name}");
    named[0][1].as_str().unwrap()
}

fn waiting(given: &Given) -> i64 {
    given.count("SELECT count(*) FROM messages")
}

const SENT: (Result<(), Fault>, SettleMessageOutcome) = (Ok(()), SettleMessageOutcome::Sent);

fn waits(trouble: Trouble, until: DateTime<Utc>) -> (Result<(), Fault>, SettleMessageOutcome) {
    (Err(Fault::Temporary(trouble)), SettleMessageOutcome::Waits(until))
}

#[test]
fn a_host_is_told_who_has_come_and_only_once() {
    let certificates = Certificates::new();
    for (security, of) in
        [("login", Security::StartTls), ("starttls", Security::StartTls), ("tls", Security::Tls), ("plain", Security::Plain)]
    {
        let mut given = desk("name").visit_of(&visits("Ada \"Æ\" <Lovelace>", HOST));
        let mut server_there = smtp(0, security, &certificates);
        let mut server = mail_server(server_there.port, of, &certificates);
        if security == "login" {
            server.login = Some(("desk".to_owned(), "hemmelig æ".to_owned()));
        }
        let mailer = Mailer::new(server);
        assert_eq!(mailer.look().state, DeviceState::Ready);
        assert_eq!(mailer.test(), Ok(()), "{security}");
        assert_eq!(send(&mut given, &mailer), [SENT], "{security}");
        assert_eq!(mailer.look().state, DeviceState::Ready);
        let mail = server_there.took();
        assert_eq!((&mail["from"], &mail["to"][0]), (&Value::from("reception@example.org"), &Value::from(ADDRESS)));
        assert_eq!(mail["encrypted"], security != "plain");
        assert_eq!(header(&mail, "From"), "Lærkehøj <reception@example.org>");
        assert_eq!(header(&mail, "Subject"), "Din gæst er her");
        assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
        assert_eq!(header(&mail, "Date"), "Mon, 02 Mar 2026 08:00:00 +0000");
        assert!(header(&mail, "Message-ID").ends_with("@example.org>"));
        let plain = mail["plain"].as_str().unwrap();
        assert!(plain.contains("Ada \"Æ\" <Lovelace> (Analytical Engines) venter på dig i receptionen."), "{plain}");
        assert!(plain.contains("is waiting for you in reception.") && plain.contains("2. marts 2026 kl. 9.00"));
        assert!(mail["html"].as_str().unwrap().contains("Ada &quot;Æ&quot; &lt;Lovelace&gt;"));
        assert_eq!(waiting(&given), 0);
        pass(&mut given, 3600);
        assert!(send(&mut given, &mailer).is_empty());
        server_there.took_nothing("good");
    }
}

#[test]
fn the_profile_says_how_much_a_host_is_told() {
    let mut given = desk("visitor").visit_of(&visits("Nålnavn7Qx1Zk", HOST));
    let message = claim(&mut given).unwrap();
    let letter = write(&given, &message);
    for text in [&letter.subject, &letter.plain, &letter.html] {
        assert!(!text.contains("Nålnavn7Qx1Zk") && !text.contains("Analytical"));
    }
    assert!(letter.plain.contains("Din gæst venter på dig"));
    let mut given = desk("off").visit_of(&visits("Ada", HOST));
    assert!(claim(&mut given).is_none());
    assert_eq!(waiting(&given), 0);
    // A notice that waits when the profile is changed to `off` is not sent either.
    let given = desk("name").visit_of(&visits("Ada", HOST));
    let file = given.folder().profile_file();
    let profile = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, profile.replace("content = \"name\"", "content = \"off\"")).unwrap();
    let mut given = given.reopened();
    assert!(claim(&mut given).is_none());
    assert_eq!(waiting(&given), 0);
}

#[test]
fn nobody_is_promised_a_mail_that_cannot_go() {
    for host in ["Bo Bæk", "Cleo", "Somebody else"] {
        let given = desk("name").visit_of(&visits("Ada", host));
        assert_eq!(waiting(&given), 0, "{host}");
    }
    let given = given().visit_of(&visits("Ada", HOST));
    assert_eq!(waiting(&given), 0);
    assert!(standard_profile().contains("content = \"visitor\""), "the standard profile names nobody");
}

#[test]
fn an_invitation_reaches_its_host_with_the_files_to_forward() {
    let certificates = Certificates::new();
    let mut given = desk("visitor");
    let input = InviteVisitor {
        name: "Ada Lovelace".to_owned(),
        company: String::new(),
        title: String::new(),
        host: HostChoice::Typed(HOST.to_owned()),
        starts: "2026-03-05T09:00".to_owned(),
        ends: String::new(),
        tell: TellHost::ByMail,
    };
    let outcome = invite_visitor(&mut given.desk, &Actor::Operator, &input).unwrap();
    let InviteVisitorOutcome::Invited { invitation, .. } = outcome else { panic!("{outcome:?}") };
    let there = smtp(0, "starttls", &certificates);
    assert_eq!(send(&mut given, &Mailer::new(mail_server(there.port, Security::StartTls, &certificates))), [SENT]);
    let mail = there.took();
    assert_eq!(mail["to"][0], ADDRESS);
    assert_eq!(header(&mail, "Subject"), "En invitation til videresendelse");
    assert!(mail["plain"].as_str().unwrap().contains("Ada Lovelace, som du venter her: 5. marts 2026 kl. 9.00"));
    let files = mail["files"].as_array().unwrap();
    assert_eq!((&files[0][0], &files[0][1]), (&Value::from("invitation.ics"), &Value::from("text/calendar")));
    assert!(files[0][2].as_str().unwrap().replace("\r\n ", "").contains(&invitation.code.shown()));
    assert_eq!((&files[1][0], &files[1][1]), (&Value::from("invitation.png"), &Value::from("image/png")));
    assert_eq!(waiting(&given), 0);
}

#[test]
fn a_server_that_does_not_prove_itself_gets_nothing() {
    let (ours, others, elsewhere) = (Certificates::new(), Certificates::new(), Certificates::of("mail.example.org"));
    for (security, of) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut given = desk("name").visit_of(&visits("Ada", HOST));
        for (at, trusted) in [(&ours, &others), (&elsewhere, &elsewhere)] {
            let mut there = smtp(0, security, at);
            let now = given.now();
            let outcomes = send(&mut given, &Mailer::new(mail_server(there.port, of, trusted)));
            let [(sent, SettleMessageOutcome::Waits(_))] = outcomes[..] else { panic!("{outcomes:?}") };
            assert_eq!(sent, Err(Fault::Temporary(Trouble::Certificate)), "{security}");
            assert!(next_try(&given).0 > now);
            there.took_nothing("good");
            pass(&mut given, 600);
        }
        let there = smtp(0, security, &ours);
        assert_eq!(send(&mut given, &Mailer::new(mail_server(there.port, of, &ours))), [SENT]);
        there.took();
    }
}

#[test]
fn without_the_encryption_that_was_asked_for_nothing_is_sent() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "plain", &certificates);
    let mailer = Mailer::new(mail_server(there.port, Security::StartTls, &certificates));
    assert_eq!(mailer.test(), Err(Trouble::NoEncryption));
    assert_eq!(send(&mut given, &mailer)[0].0, Err(Fault::Temporary(Trouble::NoEncryption)));
    there.took_nothing("good");
}

#[test]
fn a_wrong_password_is_a_fault_of_the_settings_and_of_no_mail() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "login", &certificates);
    for login in [None, Some(("desk".to_owned(), "wrong".to_owned()))] {
        let mailer = Mailer::new(MailServer { login, ..mail_server(there.port, Security::StartTls, &certificates) });
        assert_eq!(send(&mut given, &mailer)[0].0, Err(Fault::Temporary(Trouble::Login)));
        assert_eq!(mailer.look().state, DeviceState::Rejected);
        pass(&mut given, 600);
    }
    there.took_nothing("good");
    assert_eq!(waiting(&given), 1);
}

#[test]
fn a_server_that_says_later_is_asked_later_and_gets_it_once() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "starttls", &certificates);
    let mailer = Mailer::new(mail_server(there.port, Security::StartTls, &certificates));
    there.behave("later");
    for pause in [30, 60, 120] {
        let next = given.now() + TimeDelta::seconds(pause);
        assert_eq!(send(&mut given, &mailer), [waits(Trouble::Busy, next)]);
        assert_eq!(next_try(&given), (next, 1));
        given.go_to(next - TimeDelta::milliseconds(1));
        assert!(send(&mut given, &mailer).is_empty());
        given.go_to(next);
    }
    there.took_nothing("good");
    assert_eq!(send(&mut given, &mailer), [SENT]);
    there.took();
    pass(&mut given, 3600);
    assert!(send(&mut given, &mailer).is_empty());
    there.took_nothing("good");
}

#[test]
fn an_address_that_is_refused_ends_there_and_stands_in_the_audit() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "starttls", &certificates);
    let mailer = Mailer::new(mail_server(there.port, Security::StartTls, &certificates));
    there.behave("never");
    let outcomes = send(&mut given, &mailer);
    assert_eq!(outcomes, [(Err(Fault::Permanent(Trouble::Address)), SettleMessageOutcome::Ended)]);
    assert_eq!(waiting(&given), 0);
    let audit = given.texts("SELECT actor || ' ' || detail || ' ' || subject FROM audit_entries WHERE verb = 'send_messages'");
    assert_eq!(audit, [format!("clock refused {}", given.visits[0].visit)]);
    there.took_nothing("good");
    pass(&mut given, 3600);
    assert!(send(&mut given, &mailer).is_empty());
}

#[test]
fn a_slow_server_is_not_waited_for() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "starttls", &certificates);
    there.behave("slow");
    let impatient = Mailer::new(MailServer { patience: IMPATIENCE, ..mail_server(there.port, Security::StartTls, &certificates) });
    let next = given.now() + TimeDelta::seconds(30);
    assert_eq!(send(&mut given, &impatient), [waits(Trouble::TimedOut, next)]);
    given.go_to(next);
    there.took_nothing("good");
    assert_eq!(send(&mut given, &Mailer::new(mail_server(there.port, Security::StartTls, &certificates))), [SENT]);
    there.took();
    there.took_nothing("good");
}

#[test]
fn what_waits_while_the_server_is_stopped_goes_when_it_is_back() {
    let certificates = Certificates::new();
    let there = smtp(0, "starttls", &certificates);
    let port = there.port;
    drop(there);
    let mailer = Mailer::new(mail_server(port, Security::StartTls, &certificates));
    let mut given = desk("name");
    for name in ["Ada", "Bo", "Cleo"] {
        given.sign_in(&visits(name, HOST));
    }
    for _ in 0..4 {
        let outcomes = send(&mut given, &mailer);
        assert_eq!(outcomes.len(), 3);
        assert!(outcomes.iter().all(|(sent, _)| *sent == Err(Fault::Temporary(Trouble::Unreachable))), "{outcomes:?}");
        // The program may end meanwhile.
        given = given.reopened();
        pass(&mut given, 600);
    }
    let mut there = smtp(port, "starttls", &certificates);
    assert_eq!(send(&mut given, &mailer), [SENT, SENT, SENT]);
    let mut told: Vec<String> = (0..3).map(|_| there.took()["plain"].as_str().unwrap().to_owned()).collect();
    told.sort();
    assert!(told.iter().zip(["Ada", "Bo", "Cleo"]).all(|(told, name)| told.starts_with(name)));
    pass(&mut given, 600);
    assert!(send(&mut given, &mailer).is_empty());
    there.took_nothing("good");
}

#[test]
fn a_mail_whose_answer_never_came_is_sent_again_with_the_same_message_id() {
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let mut there = smtp(0, "starttls", &certificates);
    there.behave("mute");
    let impatient = Mailer::new(MailServer { patience: IMPATIENCE, ..mail_server(there.port, Security::StartTls, &certificates) });
    let next = given.now() + TimeDelta::seconds(30);
    assert_eq!(send(&mut given, &impatient), [waits(Trouble::TimedOut, next)]);
    let first = there.took();
    there.behave("good");
    given.go_to(next);
    assert_eq!(send(&mut given, &Mailer::new(mail_server(there.port, Security::StartTls, &certificates))), [SENT]);
    let second = there.took();
    for name in ["Message-ID", "Date", "Subject"] {
        assert_eq!(header(&first, name), header(&second, name));
    }
    assert_eq!(first["plain"], second["plain"]);
    there.took_nothing("good");
}

#[test]
fn a_message_claimed_by_a_program_that_then_ended_is_claimed_again_with_the_same_id() {
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let first = claim(&mut given).unwrap();
    assert!(claim(&mut given).is_none(), "it is under way");
    let mut given = given.reopened();
    assert!(claim(&mut given).is_none());
    pass(&mut given, 30);
    let second = claim(&mut given).unwrap();
    assert_eq!((first.id, first.queued_at), (second.id, second.queued_at));
    assert_eq!(second.claimed_at - first.claimed_at, TimeDelta::seconds(30));
}

#[test]
fn a_notice_ends_with_its_worth() {
    let sweep = |given: &mut Given| {
        let outcome = erase_due(&mut given.desk, &Actor::Clock).unwrap();
        assert!(matches!(outcome, EraseDueOutcome::Erased(_)), "{outcome:?}");
    };
    // Twelve hours; this desk closes later than that.
    let mut given = desk("name");
    given.go_to(local("2026-03-02T18:00"));
    given.sign_in(&visits("Ada", HOST));
    given.go_to(local("2026-03-03T06:00") - TimeDelta::milliseconds(1));
    sweep(&mut given);
    assert_eq!(waiting(&given), 1);
    given.go_to(local("2026-03-03T06:00"));
    assert!(claim(&mut given).is_none());
    sweep(&mut given);
    assert_eq!(waiting(&given), 0);
    // Its visitor signs out.
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    let code = given.visits[0].code.as_str().to_owned();
    sign_out(&mut given.desk, &Actor::Public, &SignOut::ByCode(code)).unwrap();
    assert_eq!(waiting(&given), 0);
    // The day is closed.
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    given.go_to(local("2026-03-02T18:00"));
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert!(claim(&mut given).is_none());
    sweep(&mut given);
    assert_eq!(waiting(&given), 0);
    // The host leaves the directory.
    let mut given = desk("name").visit_of(&visits("Ada", HOST));
    import_hosts(&mut given.desk, &Actor::Operator, &[]).unwrap();
    assert!(claim(&mut given).is_none());
    assert_eq!(waiting(&given), 0);
}

#[test]
fn what_is_settled_after_its_visitor_left_does_no_harm() {
    for delivery in [Delivery::Taken, Delivery::Failed, Delivery::Refused] {
        let mut given = desk("name").visit_of(&visits("Ada", HOST));
        let message = claim(&mut given).unwrap();
        let code = given.visits[0].code.as_str().to_owned();
        sign_out(&mut given.desk, &Actor::Public, &SignOut::ByCode(code)).unwrap();
        settle_message(&mut given.desk, &Actor::Clock, &message, delivery).unwrap();
        assert_eq!(waiting(&given), 0);
        assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'send_messages'"), 0);
    }
}

#[test]
fn the_outbox_names_nobody_and_nothing_of_a_told_visitor_outlives_the_visit() {
    const NAME: &str = "Nålnavn7Qx1Zk";
    let certificates = Certificates::new();
    let mut given = desk("name").visit_of(&visits(NAME, HOST));
    let texts: Vec<String> = given.texts("SELECT * FROM messages");
    assert_eq!(texts.len(), 1);
    let columns = given.texts("SELECT name FROM pragma_table_info('messages')");
    let whole = given.texts(&format!("SELECT concat_ws(' ', {}) FROM messages", columns.join(", ")));
    assert!(!whole[0].contains(NAME) && !whole[0].contains(ADDRESS) && !whole[0].contains("Karen"), "{whole:?}");
    let there = smtp(0, "starttls", &certificates);
    // One try fails, so that the row was written more than once.
    let nobody = Mailer::new(MailServer { ca_file: None, ..mail_server(there.port, Security::StartTls, &certificates) });
    send(&mut given, &nobody);
    pass(&mut given, 30);
    assert_eq!(send(&mut given, &Mailer::new(mail_server(there.port, Security::StartTls, &certificates))), [SENT]);
    given.go_to(given.visits[0].erase_after);
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert!(matches!(erase_due(&mut given.desk, &Actor::Clock).unwrap(), EraseDueOutcome::Erased(_)));
    let mut places = vec![given.desk.decrypted_pages().unwrap()];
    for file in std::fs::read_dir(given.folder().path()).unwrap() {
        places.extend(std::fs::read(file.unwrap().path()).ok());
    }
    assert!(places.len() >= 5);
    assert!(places.iter().all(|bytes| memchr::memmem::find(bytes, NAME.as_bytes()).is_none()));
}
