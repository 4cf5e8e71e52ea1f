//! The way to the mail server.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;
use super::secret::{Hidden, is_this_machine};
use crate::domain::mail_address::MailAddress;

/// The server that takes mail for hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub server: String,
    /// Left out: 587 for `starttls`, 465 for `tls`, 25 for `plain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    #[serde(default)]
    pub security: Security,
    /// Whom the mails come from: `reception@example.org`.
    pub from: String,
    /// Left out: the server takes mail from anybody here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Hidden>,
    /// PEM certificates that are trusted beside those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

/// How the way to the mail server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS once the server was greeted, or nothing is sent.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Readable for everybody on the way.
    Plain,
}

impl Mail {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::Plain => 25,
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        if self.server.trim().is_empty() || self.server.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(ConfigFault::MailServer);
        }
        MailAddress::of(&self.from).map_err(|_| ConfigFault::MailFrom)?;
        if self.user.is_some() != self.password.is_some() {
            return Err(ConfigFault::MailLogin);
        }
        if self.security == Security::Plain && self.password.is_some() && !is_this_machine(&self.server) {
            return Err(ConfigFault::MailPassword);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn mail_goes_encrypted_or_openly_by_choice_and_never_with_an_open_password() {
        let mail = |more: &str| Config::parse(&format!("[mail]\nserver = \"mail.example.org\"\nfrom = \"a@example.org\"\n{more}"));
        for (more, port) in [("", 587), ("security = \"tls\"", 465), ("security = \"plain\"", 25), ("port = 2525", 2525)] {
            assert_eq!(mail(more).expect(more).mail.expect("mail").port(), port);
        }
        assert_eq!(mail("").expect("valid").mail.expect("mail").security, Security::StartTls);
        let login = "user = \"desk\"\npassword = \"hemmelig\"";
        let config = mail(login).expect("valid");
        assert!(!format!("{config:?}").contains("hemmelig"));
        for (text, reason) in [
            ("[mail]\nserver = \"\"\nfrom = \"a@b\"".to_owned(), "must name a server"),
            ("[mail]\nserver = \"a\\nb\"\nfrom = \"a@b\"".to_owned(), "must name a server"),
            ("[mail]\nserver = \"a\"\nfrom = \"Desk <a@b>\"".to_owned(), "an address alone"),
            ("[mail]\nserver = \"a\"\nfrom = \"a@b\"\nuser = \"desk\"".to_owned(), "go together"),
            (format!("[mail]\nserver = \"a\"\nfrom = \"a@b\"\nsecurity = \"plain\"\n{login}"), "everybody on the way"),
            ("[mail]\nserver = \"a\"\nfrom = \"a@b\"\nsecurity = \"none\"".to_owned(), "unknown variant"),
            ("[mail]\nserver = \"a\"\nfrom = \"a@b\"\ntls = true".to_owned(), "unknown field"),
        ] {
            let fault = Config::parse(&text).expect_err(&text).to_string();
            assert!(fault.contains(reason), "{text}: {fault}");
        }
        for here in ["localhost", "127.0.0.1", "::1"] {
            assert!(Config::parse(&format!("[mail]\nserver = \"{here}\"\nfrom = \"a@b\"\nsecurity = \"plain\"\n{login}")).is_ok());
        }
    }
}
