//! The controller's rules: which fields, which notices, for how long. Loaded from a file and checked before anything runs on it.

use serde::{Deserialize, Serialize};

use crate::domain::accent::{KOBOLT, Rgb};
use crate::domain::consent::Channel;
use crate::domain::language::Language;
use crate::domain::notice::{ClauseId, Notice, ShownNotice, Situation, hex};
use crate::domain::text::optional_line;
use sha2::{Digest, Sha256};

/// The profile that ships, for a controller who has no other.
pub const STANDARD: &str = include_str!("../../assets/profiles/standard.toml");

/// Who decides over the data, what is asked for, and when it goes.
///
/// **Source** PF1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's own name.
    pub profile: String,
    pub version: u32,
    pub controller: Controller,
    #[serde(default)]
    pub look: Look,
    pub visit: VisitRules,
    pub event: EventRules,
    pub audit: AuditRules,
    pub receipts: ReceiptRules,
    #[serde(rename = "notice")]
    pub notices: Vec<Notice>,
}

/// The controller (GDPR 4(7)). Empty until Setup has filled it in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    pub name: String,
    pub address: String,
    /// Where somebody writes or calls about personal data.
    pub contact: String,
    /// Where the notices also stand; empty when nowhere.
    #[serde(default)]
    pub url: String,
}

impl Controller {
    /// The name, or the desk's until somebody has filled it in.
    pub fn name_or<'a>(&'a self, desk: &'a str) -> &'a str {
        if self.name.is_empty() { desk } else { &self.name }
    }
}

/// What the window takes over from the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The organisation's colour.
    pub accent: Rgb,
    /// The name of a picture in the desk's folder that stands in the place of our mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

impl Default for Look {
    fn default() -> Look {
        Look { accent: KOBOLT, logo: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRules {
    pub purpose: Purpose,
    pub legal_basis: LegalBasis,
    /// A sign at the entrance says that there is video surveillance.
    pub cctv: bool,
    pub fields: VisitFields,
    pub retention: VisitRetention,
    #[serde(default)]
    pub host_notice: HostNotice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    Security,
    Event,
}

impl Purpose {
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Security => "security",
            Purpose::Event => "event",
        }
    }
}

/// The ground in Art. 6(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegalBasis {
    #[serde(rename = "6(1)(a)")]
    Consent,
    #[serde(rename = "6(1)(b)")]
    Contract,
    #[serde(rename = "6(1)(f)")]
    LegitimateInterests,
}

impl LegalBasis {
    pub fn word(self) -> &'static str {
        match self {
            LegalBasis::Consent => "6(1)(a)",
            LegalBasis::Contract => "6(1)(b)",
            LegalBasis::LegitimateInterests => "6(1)(f)",
        }
    }
}

/// Whether a field is asked for. What a profile does not name is not collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldRule {
    Required,
    Optional,
    #[default]
    Off,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitFields {
    pub name: FieldRule,
    #[serde(default)]
    pub company: FieldRule,
    #[serde(default)]
    pub title: FieldRule,
    #[serde(default)]
    pub host: FieldRule,
    #[serde(default)]
    pub note: FieldRule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRetention {
    pub days: u32,
    pub from: VisitStart,
}

/// What leaves the house when a visitor comes: a mail to the host and, where the desk has one, a call of the webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostNotice {
    pub content: HostNoticeContent,
}

/// How much of a visitor a host is told by mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HostNoticeContent {
    /// Name and company.
    Name,
    /// That somebody is there for them, and nothing of who.
    #[default]
    Visitor,
    /// Nothing is sent.
    Off,
}

/// What starts the period of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStart {
    EndOfVisit,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRules {
    pub purpose: Purpose,
    pub legal_basis: LegalBasis,
    pub retention: EventRetention,
    pub photos: PhotoRules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRetention {
    pub months: u32,
    pub from: EventStart,
}

/// What starts the period of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStart {
    EndOfEvent,
}

