//! This desk: its name, zone, closing time and devices. What the controller decides stands in the profile instead.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use base64::Engine;
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::language::Language;
use crate::domain::message::MailAddress;
use crate::domain::text::line;

/// What the desk's own file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What staff call this desk.
    pub desk: String,
    /// The zone whose days and closing time count.
    pub zone: Tz,
    /// When visits that were never signed out end, as `HH:MM`.
    #[serde(with = "hours_and_minutes")]
    pub closes_at: NaiveTime,
    /// From when until six in the morning the screen wears its evening colours; never without it.
    #[serde(with = "maybe_hours_and_minutes", skip_serializing_if = "Option::is_none")]
    pub evening_from: Option<NaiveTime>,
    /// The languages people can choose; the first one greets.
    pub languages: Vec<Language>,
    pub mode: Mode,
    /// Full screen, as on a touch panel.
    pub kiosk: bool,
    /// Where papers go. Without a printer no badge is promised.
    pub printer: Option<Printer>,
    /// What codes are held up to. Without a camera nobody is asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<Camera>,
    pub printers: Printers,
    pub sound: Sound,
    pub speech: Speech,
    /// Through which server hosts are told. Without one no mail is promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
    /// Which other system is told that somebody has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// Those that are read for the kiosk alone. Any other one types into the window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scanners: Vec<Scanner>,
}

/// What the resting page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Reception,
    Door,
}

/// A printer that this desk can use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Printer {
    /// Papers become PDF files in this folder, the last one of each kind.
    Folder(PathBuf),
    /// A queue of CUPS or a network printer, which takes PDF.
    Ipp(IppPrinter),
    /// A label printer that understands ZPL.
    Zebra(ZebraPrinter),
}

/// Printers for kinds of paper that do not go to the desk's `printer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Printers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge: Option<Printer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll_call: Option<Printer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Printer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IppPrinter {
    /// `ipp://HOST[:631]/PATH`
    pub uri: String,
    /// The label in it, for a printer that prints badges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSize>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZebraPrinter {
    /// `socket://HOST[:9100]`, or `ipp://…` of a raw queue.
    pub uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSize>,
    /// 203 or 300 dots an inch.
    #[serde(default = "dpi_of_most")]
    pub dpi: u16,
}

fn dpi_of_most() -> u16 {
    203
}

/// Width × height of a label as it is printed and read, in mm, written as `"62x100"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelSize {
    pub width_mm: f32,
    pub height_mm: f32,
}

impl LabelSize {
    /// Reads `62x100`: from 50 × 50 to 210 × 297 mm, what a badge can be laid out on.
    pub fn parse(text: &str) -> Option<LabelSize> {
        let (width, height) = text.split_once(['x', '×'])?;
        let (width_mm, height_mm) = (width.trim().parse().ok()?, height.trim().parse().ok()?);
        let holds_a_badge = (50.0..=210.0).contains(&width_mm) && (50.0..=297.0).contains(&height_mm);
        holds_a_badge.then_some(LabelSize { width_mm, height_mm })
    }
}

impl Serialize for LabelSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}x{}", self.width_mm, self.height_mm))
    }
}

impl<'de> Deserialize<'de> for LabelSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<LabelSize, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(format!("`{text}` is no label from 50x50 to 210x297 mm"));
        LabelSize::parse(&text).ok_or_else(wrong)
    }
}

impl Printer {
    /// A folder, or an address.
    pub fn place(&self) -> String {
        match self {
            Printer::Folder(folder) => folder.display().to_string(),
            Printer::Ipp(IppPrinter { uri, .. }) | Printer::Zebra(ZebraPrinter { uri, .. }) => uri.clone(),
        }
    }

    /// The label it is told to print on.
    pub fn label(&self) -> Option<LabelSize> {
        match self {
            Printer::Folder(_) => None,
            Printer::Ipp(IppPrinter { label, .. }) | Printer::Zebra(ZebraPrinter { label, .. }) => *label,
        }
    }

    /// Told to print on this label; a folder takes paper of every size.
    pub fn with_label(mut self, size: Option<LabelSize>) -> Printer {
        match &mut self {
            Printer::Folder(_) => {}
            Printer::Ipp(IppPrinter { label, .. }) | Printer::Zebra(ZebraPrinter { label, .. }) => *label = size,
        }
        self
    }

