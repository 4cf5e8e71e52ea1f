//! `velkommen visit`: visitors sign in and out, and who is in the house.

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Failure};
use super::refusal::field_refusal;
use crate::desk::Desk;
use crate::desk::list_open_visits::list_open_visits;
use crate::desk::sign_in::{HostChoice, SignIn, SignInOutcome, sign_in};
use crate::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use crate::documents::dates;
use crate::domain::access::Actor;

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