/// Photos and video at events: where they are shown, and how long a given consent can be proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRules {
    /// Months after the event for which the evidence of a given consent is kept.
    pub evidence_months: u32,
    #[serde(rename = "channel")]
    pub channels: Vec<Channel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRules {
    /// Months an audit entry is kept after it was written.
    pub months: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRules {
    /// Months a receipt (no personal data) is kept after its sweep.
    pub months: u32,
}

/// Why a profile was refused.
#[derive(Debug, thiserror::Error)]
pub enum ProfileFault {
    #[error("{0}")]
    Toml(#[from] toml_edit::de::Error),
    #[error("`controller.name` must be one line of at most {CONTROLLER_MAX} characters, without control characters")]
    ControllerName,
    #[error("`visit.fields.name` must be \"required\": nobody is signed in without a name")]
    NameNotRequired,
    #[error("`visit.retention.days` is {0}: a visit is kept for 1 to 366 days")]
    VisitDays(u32),
    #[error("`{0}` is {1}: it must be 1 to 120 months")]
    Months(&'static str, u32),
    #[error("`version` must be 1 or more")]
    Version,
    #[error("`{0}` must be \"{1}\"")]
    Purpose(&'static str, &'static str),
    #[error("`event.photos.channel` must name 1 to 8 channels, each with its own short `id` and a name in English")]
    Channels,
    #[error("there must be exactly one notice for the situation \"{0}\"")]
    NoticeCount(&'static str),
    #[error("the notice \"{0}\" has no English text, which stands in for a missing language")]
    NoEnglish(&'static str),
    #[error("the notice \"{0}\" must have the clause {1:?} exactly once (GDPR Art. 13)")]
    Clause(&'static str, ClauseId),
    #[error("the clause {1:?} of the notice \"{0}\" does not have the same languages as its title")]
    ClauseLanguages(&'static str, ClauseId),
    #[error("a text of the notice \"{0}\" is empty or longer than 4,000 characters")]
    ClauseText(&'static str),
}

/// Most characters of the controller's name, address and contact.
pub const CONTROLLER_MAX: usize = 200;

impl Profile {
    /// Reads a profile and checks it.
    ///
    /// **Errors** the first [`ProfileFault`] found; nothing runs on a refused profile.
    pub fn parse(text: &str) -> Result<Profile, ProfileFault> {
        let profile: Profile = toml_edit::de::from_str(text)?;
        profile.check()?;
        Ok(profile)
    }

    fn check_channels(&self) -> Result<(), ProfileFault> {
        let channels = &self.event.photos.channels;
        let is_id = |id: &str| {
            (1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let is_named = |channel: &Channel| {
            channel.name.contains_key(&Language::En) && channel.name.values().all(|name| (1..=60).contains(&name.trim().chars().count()))
        };
        let is_alone = |channel: &Channel| channels.iter().filter(|other| other.id == channel.id).count() == 1;
        let is_sound = (1..=8).contains(&channels.len())
            && channels.iter().all(|channel| is_id(&channel.id) && is_named(channel) && is_alone(channel));
        if is_sound { Ok(()) } else { Err(ProfileFault::Channels) }
    }

    /// A channel's name, in English where it has no other.
    pub fn channel_name(channel: &Channel, language: Language) -> &str {
        channel.name.get(&language).or_else(|| channel.name.get(&Language::En)).map_or(channel.id.as_str(), String::as_str)
    }

    /// The SHA-256 of a profile file, as it stands in the audit.
    pub fn sha256(text: &str) -> String {
        hex(&Sha256::digest(text))
    }

    fn check(&self) -> Result<(), ProfileFault> {
        if self.version == 0 || self.notices.iter().any(|notice| notice.version == 0) {
            return Err(ProfileFault::Version);
        }
        // It goes into the heads of mails, where a line break begins another head.
        optional_line(&self.controller.name, CONTROLLER_MAX).map_err(|_| ProfileFault::ControllerName)?;
        if self.visit.fields.name != FieldRule::Required {
            return Err(ProfileFault::NameNotRequired);
        }
        if !(1..=366).contains(&self.visit.retention.days) {
            return Err(ProfileFault::VisitDays(self.visit.retention.days));
        }
        for (name, purpose, wanted) in
            [("visit.purpose", self.visit.purpose, Purpose::Security), ("event.purpose", self.event.purpose, Purpose::Event)]
        {
            if purpose != wanted {
                return Err(ProfileFault::Purpose(name, wanted.word()));
            }
        }
        for (name, months) in [
            ("event.retention.months", self.event.retention.months),
            ("event.photos.evidence_months", self.event.photos.evidence_months),
            ("audit.months", self.audit.months),
            ("receipts.months", self.receipts.months),
        ] {
            if !(1..=120).contains(&months) {
                return Err(ProfileFault::Months(name, months));
            }
        }
        self.check_channels()?;
        for situation in Situation::ALL {
            if self.notices.iter().filter(|notice| notice.situation == situation).count() != 1 {
                return Err(ProfileFault::NoticeCount(situation.word()));
            }
        }
        self.notices.iter().try_for_each(check_notice)
    }

    /// The notice of a situation, filled in for reading.
    pub fn shown_notice(&self, situation: Situation, language: Language) -> ShownNotice {
        let notice = self.notices.iter().find(|notice| notice.situation == situation).expect("checked at load");
        let written_in = if notice.title.contains_key(&language) { language } else { Language::En };
        let days = self.visit.retention.days.to_string();
        let months = self.event.retention.months.to_string();
        let evidence_months = self.event.photos.evidence_months.to_string();
        let channels: Vec<&str> = self.event.photos.channels.iter().map(|channel| Profile::channel_name(channel, written_in)).collect();
        let channels = channels.join(", ");
        let controller = &self.controller;
        let values = [
            ("controller", controller.name.as_str()),
            ("address", &controller.address),
            ("contact", &controller.contact),
            ("days", &days),
            ("months", &months),
            ("channels", &channels),
            ("evidence_months", &evidence_months),
        ];
        notice.shown(language, &values)
    }
}

fn check_notice(notice: &Notice) -> Result<(), ProfileFault> {
    let situation = notice.situation.word();
    if !notice.title.contains_key(&Language::En) {
        return Err(ProfileFault::NoEnglish(situation));
    }
    for id in ClauseId::ALL {
        if notice.clauses.iter().filter(|clause| clause.id == id).count() != 1 {
            return Err(ProfileFault::Clause(situation, id));
        }
    }
    for clause in &notice.clauses {
        let same = |keys: &mut dyn Iterator<Item = &Language>| keys.eq(notice.title.keys());
        let summarised = !clause.summary.is_empty();
        if !same(&mut clause.heading.keys()) || !same(&mut clause.text.keys()) || summarised && !same(&mut clause.summary.keys()) {
            return Err(ProfileFault::ClauseLanguages(situation, clause.id));
        }
        let mut texts = clause.heading.values().chain(clause.text.values()).chain(clause.summary.values());
        if texts.any(|text| text.trim().is_empty() || text.chars().nth(4000).is_some()) {
            return Err(ProfileFault::ClauseText(situation));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(from: &str, to: &str) -> String {
        assert!(STANDARD.contains(from), "{from}");
        Profile::parse(&STANDARD.replacen(from, to, 1)).expect_err(to).to_string()
    }

    #[test]
    fn the_standard_profile_is_complete_in_every_language() {
        let profile = Profile::parse(STANDARD).expect("valid");
        assert_eq!(profile.visit.retention.days, 30);
        for notice in &profile.notices {
            assert!(Language::ALL.into_iter().eq(notice.languages()));
        }
        for language in Language::ALL {
            assert_eq!(profile.shown_notice(Situation::Visit, language).language, language);
        }
        for channel in &profile.event.photos.channels {
            assert!(Language::ALL.iter().eq(channel.name.keys()), "{}", channel.id);
        }
    }

    #[test]
    fn the_standard_profile_leaves_the_same_places_open_in_every_language() {
        let profile = Profile::parse(STANDARD).expect("valid");
        let places = |text: &String| {
            let mut places: Vec<String> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            places.sort_unstable();
            (places, text.starts_with("**"))
        };
        for clause in profile.notices.iter().flat_map(|notice| &notice.clauses) {
            for texts in [&clause.heading, &clause.text, &clause.summary] {
                for (language, text) in texts {
                    assert_eq!(places(text), places(&texts[&Language::En]), "{:?} {language:?}", clause.id);
                }
            }
        }
    }

    #[test]
    fn a_further_language_changes_no_text_that_somebody_has_read() {
        let [sv, nb, de] = [Language::Sv, Language::Nb, Language::De].map(|language| format!(".{} =", language.code()));
        let is_older = |line: &&str| [&sv, &nb, &de].iter().all(|further| !line.contains(further.as_str()));
        let older: Vec<&str> = STANDARD.lines().filter(is_older).collect();
        let (older, now) = (Profile::parse(&older.join("\n")).expect("valid"), Profile::parse(STANDARD).expect("valid"));
        for (situation, language) in Situation::ALL.into_iter().flat_map(|situation| [(situation, Language::Da), (situation, Language::En)])
        {
            assert_eq!(older.shown_notice(situation, language).sha256(), now.shown_notice(situation, language).sha256());
        }
        assert_eq!(older.shown_notice(Situation::Visit, Language::De).language, Language::En);
    }

    #[test]
    fn each_fault_is_refused_with_its_reason() {
        for (from, to, reason) in [
            ("days = 30", "days = 0", "1 to 366 days"),
            ("days = 30", "days = 365000", "1 to 366 days"),
            ("days = 30", "", "missing field `days`"),
            ("from = \"end_of_visit\"", "", "missing field `from`"),
            ("from = \"end_of_visit\"", "from = \"birth\"", "unknown variant"),
            ("name = \"required\"", "name = \"off\"", "nobody is signed in without a name"),
            ("months = 12", "months = 1200", "1 to 120 months"),
            ("version = 1", "version = 0", "1 or more"),
            ("id = \"rights\"", "id = \"kept\"", "exactly once"),
            ("situation = \"visit\"", "situation = \"war\"", "unknown variant"),
            ("situation = \"photo\"", "situation = \"event\"", "exactly one notice"),
            ("purpose = \"event\"", "purpose = \"security\"", "must be \"event\""),
            ("evidence_months = 36", "", "missing field `evidence_months`"),
            ("from = \"end_of_event\"", "", "missing field `from`"),
            ("id = \"social\"", "id = \"website\"", "its own short `id`"),
            ("title.en", "title.xx", "unknown variant"),
            ("heading.da", "# heading.da", "same languages"),
            ("accent = \"#1E3F9E\"", "accent = \"blue\"", "`blue` is no colour: write # and six digits"),
            ("accent = \"#1E3F9E\"", "", "missing field `accent`"),
            ("content = \"visitor\"", "content = \"everything\"", "unknown variant"),
            ("[visit.fields]", "[visit.fields]\nshoe_size = \"required\"", "unknown field"),
        ] {
            let reason_given = refusal(from, to);
            assert!(reason_given.contains(reason), "{to}: {reason_given}");
        }
    }

    #[test]
    fn a_profile_without_a_look_has_ours() {
        let plain = STANDARD.replacen("[look]\naccent = \"#1E3F9E\"\n", "", 1);
        assert_ne!(plain, STANDARD);
        assert_eq!(Profile::parse(&plain).expect("valid").look, Look::default());
        assert_eq!(Profile::parse(STANDARD).expect("valid").look, Look::default());
        let sol = STANDARD.replacen("#1E3F9E", "#ffc93c", 1);
        assert_eq!(Profile::parse(&sol).expect("valid").look.accent, Rgb(0xFF, 0xC9, 0x3C));
    }

    #[test]
    fn a_missing_language_is_shown_whole_in_english() {
        let english: String = STANDARD.lines().filter(|line| !line.contains(".da =")).map(|line| format!("{line}\n")).collect();
        let profile = Profile::parse(&english).expect("valid");
        assert_eq!(profile.shown_notice(Situation::Visit, Language::Da).language, Language::En);
    }

    #[test]
    fn the_hash_follows_every_change_of_the_text() {
        let hash = |text: &str| Profile::parse(text).expect("valid").shown_notice(Situation::Visit, Language::En).sha256();
        assert_ne!(hash(STANDARD), hash(&STANDARD.replace("days = 30", "days = 29")));
        assert_eq!(hash(STANDARD), hash(STANDARD));
    }

    #[test]
    fn a_controller_whose_name_breaks_a_line_is_refused() {
        let with = |text: &str| {
            let mut profile: Profile = toml_edit::de::from_str(STANDARD).expect("the standard profile");
            profile.controller.name = text.to_owned();
            profile.check()
        };
        assert!(with("").is_ok() && with(&"a".repeat(CONTROLLER_MAX)).is_ok());
        for text in ["Hus\nBcc: a@b", "Hus\r\nB", "a\u{7}b", &"a".repeat(CONTROLLER_MAX + 1)] {
            assert!(matches!(with(text), Err(ProfileFault::ControllerName)), "{}", text.len());
        }
    }
}
