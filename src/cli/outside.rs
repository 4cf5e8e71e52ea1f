//! The ways out of the house as `config.toml` has them.

use crate::devices::mail::{self, MailServer, Mailer};
use crate::devices::webhook::{self, Webhook, WebhookTarget};
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