    /// What is wrong with its address, if anything is.
    fn check(&self) -> Result<(), ConfigFault> {
        let (uri, schemes): (&str, &[&str]) = match self {
            Printer::Folder(folder) if folder.as_os_str().is_empty() => return Err(ConfigFault::NoFolder),
            Printer::Folder(_) => return Ok(()),
            Printer::Ipp(printer) => (&printer.uri, &["ipp"]),
            Printer::Zebra(printer) if !matches!(printer.dpi, 203 | 300) => return Err(ConfigFault::Dpi(printer.dpi)),
            Printer::Zebra(printer) => (&printer.uri, &["socket", "ipp"]),
        };
        let is_address = uri.split_once("://").is_some_and(|(scheme, rest)| {
            schemes.contains(&scheme) && !rest.starts_with(['/', ':']) && !rest.is_empty() && !rest.contains(char::is_whitespace)
        });
        if is_address { Ok(()) } else { Err(ConfigFault::Address(uri.to_owned(), schemes.join(":// or "))) }
    }
}

/// A scanner that this desk reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// A path, such as `/dev/input/by-id/…` or `/dev/ttyACM0`; or its USB numbers, `05e0:1200`; or its name.
    pub device: String,
    #[serde(default)]
    pub suffix: Suffix,
    /// The shortest pause between two scans, in milliseconds.
    #[serde(default = "Scanner::usual_gap")]
    pub gap_ms: u16,
}

/// What a scanner sends after a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suffix {
    #[default]
    Enter,
    Tab,
    None,
}

/// A camera that this desk can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// `/dev/video0`, `http://…`, or the path of a folder of pictures or of a FIFO or file of MJPEG or Y4M.
    pub source: String,
    /// Width and height in pixels that a video device is asked for.
    #[serde(default = "Camera::usual_resolution")]
    pub resolution: (u32, u32),
    /// Whether the live picture is as in a mirror.
    #[serde(default = "Camera::usual_mirror")]
    pub mirror: bool,
}

impl Camera {
    /// A camera as it usually is.
    pub fn at(source: impl Into<String>) -> Camera {
        Camera { source: source.into(), resolution: Camera::usual_resolution(), mirror: Camera::usual_mirror() }
    }

    fn usual_resolution() -> (u32, u32) {
        (1280, 720)
    }

    fn usual_mirror() -> bool {
        true
    }
}

/// Chimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// From 0, which is silence, to 100.
    pub volume: u8,
}

/// Reading aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    pub outlet: Outlet,
}

/// Who hears what is read aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outlet {
    /// Everybody near by, so nothing about a person is read.
    #[default]
    Speaker,
    /// Who has plugged them in.
    Headphones,
}

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

/// A text that opens something, so no log shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

impl Scanner {
    /// A scanner as it usually is.
    pub fn at(device: impl Into<String>) -> Scanner {
        Scanner { device: device.into(), suffix: Suffix::default(), gap_ms: Scanner::usual_gap() }
    }

    const GAPS_MS: RangeInclusive<u16> = 20..=2000;

    fn usual_gap() -> u16 {
        100
    }
}

impl Default for Sound {
    fn default() -> Sound {
        Sound { volume: 60 }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            desk: "Reception".to_owned(),
            zone: chrono_tz::Europe::Copenhagen,
            closes_at: NaiveTime::from_hms_opt(18, 0, 0).expect("18:00 is a time"),
            languages: Language::ALL.to_vec(),
            mode: Mode::Reception,
            kiosk: true,
            printer: None,
            camera: None,
            printers: Printers::default(),
            sound: Sound::default(),
            speech: Speech::default(),
            evening_from: None,
            mail: None,
            webhook: None,
            scanners: Vec::new(),
        }
    }
}

