//! Mail to hosts, through the SMTP server of the house. Sent on a thread of its own; nobody waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};

use super::delivery::{Fault, Record, Trouble, read_ca, trouble_below};
use super::guard::guarded;
use super::{DeviceKind, DeviceStatus};

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
    /// The longest wait for each answer.
    pub patience: Duration,
}

/// How long each answer of a server is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);

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
        let send = move || sent(guarded("mail", || mailer.send(&letter)).unwrap_or(Err(Fault::Temporary(Trouble::Setting))));
        if let Err(error) = std::thread::Builder::new().name("mail".to_owned()).spawn(send) {
            // The message is claimed again when its time comes.
            tracing::warn!(%error, "no thread for a mail");
        }
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
        let outcome = self.connect().map(|mut connection| drop(connection.quit()));
        self.record.note(outcome).map_err(Fault::trouble)
    }

    /// How the way was when it was last used.
    pub fn look(&self) -> DeviceStatus {
        self.record.status(DeviceKind::Mail, &self.server.server)
    }

    fn deliver(&self, letter: &Letter) -> Result<(), Fault> {
        let message = self.message(letter)?;
        let mut connection = self.connect()?;
        connection.send(message.envelope(), &message.formatted()).map_err(|error| of_letter(&error))?;
        // It has the mail; how it says goodbye changes nothing.
        drop(connection.quit());
        Ok(())
    }

    /// Whatever goes wrong here is not the fault of any mail.
    fn connect(&self) -> Result<SmtpConnection, Fault> {
        let MailServer { server, port, security, login, .. } = &self.server;
        let tls = match security {
            Security::Plain => None,
            Security::StartTls | Security::Tls => Some(self.tls()?),
        };
        let own_name = ClientId::Domain(self.domain().to_owned());
        let at_once = tls.as_ref().filter(|_| *security == Security::Tls);
        let patience = Some(self.server.patience);
        let failed = |error: Error| Fault::Temporary(of_connection(&error));
        let mut connection = SmtpConnection::connect((server.as_str(), *port), patience, &own_name, at_once, None).map_err(failed)?;
        if let Some(tls) = tls.filter(|_| *security == Security::StartTls) {
            if !connection.can_starttls() {
                return Err(Fault::Temporary(Trouble::NoEncryption));
            }
            connection.starttls(&tls, &own_name).map_err(failed)?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).map_err(|error| {
                let is_answer = error.is_permanent() || error.is_client();
                Fault::Temporary(if is_answer { Trouble::Login } else { of_connection(&error) })
            })?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, Fault> {
        let setting = |_| Fault::Temporary(Trouble::Setting);
        let mut tls = TlsParameters::builder(self.server.server.clone());
        if let Some(path) = &self.server.ca_file {
            tls = tls.add_root_certificate(Certificate::from_pem(&read_ca(path)?).map_err(setting)?);
        }
        tls.build().map_err(setting)
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
fn of_letter(error: &Error) -> Fault {
    let code = error.status().map(|code| code.to_string());
    match code.as_deref() {
        // Our account, not this mail.
        Some("530" | "534" | "535" | "538") => Fault::Temporary(Trouble::Login),
        Some("550" | "551" | "553" | "556") => Fault::Permanent(Trouble::Address),
        _ if error.is_permanent() => Fault::Permanent(Trouble::Refused),
        _ => Fault::Temporary(of_connection(error)),
    }
}

fn of_connection(error: &Error) -> Trouble {
    match () {
        () if error.is_timeout() => Trouble::TimedOut,
        () if error.is_transient() => Trouble::Busy,
        () if error.is_permanent() => Trouble::Refused,
        () => trouble_below(error),
    }
}
