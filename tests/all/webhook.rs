//! Another system of the house is called when somebody has come.

use std::time::Duration;

use serde_json::Value;

use velkommen::desk::send_messages::{ClaimedMessage, Delivery, SettleMessageOutcome, claim_message, settle_message};
use velkommen::desk::sign_in::{HostChoice, SignIn};
use velkommen::devices::delivery::{Fault, Trouble};
use velkommen::devices::webhook::{Call, Webhook, WebhookTarget};
use velkommen::documents::letter::House;
use velkommen::domain::access::Actor;
use velkommen::domain::config::{Config, Hidden, Webhook as WebhookConfig, WebhookFormat};
use velkommen::domain::message::Channel;
use velkommen::gui::outbox::call_of;

use crate::given::{Given, given_having, profile_with, visitor};
use crate::servers::{Certificates, Server, python};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn config(url: &str) -> WebhookConfig {
    WebhookConfig { url: Hidden(url.to_owned()), secret: Hidden(SECRET.to_owned()), format: WebhookFormat::Generic, ca_file: None }
}

fn desk(content: &str) -> Given {
    let profile = profile_with(&[("content = \"visitor\"", &format!("content = \"{content}\""))]);
    let given = given_having(&profile, &Config { kiosk: false, webhook: Some(config("https://localhost/")), ..Config::default() });
    given.at("2026-03-02T09:00").visit_of(&SignIn { host: HostChoice::Typed("Karen".to_owned()), ..visitor("Ada Lovelace") })
}

fn http(certificates: Option<&Certificates>) -> Server {
    let mut command = python("web_server.py");
    command.arg(SECRET).args(certificates.map_or([String::new(), String::new()], Certificates::server));
    Server::start(command)
}

fn webhook(url: String, ca: Option<&Certificates>) -> Webhook {
    let (key, patience) = (config(&url).key().unwrap(), Duration::from_secs(10));
    Webhook::new(WebhookTarget { url, key, ca_file: ca.map(Certificates::ca), patience })
}

fn claim(given: &mut Given) -> Option<ClaimedMessage> {
    claim_message(&mut given.desk, &Actor::Clock, Channel::Webhook).unwrap()
}

fn write(given: &Given, message: &ClaimedMessage) -> Call {
    call_of(message, &House::of(given.desk.profile(), given.desk.config()), WebhookFormat::Generic).unwrap()
}

#[test]
fn a_system_of_the_house_is_called_once_and_can_check_who_calls() {
    let certificates = Certificates::new();
    let mut there = http(Some(&certificates));
    let hook = webhook(format!("https://localhost:{}/door?floor=2", there.port), Some(&certificates));
    let mut given = desk("name");
    let message = claim(&mut given).unwrap();
    assert_eq!(hook.call(&write(&given, &message)), Ok(()));
    let settled = settle_message(&mut given.desk, &Actor::Clock, &message, Delivery::Taken).unwrap();
    assert_eq!(settled, SettleMessageOutcome::Sent);
    let call = there.took();
    assert_eq!((&call["right"], &call["path"], &call["type"]), (&Value::from(true), &"/door?floor=2".into(), &"application/json".into()));
    assert_eq!((&call["id"], &call["at"]), (&message.id.to_string().into(), &Value::from(given.now().timestamp())));
    assert_eq!(call["body"]["type"], "visitor.arrived");
    assert_eq!(call["body"]["data"]["visitor"]["name"], "Ada Lovelace");
    assert_eq!(call["body"]["data"]["host"], "Karen");
    assert_eq!(given.count("SELECT count(*) FROM messages"), 0);
    there.behave("204");
}

#[test]
fn a_visitor_is_named_only_where_the_profile_allows_and_nobody_is_called_unasked() {
    let mut given = desk("visitor");
    let message = claim(&mut given).unwrap();
    let body = write(&given, &message).body;
    assert!(!body.contains("Ada") && body.contains("Karen"), "{body}");
    assert!(claim(&mut desk("off")).is_none());
    let unasked = crate::given::given().visit("Ada");
    assert_eq!(unasked.count("SELECT count(*) FROM messages"), 0);
}

#[test]
fn each_answer_is_taken_for_what_it_is() {
    let mut there = http(None);
    let hook = webhook(format!("http://127.0.0.1:{}/", there.port), None);
    let mut given = desk("name");
    let message = claim(&mut given).unwrap();
    let call = write(&given, &message);
    for (status, outcome) in [
        ("200", Ok(())),
        ("500", Err(Fault::Temporary(Trouble::Busy))),
        ("429", Err(Fault::Temporary(Trouble::Busy))),
        ("401", Err(Fault::Temporary(Trouble::Login))),
        ("410", Err(Fault::Permanent(Trouble::Refused))),
        // Not followed, or the next call would be one to elsewhere.
        ("302", Err(Fault::Permanent(Trouble::Refused))),
        ("204", Ok(())),
    ] {
        there.behave(status);
        assert_eq!(hook.call(&call), outcome, "{status}");
        assert_eq!(there.took()["path"], "/");
    }
}

#[test]
fn nobody_is_called_who_does_not_prove_themselves_or_is_not_there() {
    let (ours, others) = (Certificates::new(), Certificates::new());
    let mut there = http(Some(&ours));
    let mut given = desk("name");
    let message = claim(&mut given).unwrap();
    let call = write(&given, &message);
    let url = format!("https://localhost:{}/", there.port);
    for ca in [None, Some(&others)] {
        assert_eq!(webhook(url.clone(), ca).call(&call), Err(Fault::Temporary(Trouble::Certificate)));
    }
    there.behave("204");
    drop(there);
    assert_eq!(webhook(url, Some(&ours)).call(&call), Err(Fault::Temporary(Trouble::Unreachable)));
}
