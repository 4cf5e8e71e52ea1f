//! Mails to hosts: that their visitor has come, and an invitation to pass on. In the desk's first language and in English.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;

use super::dates;
use super::words::Words;
use crate::domain::config::Config;
use crate::domain::language::Language;
use crate::domain::message::{Arrival, Invitation, Visitor};
use crate::domain::profile::Profile;

/// The house that writes.
#[derive(Clone, Debug)]
pub struct House {
    pub organisation: String,
    /// Where it is; empty when that is not known.
    pub address: String,
    pub zone: Tz,
    /// The language that its mails begin in.
    pub language: Language,
}

impl House {
    pub fn of(profile: &Profile, config: &Config) -> House {
        House {
            organisation: profile.controller.name.clone(),
            address: profile.controller.address.clone(),
            zone: config.zone,
            language: config.first_language(),
        }
    }

    /// The languages of a mail, the house's own first.
    pub(super) fn languages(&self) -> Vec<Language> {
        match self.language {
            Language::En => vec![Language::En],
            own => vec![own, Language::En],
        }
    }

    pub(super) fn local(&self, at: DateTime<chrono::Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.zone)
    }
}

/// A mail as text, once plain and once as HTML. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterText {
    /// Names nobody: subjects stand in the logs of mail servers.
    pub subject: String,
    pub plain: String,
    pub html: String,
}

impl fmt::Debug for LetterText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterText(..)")
    }
}

/// Somebody has come. Says who, as far as the arrival does.
pub fn arrival(arrival: &Arrival, house: &House) -> LetterText {
    let parts = house.languages().into_iter().map(|language| {
        let words = Words::of(language);
        let at = dates::date_and_time(&house.local(arrival.at), language);
        let waiting = match &arrival.visitor {
            Some(visitor) => words.say_with("letter", "{visitor} is waiting for you in reception.", &[("visitor", &shown(visitor))]),
            None => words.say("letter", "Your visitor is waiting for you in reception."),
        };
        Part {
            language,
            paragraphs: vec![waiting, words.say_with("letter", "Time of arrival: {at}", &[("at", &at)]), sender(words, house)],
        }
    });
    compose(Words::of(house.language).say("letter", "Your visitor is here"), parts)
}

/// An invitation for its host to pass on; the calendar file goes with it.
pub fn invitation(invitation: &Invitation, house: &House) -> LetterText {
    let parts = house.languages().into_iter().map(|language| {
        let words = Words::of(language);
        let at = dates::date_and_time(&house.local(invitation.starts_at), language);
        let values: [(&str, &dyn fmt::Display); 2] = [("visitor", &shown(&invitation.visitor)), ("at", &at)];
        Part {
            language,
            paragraphs: vec![
                words.say_with("letter", "Please forward this mail to {visitor}, whom you expect here: {at}", &values),
                words.say("letter", "The attached file puts the visit into a calendar. The code in it opens the visit at the kiosk, where everything is filled in already."),
                sender(words, house),
            ],
        }
    });
    compose(Words::of(house.language).say("letter", "An invitation for you to forward"), parts)
}

/// A visitor with their company, as in a sentence.
pub(super) fn shown(visitor: &Visitor) -> String {
    match &visitor.company {
        Some(company) => format!("{} ({})", visitor.name.as_str(), company.as_str()),
        None => visitor.name.as_str().to_owned(),
    }
}

fn sender(words: Words, house: &House) -> String {
    words.say_with(
        "letter",
        "The reception kiosk of {organisation} wrote this mail. Nobody reads answers to it.",
        &[("organisation", &house.organisation)],
    )
}

/// What a mail says in one language.
struct Part {
    language: Language,
    paragraphs: Vec<String>,
}

