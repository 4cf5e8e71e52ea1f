//! The ways out of the house as `config.toml` has them, and what stands in them in words.

use crate::devices::delivery::Trouble;
use crate::devices::mail::{self, MailServer, Mailer};
use crate::devices::webhook::{self, Webhook, WebhookTarget};
use crate::documents::words::Words;
use crate::domain::config::{Config, Security};

/// The mail server of this desk; `organisation` is who mails come from.
pub fn mailer(config: &Config, organisation: &str) -> Option<Mailer> {
    let mail = config.mail.as_ref()?;
    Some(Mailer::new(MailServer {
        server: mail.server.clone(),
        port: mail.port(),
        security: match mail.security {
            Security::StartTls => mail::Security::StartTls,
            Security::Tls => mail::Security::Tls,
            Security::Plain => mail::Security::Plain,
        },
        login: mail.user.clone().zip(mail.password.as_ref().map(|password| password.0.clone())),
        from: mail.from.clone(),
        from_name: organisation.to_owned(),
        ca_file: mail.ca_file.clone(),
        patience: mail::PATIENCE,
    }))
}

/// The webhook of this desk.
pub fn webhook(config: &Config) -> Option<Webhook> {
    let hook = config.webhook.as_ref()?;
    Some(Webhook::new(WebhookTarget {
        url: hook.url.0.clone(),
        key: hook.key()?,
        ca_file: hook.ca_file.clone(),
        patience: webhook::PATIENCE,
    }))
}

/// What stands in the way, in a sentence.
pub fn in_words(words: Words, trouble: Trouble) -> String {
    match trouble {
        Trouble::Unreachable => words.say("outside", "Nobody answers at the server’s address."),
        Trouble::TimedOut => words.say("outside", "The server answers too slowly."),
        Trouble::Certificate => words.say("outside", "The server does not prove who it is: its certificate is not trusted here."),
        Trouble::NoEncryption => words.say("outside", "The server offers no encryption, so nothing is sent."),
        Trouble::Login => words.say("outside", "The server does not take the user and password."),
        Trouble::Address => words.say("outside", "The server does not know the host’s address."),
        Trouble::Refused => words.say("outside", "The server refused what was sent."),
        Trouble::Busy => words.say("outside", "The server cannot take anything just now."),
        Trouble::Setting => words.say("outside", "A value or a file that config.toml names cannot be used."),
    }
}
