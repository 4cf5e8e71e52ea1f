//! `velkommen event`: what there is to check in to.

use clap::Subcommand;
use serde_json::{Value, json};

use super::answer::{Answer, Failure};
use super::refusal::{no_event, text_refusal};
use crate::desk::Desk;
use crate::desk::list_events::{EventSummary, list_events, show_event};
use crate::desk::open_event::{EventFault, EventReason, OpenEvent, OpenEventOutcome, open_event};
use crate::documents::dates;
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::event::{EntryRule, PhotoMode};
use crate::domain::ids::EventId;

#[derive(Debug, Subcommand)]
pub enum Event {
    /// Open an event for participants
    Add {
        #[arg(long, allow_hyphen_values = true)]
        name: String,
        /// YYYY-MM-DDTHH:MM on this desk's wall
        #[arg(long, value_name = "LOCAL")]
        starts: String,
        #[arg(long, value_name = "LOCAL")]
        ends: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        venue: String,
        /// consent: only who says yes is photographed; objection: everybody is told, and may say no
        #[arg(long, default_value = "consent", value_parser = parse_photos)]
        photos: PhotoMode,
        /// single: a ticket enters once, and again after an exit; multiple: as often as somebody likes
        #[arg(long, default_value = "single", value_parser = parse_entry)]
        entry: EntryRule,
        /// Somebody may register at the door
        #[arg(long)]
        walk_ins: bool,
    },
    /// Every event, by its beginning
    List,
    /// One event
    Show {
        #[arg(value_parser = parse_event)]
        event: EventId,
    },
}

fn parse_photos(word: &str) -> Result<PhotoMode, String> {
    PhotoMode::parse(word).ok_or_else(|| format!("one of: {}", PhotoMode::ALL.map(PhotoMode::word).join(", ")))
}

fn parse_entry(word: &str) -> Result<EntryRule, String> {
    EntryRule::parse(word).ok_or_else(|| "one of: single, multiple".to_owned())
}

/// Reads an event's id, in full.
pub fn parse_event(text: &str) -> Result<EventId, String> {
    EventId::parse(text).ok_or_else(|| "an event's id, in full, as `event add` and `event list` print it".to_owned())
}

impl Event {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        match self {
            Event::Add { name, starts, ends, venue, photos, entry, walk_ins } => {
                let input = OpenEvent {
                    name: name.clone(),
                    venue: venue.clone(),
                    starts: starts.clone(),
                    ends: ends.clone(),
                    photos: *photos,
                    walk_ins: *walk_ins,
                    entry: *entry,
                };
                match open_event(desk, &Actor::Operator, &input)? {
                    OpenEventOutcome::Opened(event) => answer.line(json!({ "event": event.to_string() }), |words| {
                        words.say_with("cli", "The event is open for participants: {event}", &[("event", &event)])
                    }),
                    OpenEventOutcome::Refused(faults) => Err(refusal(answer.words(), &faults)),
                }
            }
            Event::List => list_events(desk, &Actor::Operator)?.iter().try_for_each(|event| line(answer, event)),
            Event::Show { event } => match show_event(desk, &Actor::Operator, *event)? {
                Some(event) => line(answer, &event),
                None => Err(no_event(answer.words())),
            },
        }
    }
}

fn line(answer: &Answer, event: &EventSummary) -> Result<(), Failure> {
    answer.line(object(event), |words| {
        let starts = dates::date_and_time(&event.starts_at.with_timezone(&event.zone), words.language());
        let values: [(&str, &dyn std::fmt::Display); 6] = [
            ("event", &event.id),
            ("name", &event.name),
            ("starts", &starts),
            ("registered", &event.registered),
            ("arrived", &event.arrived),
            ("inside", &event.inside),
        ];
        words.say_with("cli", "{event}  {name}, {starts}: {registered} registered, {arrived} arrived, {inside} inside", &values)
    })
}

fn object(event: &EventSummary) -> Value {
    let local = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&event.zone).to_rfc3339();
    json!({
        "event": event.id.to_string(),
        "name": event.name,
        "venue": event.venue,
        "starts_at": local(event.starts_at),
        "ends_at": local(event.ends_at),
        "photos": event.photos.word(),
        "entry": event.entry.word(),
        "walk_ins": event.walk_ins,
        "open": event.is_open,
        "registered": event.registered,
        "arrived": event.arrived,
        "inside": event.inside,
        "erase_after": local(event.erase_after),
    })
}

fn refusal(words: Words, faults: &[EventFault]) -> Failure {
    let Some(fault) = faults.first() else {
        return Failure::failed("refused", "refused without a reason");
    };
    let field = fault.field.word();
    let (word, message) = match fault.reason {
        EventReason::Text(reason) => return text_refusal(words, field, reason),
        EventReason::NoMoment => ("no_moment", words.say("cli", "A day and time is written as 2026-03-12T09:00.")),
        EventReason::EndsBeforeStart => ("ends_before_start", words.say("cli", "The event ends before it begins.")),
        EventReason::TooLong => ("too_long", words.say("cli", "An event lasts a year at most.")),
        EventReason::LongGone => {
            ("long_gone", words.say("cli", "This event ended so long ago that its participants would be erased at once."))
        }
    };
    Failure::refused(word, Some(field), message)
}