fn compose(subject: String, parts: impl Iterator<Item = Part>) -> LetterText {
    let (mut plain, mut html) = (Vec::new(), String::new());
    for Part { language, paragraphs } in parts {
        html.push_str(&format!("<div lang=\"{}\">\n", language.code()));
        html.extend(paragraphs.iter().map(|text| format!("<p>{}</p>\n", escaped(text))));
        html.push_str("</div>\n");
        plain.push(paragraphs.join("\n\n") + "\n");
    }
    LetterText {
        html: format!(
            "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{html}</body>\n</html>\n",
            escaped(&subject)
        ),
        plain: plain.join("\n--\n\n"),
        subject,
    }
}

/// Text that stays text in HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::code::ShortCode;
    use crate::domain::ids::InvitationId;
    use crate::domain::visit::{Company, HostName, VisitorName};

    pub(in crate::documents) fn house(language: Language) -> House {
        House {
            organisation: "Lærkehøj".to_owned(),
            address: "Markvej 1, 8000 Aarhus C".to_owned(),
            zone: chrono_tz::Europe::Copenhagen,
            language,
        }
    }

    pub(in crate::documents) fn invited(name: &str) -> Invitation {
        Invitation {
            id: InvitationId::parse("8189e558-659d-490e-94de-be05fa953764").unwrap(),
            visitor: Visitor { name: VisitorName::parse(name).unwrap(), company: None },
            host: HostName::parse("Karen \"K\" Kærsgård").unwrap(),
            starts_at: "2026-03-12T08:00:00Z".parse().unwrap(),
            ends_at: "2026-03-12T09:00:00Z".parse().unwrap(),
            invited_at: "2026-03-02T07:00:00Z".parse().unwrap(),
            code: ShortCode::parse("7Q4M2XKD").unwrap(),
        }
    }

    fn arrived(visitor: Option<(&str, Option<&str>)>) -> Arrival {
        Arrival {
            visitor: visitor.map(|(name, company)| Visitor {
                name: VisitorName::parse(name).unwrap(),
                company: company.map(|company| Company::parse(company).unwrap()),
            }),
            host: HostName::parse("Karen").ok(),
            at: "2026-03-12T08:43:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_arrival_is_told_in_the_house_s_language_and_in_english() {
        let letter = arrival(&arrived(Some(("Ada Lovelace", Some("Analytical Engines")))), &house(Language::Da));
        assert_eq!(letter.subject, "Din gæst er her");
        assert_eq!(
            letter.plain,
            "Ada Lovelace (Analytical Engines) venter på dig i receptionen.\n\n\
             Ankommet: 12. marts 2026 kl. 9.43\n\n\
             Mailen er skrevet af kiosken i receptionen hos Lærkehøj. Ingen læser svar på den.\n\
             \n--\n\n\
             Ada Lovelace (Analytical Engines) is waiting for you in reception.\n\n\
             Time of arrival: 12 March 2026, 9:43\n\n\
             The reception kiosk of Lærkehøj wrote this mail. Nobody reads answers to it.\n"
        );
        assert!(letter.html.contains("<div lang=\"da\">\n<p>Ada Lovelace (Analytical Engines) venter"));
    }

    #[test]
    fn who_came_is_left_out_where_the_arrival_does_not_say() {
        for language in Language::ALL {
            let letter = arrival(&arrived(None), &house(language));
            assert!(letter.plain.contains("Your visitor is waiting"));
            assert_eq!(letter.html.matches("<div").count(), if language == Language::En { 1 } else { 2 });
        }
    }

    #[test]
    fn no_subject_names_anybody_and_no_name_is_markup() {
        let hostile = "<img src=x onerror='a'> & \"Ada\"";
        for letter in [
            arrival(&arrived(Some((hostile, Some("</p><script>")))), &house(Language::De)),
            invitation(&invited(hostile), &house(Language::Sv)),
        ] {
            assert!(!letter.subject.contains("Ada"));
            assert!(letter.plain.contains(hostile));
            for tag in ["<img", "<script", "'a'", "\"Ada\""] {
                assert!(!letter.html.contains(tag), "{tag}");
            }
            assert!(letter.html.contains("&lt;img src=x onerror=&#39;a&#39;&gt; &amp; &quot;Ada&quot;"));
        }
    }
}
