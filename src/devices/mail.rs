//! Mail to hosts, through the SMTP server of the house. Sent on a thread of its own; nobody waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{Address, Message};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::bounded::{Bounded, Bounds};
use super::delivery::{Fault, Record, Trouble, trouble_below, trusted};
use super::guard::work_aside;
use super::status::{DeviceKind, DeviceStatus};
use smtp::Conversation;

mod smtp;

/// How the way to the server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS once the server was greeted, or nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None.
    Plain,
}

/// The server and how it is spoken to.
pub struct MailServer {
    pub server: String,
    pub port: u16,
    pub security: Security,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Whom mails come from: the address, and the name that mail programs show.
    pub from: String,
    pub from_name: String,
    /// PEM certificates that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// The longest that a conversation lasts, whatever the server says meanwhile.
    pub patience: Duration,
}

/// How long a conversation may last. A server that makes strangers wait does so for half a minute at most.
///
/// **Source** M1.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The most a server has to say in a conversation, its certificates included.
const HEARD_BYTES_MAX: usize = 256 << 10;

/// A mail to send. `Debug` says nothing of it.
#[derive(Clone)]
pub struct Letter {
    /// Made once: every try carries the same, so that a mail that came twice is seen as one.
    pub message_id: String,
    pub date: SystemTime,
    pub to: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
    pub files: Vec<Enclosure>,
}

/// A file that goes with a mail.
#[derive(Clone)]
pub struct Enclosure {
    pub name: &'static str,
    /// As in a `Content-Type`.
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// The way to one server.
pub struct Mailer {
    server: MailServer,
    record: Record,
}

impl Mailer {
    pub fn new(server: MailServer) -> Mailer {
        Mailer { server, record: Record::default() }
    }

    /// Sends later; `sent` is told what came of it, on another thread.
    pub fn send_later(self: &Arc<Self>, letter: Letter, sent: impl FnOnce(Result<(), Fault>) + Send + 'static) {
        let mailer = self.clone();
        // Whatever becomes of it, whoever waits is told: else no host would be told again.
        work_aside("mail", move || mailer.send(&letter), Err(Fault::Temporary(Trouble::Setting)), sent);
    }

    /// Sends one mail and waits for the server's answer.
    ///
    /// **Errors** temporary until the server has answered for this mail itself; then as it says.
    pub fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let outcome = self.deliver(letter);
        if let Err(fault) = outcome {
            tracing::warn!(trouble = fault.trouble().word(), "a mail was not sent");
        }
        self.record.note(outcome)
    }

    /// Greets the server and proves who we are, and sends nothing: the test of Setup.
    pub fn test(&self) -> Result<(), Trouble> {
        let outcome = self.connect().map(Conversation::quit);
        self.record.note(outcome).map_err(Fault::trouble)
    }

    /// How the way was when it was last used.
    pub fn look(&self) -> DeviceStatus {
        self.record.status(DeviceKind::Mail, &self.server.server)
    }

    fn deliver(&self, letter: &Letter) -> Result<(), Fault> {
        let message = self.message(letter)?;
        let mut conversation = self.connect()?;
        let (from, to) = (&self.server.from, &letter.to);
        conversation.send(from, to, &message.formatted()).map_err(|fault| of_letter(&fault))?;
        // It has the mail; how it says goodbye changes nothing.
        conversation.quit();
        Ok(())
    }

    /// Whatever goes wrong here is not the fault of any mail.
    fn connect(&self) -> Result<Conversation, Fault> {
        let MailServer { server, port, security, login, patience, .. } = &self.server;
        let failed = |fault: smtp::Fault| Fault::Temporary(of_connection(&fault));
        let at_once = if *security == Security::Tls { Some(self.tls()?) } else { None };
        let bounds = Bounds { patience: *patience, bytes_max: HEARD_BYTES_MAX };
        let connection = Bounded::connect((server.as_str(), *port), bounds).map_err(|error| failed(error.into()))?;
        let mut conversation = Conversation::open(connection, at_once, self.domain()).map_err(failed)?;
        if *security == Security::StartTls {
            if !conversation.offers_tls() {
                return Err(Fault::Temporary(Trouble::NoEncryption));
            }
            conversation = conversation.encrypt(self.tls()?, self.domain()).map_err(failed)?;
        }
        if let Some((user, password)) = login {
            conversation.log_in(user, password).map_err(|fault| match fault {
                smtp::Fault::Said(500..) => Fault::Temporary(Trouble::Login),
                fault => failed(fault),
            })?;
        }
        Ok(conversation)
    }

    fn tls(&self) -> Result<ClientConnection, Fault> {
        let setting = || Fault::Temporary(Trouble::Setting);
        let mut roots = RootCertStore::empty();
        // The system may have some that are of no use here.
        roots.add_parsable_certificates(trusted(self.server.ca_file.as_deref())?);
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| setting())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = ServerName::try_from(self.server.server.clone()).map_err(|_| setting())?;
        ClientConnection::new(Arc::new(config), server).map_err(|_| setting())
    }

    fn domain(&self) -> &str {
        self.server.from.split_once('@').map_or("localhost", |(_, domain)| domain)
    }

    fn message(&self, letter: &Letter) -> Result<Message, Fault> {
        let address = |text: &str| text.parse::<Address>();
        let from = address(&self.server.from).map_err(|_| Fault::Temporary(Trouble::Setting))?;
        let to = address(&letter.to).map_err(|_| Fault::Permanent(Trouble::Address))?;
        let alternative = MultiPart::alternative_plain_html(letter.plain.clone(), letter.html.clone());
        let body = letter.files.iter().try_fold(MultiPart::mixed().multipart(alternative), |body, file| {
            let kind = ContentType::parse(file.kind).map_err(|_| Fault::Permanent(Trouble::Setting))?;
            Ok(body.singlepart(Attachment::new(file.name.to_owned()).body(file.bytes.clone(), kind)))
        })?;
        Message::builder()
            .from(Mailbox::new(Some(self.server.from_name.clone()), from))
            .to(Mailbox::new(None, to))
            .date(letter.date)
            .message_id(Some(format!("<{}@{}>", letter.message_id, self.domain())))
            // Whoever is on holiday does not answer a kiosk (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .subject(letter.subject.clone())
            .multipart(body)
            .map_err(|_| Fault::Permanent(Trouble::Setting))
    }
}

/// What the server says of one mail.
fn of_letter(fault: &smtp::Fault) -> Fault {
    match fault {
        // Our account, not this mail.
        smtp::Fault::Said(530 | 534 | 535 | 538) => Fault::Temporary(Trouble::Login),
        smtp::Fault::Said(550 | 551 | 553 | 556) => Fault::Permanent(Trouble::Address),
        smtp::Fault::Said(500..) => Fault::Permanent(Trouble::Refused),
        _ => Fault::Temporary(of_connection(fault)),
    }
}

fn of_connection(fault: &smtp::Fault) -> Trouble {
    match fault {
        smtp::Fault::Said(500..) => Trouble::Refused,
        smtp::Fault::Said(_) => Trouble::Busy,
        smtp::Fault::Broken(error) => trouble_below(error),
    }
}
