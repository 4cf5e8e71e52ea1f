//! What a queue can talk to, and what it knows of the paper that is under way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::{PrintFault, State};

/// What a printer needs to know of a paper while it is under way.
pub(super) struct Ticket {
    pub(super) kind: &'static str,
    /// The name of the job: random, so that it can be found again and says nothing.
    pub(super) name: String,
    /// The paper, made.
    pub(super) pdf: Arc<Vec<u8>>,
    /// What the printer's server knows it by.
    pub(super) taken: Option<Taken>,
}

/// How an attempt ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Done,
    /// The printer cannot now; nobody else's paper would come out either.
    Away(State),
    /// The printer gave up on this paper alone.
    GaveUp,
    /// It will never come out.
    Never(PrintFault),
    /// It was no longer wanted, and was taken back.
    TakenBack,
}

/// Waits that long, notes how the printer was seen, and says whether the paper is still wanted.
pub(super) type Pause<'p> = dyn FnMut(Duration, State) -> bool + 'p;

/// Something that a queue can talk to. Everything in it has a time-out.
pub(super) trait Machine: Send + 'static {
    /// Asks the printer how it is.
    fn look(&mut self) -> State;

    /// Tries to bring a paper out, and stays with it until it is.
    fn attempt(&mut self, ticket: &mut Ticket, pause: &mut Pause<'_>) -> Attempt;

    /// Takes a paper back from its server, if that has it.
    fn withdraw(&mut self, _ticket: &Ticket) -> Attempt {
        Attempt::TakenBack
    }

    /// Whether its server keeps jobs that are done.
    fn keeps_jobs(&self) -> bool {
        false
    }
}

/// What a server knows a paper by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// The server's number of the job; `None` when its answer did not come.
    pub(super) id: Option<i32>,
    pub(super) at: Instant,
    /// Whether the paper itself was sent, or tried to.
    pub(super) has_paper: bool,
}
