//! `velkommen visit`: visitors sign in and out, and who is in the house.

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Failure};
use crate::desk::Desk;
use crate::desk::list_open_visits::list_open_visits;
use crate::desk::sign_in::{FieldFault, FieldReason, HostChoice, SignIn, SignInOutcome, sign_in};
use crate::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use crate::documents::{dates, words::Words};
use crate::domain::access::Actor;
use crate::domain::text::TextFault;

#[derive(Debug, Subcommand)]
pub enum Visit {
    /// Sign a visitor in
    SignIn {
        #[arg(long, allow_hyphen_values = true)]
        name: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        company: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        title: String,
        /// Whom they visit; kept as typed when the directory does not have this name
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        host: String,
    },
    /// Sign a visitor out by the code of their badge
    SignOut {
        #[arg(allow_hyphen_values = true)]
        code: String,
    },
    /// Announce a visitor, who then only confirms
    Invite(super::invite::Invite),
    /// Who is in the house
    Open,
}

impl Visit {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let zone = desk.config().zone;
        match self {
            Visit::SignIn { name, company, title, host } => {
                let host = if host.is_empty() { HostChoice::Nobody } else { HostChoice::Typed(host.clone()) };
                let input = SignIn {
                    name: name.clone(),
                    company: company.clone(),
                    title: title.clone(),
                    host,
                    note: String::new(),
                    language: desk.config().first_language(),
                };
                match sign_in(desk, &Actor::Operator, &input)? {
                    SignInOutcome::SignedIn(signed_in) => {
                        let at = signed_in.signed_in_at.with_timezone(&zone);
                        let object = json!({
                            "visit": signed_in.visit.to_string(),
                            "code": signed_in.code.as_str(),
                            "signed_in_at": at.to_rfc3339(),
                        });
                        answer.line(object, |words| {
                            words.say_with("cli", "Signed in. The code for signing out is {code}.", &[("code", &signed_in.code.shown())])
                        })
                    }
                    SignInOutcome::Refused(faults) => Err(field_refusal(answer.words(), &faults)),
                }
            }
            Visit::SignOut { code } => match sign_out(desk, &Actor::Operator, &SignOut::ByCode(code.clone()))? {
                SignOutOutcome::SignedOut { visit, at, .. } => {
                    let at = at.with_timezone(&zone);
                    answer.line(json!({ "visit": visit.to_string(), "signed_out_at": at.to_rfc3339() }), |words| {
                        words.say("cli", "Signed out.")
                    })
                }
                SignOutOutcome::AlreadyLeft { at, .. } => {
                    let at = dates::date_and_time(&at.with_timezone(&zone), answer.words().language());
                    Err(Failure::refused(
                        "already_left",
                        Some("code"),
                        answer.words().say_with("cli", "This visit ended on {at}.", &[("at", &at)]),
                    ))
                }
                SignOutOutcome::Unknown => {
                    Err(Failure::refused("unknown", Some("code"), answer.words().say("cli", "No visit has this code.")))
                }
                SignOutOutcome::TryLater => Err(Failure::refused(
                    "try_later",
                    Some("code"),
                    answer.words().say("cli", "Too many wrong codes. Try again in five minutes."),
                )),
            },
            Visit::Invite(invite) => invite.run(desk, answer),
            Visit::Open => {
                for visit in list_open_visits(desk, &Actor::Operator)? {
                    let at = visit.signed_in_at.with_timezone(&zone);
                    let object = json!({
                        "visit": visit.id.to_string(),
                        "name": visit.name,
                        "company": visit.company,
                        "title": visit.title,
                        "host": visit.host,
                        "signed_in_at": at.to_rfc3339(),
                    });
                    answer.line(object, |words| {
                        let rest = [visit.company, visit.title, visit.host].into_iter().flatten().collect::<Vec<_>>().join(", ");
                        format!("{}  {}  {rest}", dates::time(&at, words.language()), visit.name)
                    })?;
                }
                Ok(())
            }
        }
    }
}

/// The refusal of the first field that complains.
pub fn field_refusal(words: Words, faults: &[FieldFault]) -> Failure {
    let Some(fault) = faults.first() else {
        return Failure::failed("refused", "refused without a reason");
    };
    let field = fault.field.word();
    match fault.reason {
        FieldReason::Text(reason) => text_refusal(words, field, reason),
        FieldReason::NotAsked => {
            Failure::refused("not_asked", Some(field), words.say("cli", "The profile does not ask for this, so it is not taken."))
        }
        FieldReason::HostGone => Failure::refused("host_gone", Some(field), words.say("cli", "This host is no longer in the directory.")),
    }
}

/// The refusal of a line of text, naming its field.
pub fn text_refusal(words: Words, field: &'static str, fault: TextFault) -> Failure {
    let (word, message) = match fault {
        TextFault::Missing => {
            ("missing", words.say_with("cli", "{field}: something that can be read is needed here.", &[("field", &field)]))
        }
        TextFault::TooLong { max } => {
            ("too_long", words.say_with("cli", "{field}: at most {max} characters.", &[("field", &field), ("max", &max)]))
        }
        TextFault::ControlCharacter => {
            let message = words.say_with(
                "cli",
                "{field}: control characters and marks that turn the direction of writing are not taken.",
                &[("field", &field)],
            );
            ("control_character", message)
        }
    };
    Failure::refused(word, Some(field), message)
}
