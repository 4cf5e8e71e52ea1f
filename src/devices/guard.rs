//! A device's thread outlives every piece of its work: what panics there is over, and whoever waits for it is told.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

/// Does a piece of work; `None` if it panicked. Nothing that it held is used afterwards.
pub(super) fn guarded<T>(device: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
    if outcome.is_none() {
        tracing::error!(device, "a piece of work panicked");
    }
    outcome
}

/// Starts a device's own thread.
///
/// **Errors** the machine has none. The work is dropped.
pub(super) fn start(device: &'static str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    start_on(Builder::new(), device, work)
}

fn start_on(thread: Builder, device: &'static str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let started = thread.name(device.to_owned()).spawn(work);
    started.inspect_err(|error| tracing::error!(%error, device, "no thread"))
}

/// Does one piece of work on a thread of its own. Whoever waits is told once: what came of it, or `otherwise` if it
/// panicked or no thread was to be had.
pub(super) fn work_aside<T: Send + 'static>(
    device: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
    otherwise: T,
    tell: impl FnOnce(T) + Send + 'static,
) {
    work_aside_on(Builder::new(), device, work, otherwise, tell);
}

fn work_aside_on<T: Send + 'static>(
    thread: Builder,
    device: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
    otherwise: T,
    tell: impl FnOnce(T) + Send + 'static,
) {
    let promise = Promise(Some((otherwise, tell)));
    // Without a thread the promise goes with the work, and tells.
    drop(start_on(thread, device, move || promise.keep(guarded(device, work))));
}

/// Somebody waits, and is told once: the outcome, or what stands here instead.
struct Promise<T, F: FnOnce(T)>(Option<(T, F)>);

impl<T, F: FnOnce(T)> Promise<T, F> {
    fn keep(mut self, outcome: Option<T>) {
        if let Some((otherwise, tell)) = self.0.take() {
            tell(outcome.unwrap_or(otherwise));
        }
    }
}

impl<T, F: FnOnce(T)> Drop for Promise<T, F> {
    fn drop(&mut self) {
        if let Some((otherwise, tell)) = self.0.take() {
            tell(otherwise);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn work_that_panics_is_told_as_none() {
        assert_eq!(guarded("mail", || 7), Some(7));
        assert_eq!(guarded("mail", || -> u8 { panic!("a line break in a name") }), None);
    }

    #[test]
    fn whoever_waits_is_told_once_whether_the_work_is_done_or_panics_or_finds_no_thread() {
        // More than any machine has.
        let no_thread = || Builder::new().stack_size(1 << 50);
        let works: [(Builder, fn() -> u8, u8); 3] =
            [(Builder::new(), || 7, 7), (Builder::new(), || panic!("at work"), 0), (no_thread(), || 7, 0)];
        for (thread, work, outcome) in works {
            let (tell, told) = channel();
            work_aside_on(thread, "mail", work, 0, move |outcome| tell.send(outcome).unwrap());
            assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(outcome));
            assert!(told.recv().is_err(), "once");
        }
        assert!(start_on(no_thread(), "mail", || ()).is_err());
    }
}
