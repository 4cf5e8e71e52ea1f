//! `velkommen consent`: somebody's answer about photos and video.

use clap::{Args, Subcommand};
use serde_json::json;

use super::answer::{Answer, Failure};
use super::event::parse_event;
use super::refusal::no_event;
use crate::desk::Desk;
use crate::desk::answer_photos::{Act, AnswerPhotos, AnswerPhotosOutcome, PhotoAnswer, TicketHolder, answer_photos};
use crate::domain::access::Actor;
use crate::domain::consent::{Answer as PresentAnswer, BadgeMark, PhotoPurpose};
use crate::domain::ids::EventId;

#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Yes
    Give(About),
    /// No; after a yes this takes it back
    Refuse(About),
    /// Take a yes back
    Withdraw(About),
}

#[derive(Debug, Args)]
pub struct About {
    #[arg(long, value_parser = parse_event)]
    event: EventId,
    /// The ticket's code, as in the QR, or the short code
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    ticket: String,
    /// photo or video; repeats
    #[arg(long = "purpose", required = true, value_parser = parse_purpose)]
    purposes: Vec<PhotoPurpose>,
    /// A channel of the profile; every one where it is left out; repeats
    #[arg(long = "channel")]
    channels: Vec<String>,
}

fn parse_purpose(word: &str) -> Result<PhotoPurpose, String> {
    PhotoPurpose::parse(word).ok_or_else(|| "photo or video".to_owned())
}

impl Consent {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let (about, act) = match self {
            Consent::Give(about) => (about, Act::Give),
            Consent::Refuse(about) => (about, Act::Refuse),
            Consent::Withdraw(about) => (about, Act::Withdraw),
        };
        let channels: Vec<_> = match about.channels.as_slice() {
            [] => vec![None],
            named => named.iter().cloned().map(Some).collect(),
        };
        let answers = about
            .purposes
            .iter()
            .flat_map(|purpose| channels.iter().map(|channel| PhotoAnswer { purpose: *purpose, channel: channel.clone(), act }))
            .collect();
        let input = AnswerPhotos {
            event: Some(about.event),
            whose: TicketHolder::Code(about.ticket.clone()),
            answers,
            language: desk.config().first_language(),
        };
        let words = answer.words();
        match answer_photos(desk, &Actor::Operator, &input)? {
            AnswerPhotosOutcome::Answered(question) => {
                let mark = match question.mark {
                    BadgeMark::Yes => "yes",
                    BadgeMark::No => "no",
                };
                let rows: Vec<_> = question
                    .rows
                    .iter()
                    .map(|row| {
                        json!({
                            "purpose": row.purpose.word(),
                            "channel": row.channel,
                            "answer": row.answer.map(PresentAnswer::word),
                        })
                    })
                    .collect();
                answer.line(json!({ "badge_mark": mark, "answers": rows }), |words| match question.mark {
                    BadgeMark::Yes => words.say("cli", "Written down. The badge says yes to pictures."),
                    BadgeMark::No => words.say("cli", "Written down. The badge says no pictures."),
                })
            }
            AnswerPhotosOutcome::NoTicket(verdict) => {
                Err(Failure::refused(verdict.word(), Some("ticket"), words.say("cli", "No ticket of this event has this code.")))
            }
            AnswerPhotosOutcome::NoEvent => Err(no_event(words)),
            AnswerPhotosOutcome::NoChannel => {
                Err(Failure::refused("no_channel", Some("channel"), words.say("cli", "The profile names no such channel.")))
            }
            AnswerPhotosOutcome::NothingGiven => {
                Err(Failure::refused("nothing_given", Some("purpose"), words.say("cli", "There is no yes to take back.")))
            }
        }
    }
}