/// Why the desk's file was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// Where it is wrong and how, and never what stands there: it may be the line of a password.
    #[error("config.toml: line {line}, column {column}: {kind}")]
    Toml { line: usize, column: usize, kind: String },
    #[error("config.toml: `desk` must be one line of 1 to {DESK_MAX} characters, without control characters")]
    Desk,
    #[error("config.toml: a printer's `folder` is empty")]
    NoFolder,
    #[error("config.toml: `languages` names none")]
    NoLanguage,
    #[error("config.toml: `sound.volume` is {0}: a volume is from 0 to 100")]
    Volume(u8),
    #[error("config.toml: `mail.server` must name a server")]
    MailServer,
    #[error("config.toml: `mail.from` must be an address alone, such as \"reception@example.org\"")]
    MailFrom,
    #[error("config.toml: `mail.user` and `mail.password` go together")]
    MailLogin,
    #[error(
        "config.toml: with `mail.security = \"plain\"` everybody on the way could read `mail.password`; only a server on this machine may have it so"
    )]
    MailPassword,
    #[error("config.toml: `webhook.url` must begin with https://, or with http:// on this machine")]
    WebhookUrl,
    #[error("config.toml: `webhook.secret` must be whsec_ and 24 to 64 bytes in base64")]
    WebhookSecret,
    #[error("config.toml: `scanners` has one without a `device`")]
    NoDevice,
    #[error("config.toml: `gap_ms` of a scanner is {0}: a gap is from 20 to 2000")]
    Gap(u16),
    #[error("config.toml: `camera.source` is empty: leave `camera` out where there is none")]
    NoCamera,
    #[error("config.toml: `camera.resolution` is {0} × {1}: it is from 160 × 120 to 3840 × 2160")]
    Resolution(u32, u32),
    #[error("config.toml: `{0}` is no address of a printer; it begins with {1}://")]
    Address(String, String),
    #[error("config.toml: `dpi` is {0}: label printers have 203 or 300")]
    Dpi(u16),
}

impl ConfigFault {
    fn of_toml(text: &str, error: &toml::de::Error) -> ConfigFault {
        const KINDS: [&str; 6] = ["unknown field", "unknown variant", "invalid type", "invalid value", "invalid length", "duplicate key"];
        let message = error.message();
        let kind = match KINDS.iter().find(|kind| message.starts_with(**kind)) {
            Some(kind) => (*kind).to_owned(),
            // The name of a setting of ours.
            None if message.starts_with("missing field") => message.to_owned(),
            None => "this cannot be read".to_owned(),
        };
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ConfigFault::Toml { line: before.matches('\n').count() + 1, column, kind }
    }
}

/// Most characters of a desk's name.
const DESK_MAX: usize = 80;

impl Config {
    /// The language that greets, and that lists are sorted in.
    pub fn first_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }

    /// Whether the screen wears its evening colours at this time of day.
    pub fn is_evening(&self, now: NaiveTime) -> bool {
        const MORNING: NaiveTime = NaiveTime::from_hms_opt(6, 0, 0).expect("a time of day");
        self.evening_from.is_some_and(|from| now < MORNING || now >= from)
    }

    /// The text of `config.toml`.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a config is plain TOML")
    }

    /// Reads and checks `config.toml`.
    pub fn parse(text: &str) -> Result<Config, ConfigFault> {
        let config: Config = toml::from_str(text).map_err(|error| ConfigFault::of_toml(text, &error))?;
        line(&config.desk, DESK_MAX).map_err(|_| ConfigFault::Desk)?;
        if config.languages.is_empty() {
            return Err(ConfigFault::NoLanguage);
        }
        if config.sound.volume > 100 {
            return Err(ConfigFault::Volume(config.sound.volume));
        }
        config.mail.as_ref().map_or(Ok(()), Mail::check)?;
        config.webhook.as_ref().map_or(Ok(()), Webhook::check)?;
        for scanner in &config.scanners {
            if scanner.device.trim().is_empty() {
                return Err(ConfigFault::NoDevice);
            }
            if !Scanner::GAPS_MS.contains(&scanner.gap_ms) {
                return Err(ConfigFault::Gap(scanner.gap_ms));
            }
        }
        if let Some(camera) = &config.camera {
            let (width, height) = camera.resolution;
            if camera.source.trim().is_empty() {
                return Err(ConfigFault::NoCamera);
            }
            if !(160..=3840).contains(&width) || !(120..=2160).contains(&height) {
                return Err(ConfigFault::Resolution(width, height));
            }
        }
        let Printers { badge, roll_call, list } = &config.printers;
        [&config.printer, badge, roll_call, list].into_iter().flatten().try_for_each(Printer::check)?;
        Ok(config)
    }
}

