//! A paper that is wanted, how a printer is, and what every printer can do.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::devices::status::{DeviceKind, DeviceState, DeviceStatus};

/// Why nothing came out, for the log; never anything of what stands on the paper.
pub type PrintFault = String;
/// Makes the PDF.
pub type Paper = Box<dyn FnOnce() -> Result<Vec<u8>, PrintFault> + Send>;
/// Hears how it went.
pub type Printed = Box<dyn FnOnce(Result<(), PrintFault>) + Send>;

/// The kinds of paper there are.
pub const KINDS: [&str; 4] = ["badge", "roll-call", "list", "test"];
/// No paper waits longer, whatever its asker says.
pub const WANTED_MAX: Duration = Duration::from_secs(24 * 3600);
/// How long a badge waits for its printer where its asker does not say, and how long a paper that somebody stands
/// beside.
const WANTED_BADGE: Duration = Duration::from_secs(3600);
const WANTED_AT_ONCE: Duration = Duration::from_secs(60);

/// A paper that is wanted.
pub struct Job {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// What it is asked by when somebody wants to know whether it was printed: nothing that names a person.
    pub key: Option<String>,
    /// Whoever asked for it takes it back by saying so here: then it does not come out, unless it has.
    pub wanted: Arc<AtomicBool>,
    /// How long it may wait: until the people on it are due at the latest, and never longer than [`WANTED_MAX`].
    pub wanted_for: Duration,
    pub paper: Paper,
    pub printed: Printed,
}

impl Job {
    /// A paper that waits as long as papers of its kind do.
    pub fn new(kind: &'static str, paper: Paper, printed: Printed) -> Job {
        let wanted_for = if kind == "badge" { WANTED_BADGE } else { WANTED_AT_ONCE };
        Job { kind, key: None, wanted: Arc::new(AtomicBool::new(true)), wanted_for, paper, printed }
    }
}

/// How a printer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It was not asked yet, or cannot say.
    #[default]
    Unknown,
    Ready,
    Printing,
    NoPaper,
    CoverOpen,
    Jammed,
    /// No ink, toner or ribbon.
    NoInk,
    Paused,
    /// It is there and takes no papers, or none from us.
    Refuses,
    /// It does not take PDF, and nothing else was said about it.
    TakesNoPdf,
    /// Nobody answers there.
    NoAnswer,
    /// Something else than a printer answers there.
    NotAPrinter,
}

impl State {
    /// One word, for scripts and logs.
    pub fn word(self) -> &'static str {
        match self {
            State::Unknown => "unknown",
            State::Ready => "ready",
            State::Printing => "printing",
            State::NoPaper => "no_paper",
            State::CoverOpen => "cover_open",
            State::Jammed => "jammed",
            State::NoInk => "no_ink",
            State::Paused => "paused",
            State::Refuses => "refuses",
            State::TakesNoPdf => "takes_no_pdf",
            State::NoAnswer => "no_answer",
            State::NotAPrinter => "not_a_printer",
        }
    }

    /// Whether a paper that is sent now can come out.
    pub fn can_print(self) -> bool {
        matches!(self, State::Unknown | State::Ready | State::Printing)
    }
}

/// What is known of a printer, without asking it now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub state: State,
    /// Papers that are still to come out.
    pub waiting: usize,
    /// Its server keeps jobs that are done, with what stands on them, until somebody clears them.
    pub keeps_jobs: bool,
}

/// Something that prints PDF papers.
pub trait Printer: Send + Sync {
    /// Prints later; `job.printed` is told how it went, on another thread.
    fn print(&self, job: Job);

    /// Where papers come out, as people call it.
    fn place(&self) -> String;

    /// Removes papers that still lie around and are of people who are due.
    fn forget(&self);

    /// Where papers of this kind come out.
    fn place_of(&self, _kind: &str) -> String {
        self.place()
    }

    /// Whether papers of this kind come out anywhere.
    fn takes(&self, _kind: &str) -> bool {
        true
    }

    /// How the printer for this kind is. Asking makes it look once more, so the next answer may differ.
    fn status(&self, _kind: &str) -> Status {
        Status { state: State::Ready, ..Status::default() }
    }

    /// How each printer is that is behind this.
    fn look(&self) -> Vec<DeviceStatus> {
        let Status { state, keeps_jobs, .. } = self.status("");
        let seen = match state {
            State::Unknown => DeviceState::Starting,
            State::Ready | State::Printing => DeviceState::Ready,
            State::NoPaper => DeviceState::OutOfPaper,
            State::CoverOpen => DeviceState::CoverOpen,
            State::Paused => DeviceState::Paused,
            State::Refuses | State::TakesNoPdf => DeviceState::Refuses,
            State::NoAnswer => DeviceState::Silent,
            State::Jammed | State::NoInk | State::NotAPrinter => DeviceState::Failed,
        };
        let fault = match seen {
            DeviceState::Ready if keeps_jobs => Some("keeps what it has printed: set PreserveJobFiles to No in cupsd.conf".to_owned()),
            DeviceState::Ready => None,
            _ => Some(state.word().to_owned()),
        };
        vec![DeviceStatus { kind: DeviceKind::Printer, name: self.place(), state: seen, fault }]
    }

    /// How long ago the paper with this key came out, if that was today and is remembered.
    fn printed_ago(&self, _key: &str) -> Option<Duration> {
        None
    }

    /// The label that lies in it, width × height in mm, if it was said.
    fn label(&self) -> Option<(f32, f32)> {
        None
    }

    /// Prints later a paper that waits as long as papers of its kind do.
    fn print_later(&self, kind: &'static str, paper: Paper, printed: Printed) {
        self.print(Job::new(kind, paper, printed));
    }
}
