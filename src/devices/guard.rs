//! A device's thread outlives a piece of its work: what panics there is over, and whoever waits for it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does a piece of work; `None` if it panicked. Nothing that it held is used afterwards.
pub(super) fn guarded<T>(device: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
    if outcome.is_none() {
        tracing::error!(device, "a piece of work panicked");
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_panics_is_told_as_none() {
        assert_eq!(guarded("mail", || 7), Some(7));
        assert_eq!(guarded("mail", || -> u8 { panic!("a line break in a name") }), None);
    }
}
