//! Work too long for one go: it is done in slices, and between two of them the desk serves whoever waits.

use super::{Desk, DeskError};

/// How far long work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// There is more to do; `of` is 0 where nobody can say how much.
    More {
        done: usize,
        of: usize,
    },
    Done(T),
}

/// Long work: checked before it is begun, and then done slice by slice.
pub trait Slices {
    type Outcome;

    /// Does one slice, in at most 20 ms.
    ///
    /// **Errors** end the work; what a part of it wrote is then taken back by the next start, if it was not yet.
    fn slice(&mut self, desk: &mut Desk) -> Result<Step<Self::Outcome>, DeskError>;

    /// Somebody wants no more of it: the slices that follow take back what was written, or end.
    fn stop(&mut self);
}

/// Does all slices without a pause, for whoever has the desk alone. Other programs come in between.
pub fn do_all<S: Slices>(desk: &mut Desk, work: &mut S) -> Result<S::Outcome, DeskError> {
    loop {
        if let Step::Done(outcome) = work.slice(desk)? {
            return Ok(outcome);
        }
    }
}
