//! Papers that wait for their printer, in memory only, on a thread of the printer's own. None is lost while it is
//! wanted, none comes out twice, and none outlives its time.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::job::{Job, Paper, PrintFault, Printed, Printer, State, Status, WANTED_MAX};
use super::machine::{Attempt, Machine, Ticket};
use crate::devices::guard::{self, start};

/// Most papers that wait for one printer.
const WAITING_MAX: usize = 200;
/// How long a printer that is away is left alone: at first, and at most.
const REST_MIN: Duration = Duration::from_millis(500);
const REST_MAX: Duration = Duration::from_secs(15);
/// The same for one that answers and cannot print: somebody is putting paper in.
const REST_MAX_ANSWERED: Duration = Duration::from_secs(3);
/// How often somebody who asks for the status makes the printer look.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A printer behind a queue.
pub struct QueuePrinter {
    place: String,
    label: Option<(f32, f32)>,
    shared: Arc<Shared>,
}

impl QueuePrinter {
    pub(super) fn with(place: &str, label: Option<(f32, f32)>, machine: impl Machine) -> QueuePrinter {
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        if start("printer", move || own.work(machine)).is_err() {
            let mut queue = shared.lock();
            (queue.is_closed, queue.state) = (true, State::Refuses);
        }
        QueuePrinter { place: place.to_owned(), label, shared }
    }
}

impl Printer for QueuePrinter {
    fn print(&self, job: Job) {
        let refused = {
            let mut queue = self.shared.lock();
            if queue.is_closed || queue.count() >= WAITING_MAX {
                Some(job.printed)
            } else {
                queue.waiting.push_back(Entry::of(job));
                None
            }
        };
        match refused {
            Some(printed) => printed(Err("too many papers wait for this printer, or none is printed".to_owned())),
            None => self.shared.changed.notify_all(),
        }
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    /// Papers whose time is over go; those that are still wanted wait on.
    fn forget(&self) {
        self.shared.drop_expired();
        self.shared.changed.notify_all();
    }

    fn status(&self, _kind: &str) -> Status {
        let mut queue = self.shared.lock();
        queue.is_asked = true;
        self.shared.changed.notify_all();
        Status { state: queue.state, waiting: queue.count(), keeps_jobs: queue.keeps_jobs }
    }

    fn printed_ago(&self, key: &str) -> Option<Duration> {
        let now = since_boot();
        self.shared.lock().printed.get(key).map(|remembered| now.saturating_sub(remembered.at))
    }

    fn label(&self) -> Option<(f32, f32)> {
        self.label
    }
}

/// What waits goes with the queue; what the printer has already is taken back by the thread.
impl Drop for QueuePrinter {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Entry>,
    /// Whether a paper is at the printer.
    is_under_way: bool,
    printed: HashMap<String, Remembered>,
    state: State,
    keeps_jobs: bool,
    is_asked: bool,
    is_closed: bool,
}

/// A paper that came out.
struct Remembered {
    at: Duration,
    until: Duration,
}

struct Entry {
    key: Option<String>,
    wanted: Arc<AtomicBool>,
    /// By the clock of [`since_boot`], as are the other moments here.
    until: Duration,
    /// Not before, since the printer gave up on it.
    not_before: Duration,
    rest: Duration,
    paper: Option<Paper>,
    /// Taken when it was told.
    printed: Option<Printed>,
    ticket: Ticket,
}

impl Entry {
    fn of(job: Job) -> Entry {
        let now = since_boot();
        let name = format!("velkommen-{}", uuid::Uuid::new_v4().simple());
        Entry {
            key: job.key,
            wanted: job.wanted,
            until: now + job.wanted_for.min(WANTED_MAX),
            not_before: now,
            rest: REST_MIN,
            paper: Some(job.paper),
            printed: Some(job.printed),
            ticket: Ticket { kind: job.kind, name, pdf: Arc::default(), taken: None },
        }
    }

    /// Its time is over, or whoever asked for it has taken it back.
    fn is_over(&self, now: Duration) -> bool {
        self.until <= now || !self.wanted.load(Ordering::Relaxed)
    }

    /// When something is to be done about it.
    fn due(&self, away_until: Duration, now: Duration) -> Duration {
        let next = self.not_before.max(away_until);
        // Once its time is over it is only taken back, as the printer lets us.
        if self.is_over(now) { self.not_before } else { next.min(self.until) }
    }

    /// The printer gave up on it: others first.
    fn leave_alone(&mut self) {
        self.not_before = since_boot() + self.rest;
        self.rest = (self.rest * 2).min(REST_MAX);
    }

    fn end(mut self, outcome: Result<(), PrintFault>) {
        self.tell(outcome);
    }

