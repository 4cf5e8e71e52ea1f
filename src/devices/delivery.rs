//! What mail and webhook share: why something did not get there, and how their ways stand.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::status::{DeviceKind, DeviceState, DeviceStatus};

/// What stood in the way. The page and the command line have the words; no address is ever in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nobody answers there.
    Unreachable,
    /// Somebody answers, but not in time.
    TimedOut,
    /// Whoever answers does not prove who they are.
    Certificate,
    /// The server offers no encryption, so nothing was sent.
    NoEncryption,
    /// User or password are wrong, or are wanted and missing.
    Login,
    /// The server does not take mail for this host.
    Address,
    /// The server refused, and says it always will.
    Refused,
    /// The server refused for now.
    Busy,
    /// A file or a value of the settings cannot be used.
    Setting,
}

impl Trouble {
    pub const ALL: [Trouble; 9] = [
        Trouble::Unreachable,
        Trouble::TimedOut,
        Trouble::Certificate,
        Trouble::NoEncryption,
        Trouble::Login,
        Trouble::Address,
        Trouble::Refused,
        Trouble::Busy,
        Trouble::Setting,
    ];

    /// The word for scripts and logs.
    pub fn word(self) -> &'static str {
        match self {
            Trouble::Unreachable => "unreachable",
            Trouble::TimedOut => "timed_out",
            Trouble::Certificate => "certificate",
            Trouble::NoEncryption => "no_encryption",
            Trouble::Login => "login",
            Trouble::Address => "address",
            Trouble::Refused => "refused",
            Trouble::Busy => "busy",
            Trouble::Setting => "setting",
        }
    }
}

/// Why something was not sent, and whether it is any use to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What is wrong lies with the way or the settings, or passes.
    Temporary(Trouble),
    /// This message is refused, whenever it comes.
    Permanent(Trouble),
}

impl Fault {
    pub fn trouble(self) -> Trouble {
        match self {
            Fault::Temporary(trouble) | Fault::Permanent(trouble) => trouble,
        }
    }
}

/// What stood in the way last; nothing once something got there again.
#[derive(Default)]
pub(super) struct Record(Mutex<Option<Trouble>>);

impl Record {
    /// Notes an outcome and hands it on.
    pub(super) fn note(&self, outcome: Result<(), Fault>) -> Result<(), Fault> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = outcome.err().map(Fault::trouble);
        outcome
    }

    /// How the way was when it was last used.
    pub(super) fn status(&self, kind: DeviceKind, name: &str) -> DeviceStatus {
        let Some(trouble) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else { return DeviceStatus::ready(kind, name) };
        let state = match trouble {
            Trouble::Unreachable | Trouble::TimedOut => DeviceState::Silent,
            Trouble::Certificate | Trouble::NoEncryption => DeviceState::Untrusted,
            Trouble::Login => DeviceState::Rejected,
            Trouble::Address | Trouble::Refused | Trouble::Busy => DeviceState::Refuses,
            Trouble::Setting => DeviceState::Failed,
        };
        DeviceStatus { kind, name: name.to_owned(), state, fault: Some(trouble.word().to_owned()) }
    }
}

/// A file of certificates may be so large.
const CA_BYTES_MAX: u64 = 1 << 20;

/// The certificates of the system, and those of a PEM file that is to be trusted beside them.
pub(super) fn trusted(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let setting = || Fault::Temporary(Trouble::Setting);
    let mut trusted = rustls_native_certs::load_native_certs().certs;
    if let Some(path) = ca_file {
        let pem = crate::files::read_limited(path, CA_BYTES_MAX).map_err(|_| setting())?;
        let own: Vec<_> = CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| setting())?;
        if own.is_empty() {
            return Err(setting());
        }
        trusted.extend(own);
    }
    Ok(trusted)
}

/// What lies under an error of a connection: a wrong certificate, a time-out, or nobody there.
pub(super) fn trouble_below(error: &(dyn std::error::Error + 'static)) -> Trouble {
    let mut below = Some(error);
    while let Some(error) = below {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            if matches!(io.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock) {
                return Trouble::TimedOut;
            }
            if let Some(inner) = io.get_ref() {
                return trouble_below(inner);
            }
        }
        if error.is::<rustls::Error>() {
            return Trouble::Certificate;
        }
        below = error.source();
    }
    Trouble::Unreachable
}
