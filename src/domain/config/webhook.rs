//! The way to another system of the house.

use std::path::PathBuf;

use base64::Engine;
use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;
use super::secret::{Hidden, is_this_machine};

/// The address that is called when somebody has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: Hidden,
    /// `whsec_` and 24 to 64 random bytes in base64, as Standard Webhooks has it.
    pub secret: Hidden,
    #[serde(default)]
    pub format: WebhookFormat,
    /// PEM certificates that are trusted beside those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

/// Who reads what is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookFormat {
    /// A program of the house.
    #[default]
    Generic,
    Teams,
    Slack,
}

impl Webhook {
    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        let url = self.url.0.as_str();
        let is_safe = match url.split_once("://") {
            Some(("https", rest)) => !rest.is_empty(),
            Some(("http", rest)) => {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                // What stands before an @ is a name and not the machine.
                let host = match authority.strip_prefix('[') {
                    Some(rest) => rest.split(']').next(),
                    None => authority.split(':').next(),
                };
                !authority.contains('@') && host.is_some_and(is_this_machine)
            }
            _ => false,
        };
        if !is_safe || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(ConfigFault::WebhookUrl);
        }
        self.key().map(|_| ()).ok_or(ConfigFault::WebhookSecret)
    }

    /// The bytes that sign.
    pub fn key(&self) -> Option<Vec<u8>> {
        let key = base64::engine::general_purpose::STANDARD.decode(self.secret.0.strip_prefix("whsec_")?).ok()?;
        (24..=64).contains(&key.len()).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const SECRET: &str = "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"";

    #[test]
    fn a_webhook_is_called_over_https_or_on_this_machine() {
        let parse = |url: &str, secret: &str| Config::parse(&format!("[webhook]\nurl = \"{url}\"\n{secret}"));
        for url in ["https://a/b", "http://localhost/", "http://127.0.0.1:8080/a", "http://[::1]:80"] {
            assert!(parse(url, SECRET).is_ok(), "{url}");
        }
        for url in [
            "http://a/b",
            "http://localhost.a/",
            "http://127.0.0.1@a/",
            "http://localhost:80@a/",
            "ftp://a",
            "https://",
            "https://a b",
            "a",
            "",
        ] {
            assert!(parse(url, SECRET).is_err_and(|fault| fault.to_string().contains("webhook.url")), "{url}");
        }
        for secret in ["secret = \"\"", "secret = \"whsec_\"", "secret = \"whsec_YWJj\"", "secret = \"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""] {
            assert!(parse("https://a", secret).is_err_and(|fault| fault.to_string().contains("webhook.secret")), "{secret}");
        }
        assert!(!format!("{:?}", parse("https://a/token", SECRET)).contains("token"));
    }
}