    /// Tells, once, how it went. The paper itself is not needed any more.
    fn tell(&mut self, outcome: Result<(), PrintFault>) {
        self.ticket.pdf = Arc::default();
        let Some(printed) = self.printed.take() else { return };
        if let Err(fault) = &outcome {
            tracing::warn!(kind = self.ticket.kind, fault, "not printed");
        }
        guarded(|| printed(outcome));
    }
}

impl Queue {
    fn count(&self) -> usize {
        self.waiting.len() + usize::from(self.is_under_way)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until something changes, or for this long.
    fn wait<'q>(&self, queue: MutexGuard<'q, Queue>, pause: Duration) -> MutexGuard<'q, Queue> {
        self.changed.wait_timeout(queue, pause).unwrap_or_else(PoisonError::into_inner).0
    }

    fn drop_expired(&self) {
        let now = since_boot();
        let mut expired = Vec::new();
        {
            let mut queue = self.lock();
            queue.printed.retain(|_, remembered| remembered.until > now);
            // One that a server may hold is taken back there first, by the thread.
            let (stay, go) = queue.waiting.drain(..).partition(|entry| !entry.is_over(now) || entry.ticket.taken.is_some());
            queue.waiting = stay;
            expired.extend::<VecDeque<Entry>>(go);
        }
        expired.into_iter().for_each(|entry| entry.end(Err("it waited too long".to_owned())));
    }

    /// The thread.
    fn work(&self, mut machine: impl Machine) {
        let mut away_until = Duration::ZERO;
        let mut rest = REST_MIN;
        let mut looked_at = None;
        while let Some(task) = self.next(away_until, looked_at) {
            match task {
                Task::Look => {
                    let state = guarded(|| machine.look()).unwrap_or(State::NotAPrinter);
                    looked_at = Some(since_boot());
                    if state.can_print() {
                        (away_until, rest) = (Duration::ZERO, REST_MIN);
                    }
                    self.note(state, machine.keeps_jobs());
                }
                Task::Print(entry) => {
                    let (state, is_away) = self.print(&mut machine, *entry);
                    looked_at = Some(since_boot());
                    self.note(state, machine.keeps_jobs());
                    if is_away {
                        away_until = since_boot() + rest;
                        let longest = if state == State::NoAnswer { REST_MAX } else { REST_MAX_ANSWERED };
                        rest = (rest * 2).min(longest);
                    } else {
                        (away_until, rest) = (Duration::ZERO, REST_MIN);
                    }
                }
            }
        }
    }

    fn note(&self, state: State, keeps_jobs: bool) {
        let mut queue = self.lock();
        if queue.state != state {
            tracing::info!(state = state.word(), "printer");
        }
        (queue.state, queue.keeps_jobs) = (state, keeps_jobs);
    }

    /// What to do next, waited for; `None` when nobody wants anything any more.
    fn next(&self, away_until: Duration, looked_at: Option<Duration>) -> Option<Task> {
        loop {
            self.drop_expired();
            let mut queue = self.lock();
            let now = since_boot();
            if queue.is_closed {
                // Nothing comes out behind the back of who closed it.
                let index = queue.waiting.iter().position(|entry| entry.ticket.taken.is_some())?;
                return queue.take(index);
            }
            let is_due = |entry: &Entry| now >= entry.due(away_until, now);
            if let Some(index) = queue.waiting.iter().position(is_due) {
                return queue.take(index);
            }
            if queue.is_asked && looked_at.is_none_or(|at| now >= at + LOOK_EVERY) {
                queue.is_asked = false;
                return Some(Task::Look);
            }
            let moments = queue.waiting.iter().map(|entry| entry.due(away_until, now));
            let look = queue.is_asked.then(|| looked_at.unwrap_or_default() + LOOK_EVERY);
            let next = moments.chain(look).min().map_or(WANTED_MAX, |moment| moment.saturating_sub(now));
            drop(self.wait(queue, next.max(Duration::from_millis(1))));
        }
    }

