//! The webhook: another system of the house is called, with a signature that proves it was us. Off unless it is set up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::delivery::{Fault, Record, Trouble, trouble_below, trusted};
use super::guard::work_aside;
use super::status::{DeviceKind, DeviceStatus};

/// How long one call may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where is called, and what signs.
pub struct WebhookTarget {
    pub url: String,
    pub key: Vec<u8>,
    /// PEM certificates that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    pub patience: Duration,
}

/// One call. `Debug` says nothing of it.
#[derive(Clone)]
pub struct Call {
    /// The same in every try.
    pub id: String,
    /// Seconds since 1970, so that an old call is not taken for a new one.
    pub at: i64,
    /// JSON.
    pub body: String,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Call(..)")
    }
}

/// The way to one target.
pub struct Webhook {
    target: WebhookTarget,
    record: Record,
}

impl Webhook {
    pub fn new(target: WebhookTarget) -> Webhook {
        Webhook { target, record: Record::default() }
    }

    /// Calls later; `called` is told what came of it, on another thread.
    pub fn call_later(self: &Arc<Self>, call: Call, called: impl FnOnce(Result<(), Fault>) + Send + 'static) {
        let webhook = self.clone();
        work_aside("webhook", move || webhook.call(&call), Err(Fault::Temporary(Trouble::Setting)), called);
    }

    /// Calls and waits for the answer. A redirection is not followed: what is signed goes where it was meant to.
    ///
    /// **Source** standardwebhooks.com, for the headers and what is signed.
    pub fn call(&self, call: &Call) -> Result<(), Fault> {
        let outcome = self.post(call);
        if let Err(fault) = outcome {
            tracing::warn!(trouble = fault.trouble().word(), "the webhook was not called");
        }
        self.record.note(outcome)
    }

    /// How the way was when it was last used. Its address is nobody's business.
    pub fn look(&self) -> DeviceStatus {
        self.record.status(DeviceKind::Webhook, "")
    }

    fn post(&self, call: &Call) -> Result<(), Fault> {
        let agent = ureq::Agent::config_builder()
            .tls_config(self.tls()?)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(self.target.patience))
            .build()
            .new_agent();
        let answer = agent
            .post(&self.target.url)
            .header("Content-Type", "application/json")
            .header("webhook-id", &call.id)
            .header("webhook-timestamp", call.at.to_string())
            .header("webhook-signature", signature(&self.target.key, call))
            .send(&call.body)
            .map_err(|error| Fault::Temporary(trouble(&error)))?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            401 | 403 => Err(Fault::Temporary(Trouble::Login)),
            408 | 425 | 429 | 500..=599 => Err(Fault::Temporary(Trouble::Busy)),
            _ => Err(Fault::Permanent(Trouble::Refused)),
        }
    }

    fn tls(&self) -> Result<TlsConfig, Fault> {
        let roots: Vec<_> = trusted(self.target.ca_file.as_deref())?.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        Ok(TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build())
    }
}

/// `v1,` and the HMAC-SHA256 of id, time and body in base64.
fn signature(key: &[u8], call: &Call) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length signs");
    for part in [call.id.as_bytes(), b".", call.at.to_string().as_bytes(), b".", call.body.as_bytes()] {
        mac.update(part);
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn trouble(error: &ureq::Error) -> Trouble {
    match error {
        ureq::Error::Timeout(_) => Trouble::TimedOut,
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => Trouble::Certificate,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Trouble::Setting,
        ureq::Error::Io(io) => trouble_below(io),
        _ => Trouble::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the specification.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let call = Call { id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(), at: 1614265330, body: "{\"test\": 2432232314}".to_owned() };
        assert_eq!(signature(&key, &call), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