impl Mail {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::Plain => 25,
        })
    }

    fn check(&self) -> Result<(), ConfigFault> {
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

impl Webhook {
    fn check(&self) -> Result<(), ConfigFault> {
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

/// Whether a server's name means this machine, whatever a resolver says.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads a closing time as people type it: `18:00`, `18.00` or `18`.
pub fn parse_closing_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim().replace('.', ":");
    let (hours, minutes) = text.split_once(':').unwrap_or((&text, "0"));
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, 0)
}

/// Times of day as `HH:MM`.
mod hours_and_minutes {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_closing_time(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no time of day (HH:MM)")))
    }
}

mod maybe_hours_and_minutes {
    use chrono::NaiveTime;
    use serde::{Deserializer, Serializer};

    use super::hours_and_minutes;

    pub fn serialize<S: Serializer>(time: &Option<NaiveTime>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => hours_and_minutes::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
        hours_and_minutes::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default_and_a_written_one_reads_back() {
        assert_eq!(Config::parse("").expect("valid"), Config::default());
        let config = Config {
            printer: Some(Printer::Folder("/media/papers".into())),
            evening_from: NaiveTime::from_hms_opt(19, 30, 0),
            sound: Sound { volume: 0 },
            speech: Speech { outlet: Outlet::Headphones },
            mail: Some(Mail {
                server: "mail.example.org".to_owned(),
                port: Some(2525),
                security: Security::Tls,
                from: "reception@example.org".to_owned(),
                user: Some("desk".to_owned()),
                password: Some(Hidden("hemmelig \"æ\"".to_owned())),
                ca_file: Some("/etc/ssl/house.pem".into()),
            }),
            webhook: Some(Webhook {
                url: Hidden("https://door.example.org/".to_owned()),
                secret: Hidden("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
                format: WebhookFormat::Teams,
                ca_file: None,
            }),
            scanners: vec![
                Scanner { device: "05e0:1200".to_owned(), suffix: Suffix::Enter, gap_ms: 100 },
                Scanner { device: "/dev/ttyACM0".to_owned(), suffix: Suffix::None, gap_ms: 20 },
            ],
            camera: Some(Camera { resolution: (640, 480), mirror: false, ..Camera::at("/dev/video0") }),
            ..Config::default()
        };
        let text = config.to_toml();
        assert_eq!(Config::parse(&text).expect("valid"), config);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_reason() {
        for (text, reason) in [
            ("zone = \"Europe/Nowhere\"", "line 1, column 8"),
            ("closes_at = \"25:00\"", "line 1, column 13"),
            ("languages = []", "names none"),
            ("languages = [\"xx\"]", "unknown variant"),
            ("moed = 1", "unknown field"),
            ("sound = { volume = 101 }", "from 0 to 100"),
            ("sound = { volume = -1 }", "line 1, column 20: invalid"),
            ("sound = { loud = 1 }", "unknown field"),
            ("printer = { ipp = { uri = \"ipps://10.0.0.7/ipp/print\" } }", "begins with ipp://"),
            ("printer = { ipp = { uri = \"ipp:///\" } }", "no address"),
            ("printer = { zebra = { uri = \"10.0.0.7\" } }", "socket:// or ipp://"),
            ("printers = { badge = { zebra = { uri = \"socket://z\", dpi = 200 } } }", "203 or 300"),
            ("printers = { badge = { ipp = { uri = \"ipp://z\", label = \"40x100\" } } }", "cannot be read"),
            ("printers = { ticket = { folder = \"/x\" } }", "unknown field"),
            ("speech = { outlet = \"tannoy\" }", "unknown variant"),
            ("scanners = [{ suffix = \"tab\" }]", "missing field"),
            ("scanners = [{ device = \" \" }]", "without a `device`"),
            ("scanners = [{ device = \"a\", suffix = \"f1\" }]", "unknown variant"),
            ("scanners = [{ device = \"a\", gap_ms = 19 }]", "from 20 to 2000"),
            ("scanners = [{ device = \"a\", gap_ms = 2001 }]", "from 20 to 2000"),
            ("scanners = [{ device = \"a\", layout = \"dk\" }]", "unknown field"),
            ("camera = { source = \" \" }", "`camera` out"),
            ("camera = { mirror = true }", "missing field `source`"),
            ("camera = { source = \"a\", zoom = 2 }", "unknown field"),
            ("camera = { source = \"a\", resolution = [159, 120] }", "159 × 120"),
            ("camera = { source = \"a\", resolution = [3840, 2161] }", "3840 × 2161"),
        ] {
            let fault = Config::parse(text).expect_err(text).to_string();
            assert!(fault.contains(reason), "{text}: {fault}");
        }
        assert_eq!(Config::parse("sound = { volume = 100 }").expect("valid").sound.volume, 100);
        let scanners = Config::parse("[[scanners]]\ndevice = \"a\"\n[[scanners]]\ndevice = \"a\"\ngap_ms = 2000").expect("valid").scanners;
        assert_eq!(
            scanners.iter().map(|scanner| (scanner.suffix, scanner.gap_ms)).collect::<Vec<_>>(),
            [(Suffix::Enter, 100), (Suffix::Enter, 2000)]
        );
    }

    const SECRET: &str = "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"";

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

    #[test]
    fn each_kind_of_paper_can_have_a_printer_of_its_own() {
        let text = r#"
            printer = { ipp = { uri = "ipp://localhost:631/printers/Office" } }
            [printers]
            badge = { zebra = { uri = "socket://10.0.0.7", label = "62 x 100", dpi = 300 } }
            roll-call = { folder = "/media/papers" }
        "#;
        let config = Config::parse(text).expect("valid");
        let label = Some(LabelSize { width_mm: 62.0, height_mm: 100.0 });
        assert_eq!(config.printers.badge, Some(Printer::Zebra(ZebraPrinter { uri: "socket://10.0.0.7".to_owned(), label, dpi: 300 })));
        assert_eq!(config.printers.roll_call, Some(Printer::Folder("/media/papers".into())));
        let written = config.to_toml();
        assert_eq!(Config::parse(&written).expect("valid"), config);
        let sizes = ["50x50", "210x297", "49.9x50", "50x297.1", "62", "ax62"].map(|text| LabelSize::parse(text).is_some());
        assert_eq!(sizes, [true, true, false, false, false, false]);
    }

    #[test]
    fn evenings_last_until_six_and_only_where_they_are_wanted() {
        let wanted = Config::parse("evening_from = \"19:30\"").expect("valid");
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
        let evenings = [(19, 29), (19, 30), (23, 59), (0, 0), (5, 59), (6, 0)].map(|(hour, minute)| wanted.is_evening(at(hour, minute)));
        assert_eq!(evenings, [false, true, true, true, true, false]);
        assert!(!Config::default().is_evening(at(23, 0)));
    }

    #[test]
    fn closing_times_are_read_as_people_type_them() {
        let six = NaiveTime::from_hms_opt(18, 0, 0);
        assert_eq!([parse_closing_time("18:00"), parse_closing_time(" 18.00"), parse_closing_time("18")], [six; 3]);
        assert_eq!([parse_closing_time("24:00"), parse_closing_time("six"), parse_closing_time("")], [None; 3]);
    }

    #[test]
    fn a_fault_of_the_file_names_the_place_and_quotes_nothing() {
        let files = [
            ("desk = \"A\"\n[mail]\npassword = \"hemmelig\n", 3),
            ("[mail]\nserver = \"a\"\nfrom = \"a@b\"\nport = \"hemmelig\"\n", 4),
            ("[mail]\nhemmelig = 1\n", 2),
            ("[mail]\nserver = \"a\"\nfrom = \"a@b\"\nsecurity = \"hemmelig\"\n", 4),
            ("hemmelig\n", 1),
            ("[printer.ipp]\nuri = \"ipp://a/b\"\nlabel = \"hemmelig\"\n", 3),
        ];
        for (text, line) in files {
            let fault = Config::parse(text).expect_err(text);
            assert!(matches!(fault, ConfigFault::Toml { line: at, .. } if at == line), "{text}: {fault}");
            assert!(!format!("{fault} {fault:?}").contains("hemmelig"), "{text}: {fault}");
        }
    }

    #[test]
    fn a_name_that_is_no_line_and_an_empty_folder_are_refused() {
        let desk = |name: &str| Config::parse(&format!("desk = {}", toml::Value::String(name.to_owned())));
        assert!(desk("Reception").is_ok() && desk(&"a".repeat(DESK_MAX)).is_ok());
        for name in ["", "  ", "a\nb", "a\u{1b}[2J", "a\u{202E}b", &"a".repeat(DESK_MAX + 1), &"a".repeat(100_000)] {
            assert!(matches!(desk(name), Err(ConfigFault::Desk)), "{}", name.len());
        }
        assert!(matches!(Config::parse("[printer]\nfolder = \"\""), Err(ConfigFault::NoFolder)));
    }
}