    /// One attempt. Returns how the printer is, and whether it is to be left alone for a while.
    fn print(&self, machine: &mut impl Machine, mut entry: Entry) -> (State, bool) {
        let (until, wanted) = (entry.until, entry.wanted.clone());
        if entry.is_over(since_boot()) || self.lock().is_closed {
            return self.withdraw(machine, entry);
        }
        if let Some(paper) = entry.paper.take() {
            match guarded(paper).unwrap_or_else(|| Err("the paper could not be made".to_owned())) {
                Ok(pdf) => entry.ticket.pdf = Arc::new(pdf),
                Err(fault) => return self.ended(entry, Err(fault)),
            }
        }
        let mut pause = |pause: Duration, seen: State| {
            let end = since_boot() + pause;
            let mut queue = self.lock();
            queue.state = if seen.can_print() { State::Printing } else { seen };
            loop {
                let now = since_boot();
                if queue.is_closed || now >= until || !wanted.load(Ordering::Relaxed) {
                    return false;
                }
                if now >= end {
                    return true;
                }
                queue = self.wait(queue, (end - now).min(until - now));
            }
        };
        match guarded(|| machine.attempt(&mut entry.ticket, &mut pause)).unwrap_or(Attempt::GaveUp) {
            Attempt::Done => self.ended(entry, Ok(())),
            Attempt::Never(fault) => self.ended(entry, Err(fault)),
            Attempt::TakenBack => {
                self.ended(entry, Err("it waited too long".to_owned()));
                let state = guarded(|| machine.look()).unwrap_or(State::NotAPrinter);
                (state, !state.can_print())
            }
            Attempt::Away(state) => {
                self.wait_again(entry, |waiting, entry| waiting.push_front(entry));
                (state, true)
            }
            Attempt::GaveUp => {
                entry.leave_alone();
                self.wait_again(entry, |waiting, entry| waiting.push_back(entry));
                (State::Ready, false)
            }
        }
    }

    fn ended(&self, mut entry: Entry, outcome: Result<(), PrintFault>) -> (State, bool) {
        let now = since_boot();
        {
            let mut queue = self.lock();
            queue.is_under_way = false;
            if let (Ok(()), Some(key)) = (&outcome, entry.key.take()) {
                queue.printed.insert(key, Remembered { at: now, until: now + WANTED_MAX });
            }
        }
        entry.tell(outcome);
        (State::Ready, false)
    }

    fn wait_again(&self, entry: Entry, push: impl FnOnce(&mut VecDeque<Entry>, Entry)) {
        let mut queue = self.lock();
        queue.is_under_way = false;
        push(&mut queue.waiting, entry);
    }

    /// One attempt to take back what is no longer wanted. A server that does not answer is asked again, for a day.
    fn withdraw(&self, machine: &mut impl Machine, mut entry: Entry) -> (State, bool) {
        entry.tell(Err("it waited too long".to_owned()));
        let attempt = guarded(|| machine.withdraw(&entry.ticket));
        let is_closed = self.lock().is_closed;
        match attempt {
            Some(Attempt::Away(state)) if !is_closed && since_boot() < entry.until + WANTED_MAX => {
                entry.leave_alone();
                self.wait_again(entry, |waiting, entry| waiting.push_back(entry));
                (state, true)
            }
            _ => {
                self.lock().is_under_way = false;
                let state = guarded(|| machine.look()).unwrap_or(State::NotAPrinter);
                (state, !state.can_print())
            }
        }
    }
}

enum Task {
    Print(Box<Entry>),
    Look,
}

impl Queue {
    fn take(&mut self, index: usize) -> Option<Task> {
        let entry = self.waiting.remove(index)?;
        self.is_under_way = true;
        Some(Task::Print(Box::new(entry)))
    }
}

/// Nothing that a foreign answer, a paper or who waits for it does ends the thread.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    guard::guarded("printer", work)
}

/// Time since the machine started, sleep included: a paper does not stay young over a weekend.
fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::super::machine::Pause;
    use super::*;

    /// Panics at its first look and its first paper.
    #[derive(Default)]
    struct Panicking {
        looks: usize,
        papers: usize,
    }

    impl Machine for Panicking {
        fn look(&mut self) -> State {
            self.looks += 1;
            assert!(self.looks > 1, "at a look");
            State::Ready
        }

        fn attempt(&mut self, _ticket: &mut Ticket, _pause: &mut Pause<'_>) -> Attempt {
            self.papers += 1;
            assert!(self.papers > 1, "at a paper");
            Attempt::Done
        }
    }

    #[test]
    fn nothing_that_panics_ends_the_thread_that_prints() {
        let printer = QueuePrinter::with("here", None, Panicking::default());
        printer.status("badge");
        let (told, hears) = channel();
        let asks = |paper: Paper, name: &'static str| {
            let told = told.clone();
            printer.print(Job::new("badge", paper, Box::new(move |outcome| told.send((name, outcome.is_ok())).unwrap())));
        };
        asks(Box::new(|| Ok(Vec::new())), "a paper at which the printer panics");
        asks(Box::new(|| panic!("at its making")), "a paper that panics");
        printer.print(Job::new("badge", Box::new(|| Ok(Vec::new())), Box::new(|_| panic!("at the news"))));
        asks(Box::new(|| Ok(Vec::new())), "a paper");
        let mut heard: Vec<_> = (0..3).map(|_| hears.recv_timeout(Duration::from_secs(20)).unwrap()).collect();
        heard.sort_unstable();
        assert_eq!(heard, [("a paper", true), ("a paper at which the printer panics", true), ("a paper that panics", false)]);
    }
}
