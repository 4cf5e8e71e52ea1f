//! `velkommen check-in` and `undo-check-in`: a ticket at a door.

use serde_json::json;

use super::answer::{Answer, Failure};
use super::event::parse_event;
use super::refusal::{no_event, text_refusal};
use crate::desk::Desk;
use crate::desk::check_in::{CheckIn as Input, CheckInOutcome, Source, check_in};
use crate::desk::undo_check_in::{UndoCheckInOutcome, undo_check_in};
use crate::documents::dates;
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::check_in::{Direction, Reason, Verdict};
use crate::domain::ids::{EventId, ListId, ScanId};

#[derive(Debug, clap::Args)]
pub struct CheckIn {
    /// What the QR says, or the short code
    #[arg(allow_hyphen_values = true)]
    code: String,
    #[arg(long, value_parser = parse_event)]
    event: EventId,
    /// A further list of the event; without it the one every event begins with
    #[arg(long, value_parser = parse_list)]
    list: Option<ListId>,
    /// They leave
    #[arg(long)]
    exit: bool,
}

fn parse_list(text: &str) -> Result<ListId, String> {
    ListId::parse(text).ok_or_else(|| "a list's id, in full".to_owned())
}

impl CheckIn {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let zone = desk.config().zone;
        let input = Input {
            code: self.code.clone(),
            source: Source::Scanned,
            event: Some(self.event),
            list: self.list,
            direction: if self.exit { Direction::Exit } else { Direction::Entry },
        };
        let judged = match check_in(desk, &Actor::Operator, &input)? {
            CheckInOutcome::Judged(judged) => judged,
            CheckInOutcome::NoEvent => return Err(no_event(answer.words())),
        };
        let since = judged.since.map(|at| at.with_timezone(&zone));
        let participant =
            judged.participant.as_ref().map(|person| json!({ "name": person.name, "title": person.title, "company": person.company }));
        let object = json!({
            "verdict": judged.verdict.word(),
            "reason": judged.reason.map(Reason::word),
            "scan": judged.scan.to_string(),
            "since": since.map(|at| at.to_rfc3339()),
            "participant": participant,
        });
        answer.line(object, |words| {
            let who = judged.participant.as_ref().map_or_else(String::new, |person| format!("{}: ", person.name));
            let since = since.map_or_else(String::new, |at| dates::time_in_sentence(&at, words.language()));
            who + &verdict(words, judged.verdict, &since)
        })?;
        if judged.verdict.is_passage() { Ok(()) } else { Err(Failure::already_said()) }
    }
}

fn verdict(words: Words, verdict: Verdict, since: &str) -> String {
    match verdict {
        Verdict::Entered => words.say("cli", "entered."),
        Verdict::Exited => words.say("cli", "left."),
        Verdict::AlreadyEntered => words.say_with("cli", "already checked in, since {since}.", &[("since", &since)]),
        Verdict::Unknown => words.say("cli", "nobody has this code."),
        Verdict::WrongEvent => words.say("cli", "the ticket is for another event."),
        Verdict::WrongList => words.say("cli", "the ticket is not for this door."),
        Verdict::TooEarly => words.say("cli", "the doors are not open yet."),
        Verdict::TooLate => words.say("cli", "the doors are closed."),
        Verdict::Unpaid => words.say("cli", "not paid."),
        Verdict::Cancelled => words.say("cli", "cancelled."),
        Verdict::Revoked => words.say("cli", "the ticket was replaced or taken back."),
        Verdict::Blocked => words.say("cli", "blocked."),
        Verdict::Full => words.say("cli", "it is full."),
        Verdict::Ambiguous => words.say("cli", "several people have this code."),
        Verdict::TryLater => words.say("cli", "too many wrong codes; try again in five minutes."),
    }
}

#[derive(Debug, clap::Args)]
pub struct UndoCheckIn {
    /// The scan that let somebody in or out, as `check-in` printed it
    #[arg(value_parser = parse_scan)]
    scan: ScanId,
    #[arg(long, allow_hyphen_values = true)]
    reason: String,
}

fn parse_scan(text: &str) -> Result<ScanId, String> {
    ScanId::parse(text).ok_or_else(|| "a scan's id, in full".to_owned())
}

impl UndoCheckIn {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let words = answer.words();
        match undo_check_in(desk, &Actor::Operator, self.scan, &self.reason)? {
            UndoCheckInOutcome::Undone => {
                answer.line(json!({ "undone": self.scan.to_string() }), |words| words.say("cli", "The check-in is taken back."))
            }
            UndoCheckInOutcome::NoCheckIn => {
                Err(Failure::refused("no_check_in", Some("scan"), words.say("cli", "No such scan let anybody in or out.")))
            }
            UndoCheckInOutcome::AlreadyUndone => {
                Err(Failure::refused("already_undone", Some("scan"), words.say("cli", "This check-in was taken back before.")))
            }
            UndoCheckInOutcome::Refused(fault) => Err(text_refusal(words, "reason", fault)),
        }
    }
}
