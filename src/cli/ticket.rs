//! `velkommen ticket issue`: everybody's ticket as a picture or a paper.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::answer::{Answer, Failure, boxes};
use super::event::parse_event;
use super::refusal::no_event;
use crate::desk::Desk;
use crate::desk::issue_tickets::{IssuedTicket, Wanted, issue_tickets};
use crate::desk::list_events::show_event;
use crate::documents::ticket::{self, Ticket as Paper};
use crate::domain::access::Actor;
use crate::domain::ids::EventId;

#[derive(Debug, Subcommand)]
pub enum Ticket {
    /// Write a file per participant, named after the short code of the ticket
    Issue {
        #[arg(long, value_parser = parse_event)]
        event: EventId,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[arg(long, default_value = "pdf")]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// The QR alone
    Png,
    /// A6, to print
    Pdf,
}

impl Ticket {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let Ticket::Issue { event, out, format } = self;
        let Some(summary) = show_event(desk, &Actor::Operator, *event)? else { return Err(no_event(answer.words())) };
        let Some(issued) = issue_tickets(desk, &Actor::Operator, *event, Wanted::Everybody)? else { return Err(no_event(answer.words())) };
        let paper = |ticket: IssuedTicket| Paper {
            organisation: desk.organisation().to_owned(),
            event: summary.name.clone(),
            venue: summary.venue.clone(),
            starts_at: summary.starts_at.with_timezone(&summary.zone),
            ends_at: summary.ends_at.with_timezone(&summary.zone),
            name: ticket.name,
            title: ticket.title,
            company: ticket.company,
            code: ticket.code.as_str().to_owned(),
            short_code: ticket.short_code.as_str().to_owned(),
        };
        let papers: Vec<_> = issued.into_iter().map(|ticket| (ticket.participant, paper(ticket))).collect();
        // A picture shows the QR alone.
        if matches!(format, Format::Pdf) {
            answer.warn_of_boxes(&ticket::missing_scripts(papers.iter().map(|(_, paper)| paper)));
        }
        std::fs::create_dir_all(out)?;
        for (participant, paper) in papers {
            let (rendered, ending) = match format {
                Format::Png => (ticket::render_png(&paper), "png"),
                Format::Pdf => (ticket::render_pdf(&paper, answer.words().language()), "pdf"),
            };
            let bytes = rendered.map_err(|error| Failure::failed("document", error.to_string()))?;
            let file = out.join(format!("{}.{ending}", paper.short_code));
            crate::files::write_private(&file, &bytes)?;
            let path = file.display().to_string();
            let missing = if matches!(format, Format::Pdf) { boxes(&ticket::missing_scripts(std::iter::once(&paper))) } else { Vec::new() };
            let object = json!({
                "file": path,
                "participant": participant.to_string(),
                "name": paper.name,
                "ticket": paper.code,
                "code": paper.short_code,
                "missing": missing,
            });
            answer.line(object, |_| format!("{path}  {}", paper.name))?;
        }
        Ok(())
    }
}
