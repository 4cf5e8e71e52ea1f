//! `velkommen erase-due`: the sweep, now.

use serde_json::json;

use super::answer::{Answer, Failure};
use super::equip::Equip;
use super::retention::class_name;
use crate::desk::Desk;
use crate::desk::close_day::close_day;
use crate::desk::erase_due::{EraseDueOutcome, Erased, erase_due, forecast};
use crate::desk::import_participants::TakeBack;
use crate::desk::slices::do_all;
use crate::documents::dates;
use crate::domain::access::Actor;

#[derive(Debug, clap::Args)]
pub struct EraseDue {
    /// Only say what would be erased
    #[arg(long)]
    dry_run: bool,
}

impl EraseDue {
    pub fn run(&self, desk: &mut Desk, equip: Equip, answer: &Answer) -> Result<(), Failure> {
        let outcome = if self.dry_run {
            forecast(desk, &Actor::Operator)?
        } else {
            do_all(desk, &mut TakeBack::default())?;
            close_day(desk, &Actor::Operator)?;
            // Papers of people who are due may lie in a folder.
            (equip.printer)(desk.config()).ok().flatten().iter().for_each(|printer| printer.forget());
            erase_due(desk, &Actor::Operator)?
        };
        let words = answer.words();
        match outcome {
            EraseDueOutcome::Erased(erased) => lines(desk, answer, &erased),
            EraseDueOutcome::WalBusy(erased) => {
                lines(desk, answer, &erased)?;
                let message = words
                    .say("cli", "The rows are gone, but another program is reading the file, so its log still holds them. Run this again.");
                Err(Failure::failed("wal_busy", message))
            }
            EraseDueOutcome::TraceFound(erased) => {
                lines(desk, answer, &erased)?;
                Err(Failure::failed("trace_found", words.say("cli", "Traces of what was erased are still in the file. Report this.")))
            }
            EraseDueOutcome::InDoubt(_) => {
                let message = words.say(
                    "cli",
                    "The clock is in doubt, so nothing is erased. Two members of staff can confirm date and time at the kiosk.",
                );
                Err(Failure::refused("clock_in_doubt", None, message))
            }
        }
    }
}

fn lines(desk: &Desk, answer: &Answer, erased: &[Erased]) -> Result<(), Failure> {
    let zone = desk.config().zone;
    erased.iter().try_for_each(|erased| {
        let next_due = erased.next_due.map(|at| at.with_timezone(&zone));
        let object = json!({ "class": erased.class.word(), "erased": erased.erased, "next_due": next_due.map(|at| at.to_rfc3339()) });
        answer.line(object, |words| {
            let due = next_due.map_or_else(|| "–".to_owned(), |at| dates::date_and_time(&at, words.language()));
            let class = class_name(words, erased.class);
            let values: [(&str, &dyn std::fmt::Display); 3] = [("class", &class), ("erased", &erased.erased), ("due", &due)];
            words.say_with("cli", "{class}: {erased} erased, next due {due}", &values)
        })
    })
}
