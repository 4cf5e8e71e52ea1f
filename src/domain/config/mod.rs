//! This desk: its name, zone, closing time and devices, each device in a file of its own. What the controller decides
//! stands in the profile instead.

mod camera;
mod fault;
mod mail;
mod printer;
mod scanner;
mod secret;
mod sound;
mod speech;
mod times;
mod webhook;

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use self::camera::Camera;
pub use self::fault::ConfigFault;
pub use self::mail::{Mail, Security};
pub use self::printer::{IppPrinter, LabelSize, Printer, Printers, ZebraPrinter};
pub use self::scanner::{Scanner, Suffix};
pub use self::secret::Hidden;
pub use self::sound::Sound;
pub use self::speech::{Outlet, Speech};
pub use self::times::parse_closing_time;
pub use self::webhook::{Webhook, WebhookFormat};

use self::fault::DESK_MAX;
use crate::domain::language::Language;
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
    #[serde(with = "times::hours_and_minutes")]
    pub closes_at: NaiveTime,
    /// From when until six in the morning the screen wears its evening colours; never without it.
    #[serde(with = "times::maybe_hours_and_minutes", skip_serializing_if = "Option::is_none")]
    pub evening_from: Option<NaiveTime>,
    /// The languages people can choose; the first one greets.
    pub languages: Vec<Language>,
    pub mode: Mode,
    /// Whoever stands at the resting page can begin an evacuation there, as on the page where staff unlock.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub evacuation_on_home: bool,
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

impl Default for Config {
    fn default() -> Config {
        Config {
            desk: "Reception".to_owned(),
            zone: chrono_tz::Europe::Copenhagen,
            closes_at: NaiveTime::from_hms_opt(18, 0, 0).expect("18:00 is a time"),
            languages: Language::ALL.to_vec(),
            mode: Mode::Reception,
            evacuation_on_home: false,
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
        toml_edit::ser::to_string_pretty(self).expect("a config is plain TOML")
    }

    /// Reads and checks `config.toml`.
    pub fn parse(text: &str) -> Result<Config, ConfigFault> {
        let config: Config = toml_edit::de::from_str(text).map_err(|error| ConfigFault::of_toml(text, &error))?;
        line(&config.desk, DESK_MAX).map_err(|_| ConfigFault::Desk)?;
        if config.languages.is_empty() {
            return Err(ConfigFault::NoLanguage);
        }
        config.sound.check()?;
        config.mail.as_ref().map_or(Ok(()), Mail::check)?;
        config.webhook.as_ref().map_or(Ok(()), Webhook::check)?;
        config.scanners.iter().try_for_each(Scanner::check)?;
        config.camera.as_ref().map_or(Ok(()), Camera::check)?;
        let Printers { badge, roll_call, list } = &config.printers;
        [&config.printer, badge, roll_call, list].into_iter().flatten().try_for_each(Printer::check)?;
        Ok(config)
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
            evacuation_on_home: true,
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

    #[test]
    fn evenings_last_until_six_and_only_where_they_are_wanted() {
        let wanted = Config::parse("evening_from = \"19:30\"").expect("valid");
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
        let evenings = [(19, 29), (19, 30), (23, 59), (0, 0), (5, 59), (6, 0)].map(|(hour, minute)| wanted.is_evening(at(hour, minute)));
        assert_eq!(evenings, [false, true, true, true, true, false]);
        assert!(!Config::default().is_evening(at(23, 0)));
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
        let desk = |name: &str| Config::parse(&format!("desk = {}", toml_edit::Value::from(name)));
        assert!(desk("Reception").is_ok() && desk(&"a".repeat(DESK_MAX)).is_ok());
        for name in ["", "  ", "a\nb", "a\u{1b}[2J", "a\u{202E}b", &"a".repeat(DESK_MAX + 1), &"a".repeat(100_000)] {
            assert!(matches!(desk(name), Err(ConfigFault::Desk)), "{}", name.len());
        }
        assert!(matches!(Config::parse("[printer]\nfolder = \"\""), Err(ConfigFault::NoFolder)));
    }
}
