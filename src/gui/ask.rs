//! The desk thread, and the one way to it: `ask(what, then)`. The thread shows in no other place.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::desk::erase_due::{EraseDueOutcome, Sweep};
use crate::desk::import_participants::{Begun, ImportOutcome, TakeBack};
use crate::desk::send_messages::ClaimedMessage;
use crate::desk::slices::{Slices, Step};
use crate::desk::{Desk, DeskError};
use crate::devices::delivery::Fault;
use crate::domain::access::Actor;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::{EventId, ParticipantId};
use crate::domain::message::Channel;

/// Everything that reaches the window from elsewhere. One function in `app` matches it.
pub enum Message {
    /// The desk has answered a question.
    Answer { ticket: u64, answer: Box<dyn Any + Send> },
    /// A sweep that nobody asked for has ended.
    Swept(Option<EraseDueOutcome>),
    /// A paper that somebody waits for is out, or is not.
    Printed { paper: Paper, succeeded: bool },
    /// A participant's badge came out.
    BadgeCameOut(CameOut),
    /// How far an import is, by its ticket.
    Importing { ticket: u64, news: Importing },
    /// News of the camera.
    Camera(crate::devices::camera::Event),
    /// A scanner has read something, or is otherwise than before.
    Scanner(crate::devices::scanner::Event),
    /// How the devices are.
    DevicesSeen(Vec<crate::devices::DeviceStatus>),
    /// What can be chosen on this machine.
    DevicesFound { kind: crate::devices::DeviceKind, found: Vec<crate::devices::Candidate> },
    /// A device was tried.
    DeviceTested { kind: crate::devices::DeviceKind, worked: bool },
    /// A message went out, or did not.
    Sent(Box<Sent>),
    /// Every page of the file was checked.
    FileChecked { sound: bool },
}

/// A paper that a page waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    RollCall,
    List,
}

/// A badge that came out, and what stands on it.
pub struct CameOut {
    pub event: EventId,
    pub participant: ParticipantId,
    pub name: String,
    pub mark: BadgeMark,
}

/// A message that was sent, or was not.
pub struct Sent {
    pub channel: Channel,
    pub message: ClaimedMessage,
    pub outcome: Result<(), Fault>,
}

/// News of an import.
pub enum Importing {
    Slice { done: usize, of: usize },
    Ended(Result<ImportOutcome, DeskError>),
}

type Job = Box<dyn FnOnce(&mut Desk) + Send>;
type Then<W> = Box<dyn FnOnce(&Rc<W>, Box<dyn Any + Send>)>;

/// Puts a message into the queue and wakes the window.
#[derive(Clone)]
pub struct Post {
    queue: Sender<Message>,
    wake: fn(),
}

impl Post {
    /// A queue and the way into it. `wake` runs after each message, on the sender's thread.
    pub fn new(wake: fn()) -> (Post, Receiver<Message>) {
        let (queue, messages) = channel();
        (Post { queue, wake }, messages)
    }

    pub fn send(&self, message: Message) {
        // The window is gone when nobody listens; then the program is ending.
        if self.queue.send(message).is_ok() {
            (self.wake)();
        }
    }

    /// Does something that may take its time on a thread of its own, and sends what came of it. `false`: it cannot.
    pub fn aside(&self, work: impl FnOnce() -> Message + Send + 'static) -> bool {
        let post = self.clone();
        let thread = std::thread::Builder::new().name("aside".to_owned()).spawn(move || post.send(work()));
        if let Err(error) = &thread {
            tracing::error!(%error, "no thread could be started");
        }
        thread.is_ok()
    }
}

/// The desk on its own thread, seen from the window's; `W` is who is told its answers.
pub struct DeskThread<W> {
    /// `None` only while this is dropped.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    post: Post,
    tickets: Cell<u64>,
    waiting: RefCell<HashMap<u64, Then<W>>>,
    is_sweeping: Arc<AtomicBool>,
}

impl<W: 'static> DeskThread<W> {
    /// Moves the desk to a thread of its own, which ends when this is dropped.
    pub fn start(mut desk: Desk, post: Post) -> DeskThread<W> {
        let (jobs, work) = channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || work.into_iter().for_each(|job| job(&mut desk)))
            .expect("a thread can be started");
        DeskThread {
            jobs: Some(jobs),
            thread: Some(thread),
            post,
            tickets: Cell::new(0),
            waiting: RefCell::default(),
            is_sweeping: Arc::default(),
        }
    }

    /// Runs `what` with the desk on its thread, and `then` with the outcome on the window's.
    pub fn ask<T: Send + 'static>(&self, what: impl FnOnce(&mut Desk) -> T + Send + 'static, then: impl FnOnce(&Rc<W>, T) + 'static) {
        let ticket = self.wait_for(then);
        let post = self.post.clone();
        self.run(Box::new(move |desk| post.send(Message::Answer { ticket, answer: Box::new(what(desk)) })));
    }

    /// Does long work slice by slice, and `then` with the outcome on the window's thread.
    pub fn ask_long<S>(&self, slices: S, then: impl FnOnce(&Rc<W>, Result<S::Outcome, DeskError>) + 'static)
    where
        S: Slices<Outcome: Send> + Send + 'static,
    {
        let ticket = self.wait_for(then);
        let post = self.post.clone();
        work(self.jobs().clone(), Arc::default(), Box::new(slices), move |step| {
            let outcome = match step {
                Ok(Step::More { .. }) => return,
                Ok(Step::Done(outcome)) => Ok(outcome),
                Err(error) => Err(error),
            };
            post.send(Message::Answer { ticket, answer: Box::new(outcome) });
        });
    }

    /// Runs `what`, which needs no desk, on a thread of its own, and `then` with the outcome on the window's. `false`: it cannot.
    pub fn ask_aside<T: Send + 'static>(&self, what: impl FnOnce() -> T + Send + 'static, then: impl FnOnce(&Rc<W>, T) + 'static) -> bool {
        let ticket = self.wait_for(then);
        let starts = self.post.aside(move || Message::Answer { ticket, answer: Box::new(what()) });
        if !starts {
            self.waiting.borrow_mut().remove(&ticket);
        }
        starts
    }

    fn wait_for<T: Send + 'static>(&self, then: impl FnOnce(&Rc<W>, T) + 'static) -> u64 {
        let ticket = self.next_ticket();
        let then: Then<W> = Box::new(move |whoever, answer| {
            let answer = answer.downcast().expect("a ticket's answer is of its question's type");
            then(whoever, *answer);
        });
        self.waiting.borrow_mut().insert(ticket, then);
        ticket
    }

    fn next_ticket(&self) -> u64 {
        self.tickets.replace(self.tickets.get() + 1)
    }

    /// The way into the window's queue.
    pub fn post(&self) -> Post {
        self.post.clone()
    }

    /// Hands an answer to whoever asked.
    pub fn settle(&self, whoever: &Rc<W>, ticket: u64, answer: Box<dyn Any + Send>) {
        let then = self.waiting.borrow_mut().remove(&ticket);
        if let Some(then) = then {
            then(whoever, answer);
        }
    }

    /// Whether every question has been answered.
    pub fn is_settled(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Sweeps slice by slice; between two slices the thread serves whoever asked meanwhile. `false`: a sweep is under way
    /// already, and a second one would find the same.
    pub fn sweep(&self) -> bool {
        let starts = !self.is_sweeping.swap(true, Ordering::Relaxed);
        if starts {
            let (post, is_sweeping) = (self.post.clone(), self.is_sweeping.clone());
            work(self.jobs().clone(), Arc::default(), Box::new(Sweep::new(Actor::Clock)), move |step| {
                let outcome = match step {
                    Ok(Step::More { .. }) => return,
                    Ok(Step::Done(outcome)) => Some(outcome),
                    Err(error) => {
                        tracing::error!(%error, "the sweep failed; what is left is still due");
                        None
                    }
                };
                is_sweeping.store(false, Ordering::Relaxed);
                post.send(Message::Swept(outcome));
            });
        }
        starts
    }

    /// Imports slice by slice. `stop` ends it without a trace. Its news come with the ticket.
    pub fn import(&self, begin: impl FnOnce(&mut Desk) -> Result<Begun, DeskError> + Send + 'static, stop: Arc<AtomicBool>) -> u64 {
        let ticket = self.next_ticket();
        let (jobs, post) = (self.jobs().clone(), self.post.clone());
        let tell = move |news| post.send(Message::Importing { ticket, news });
        self.run(Box::new(move |desk| match begin(desk) {
            Ok(Begun::Import(import)) => work(jobs, stop, import, move |step| {
                tell(match step {
                    Ok(Step::More { done, of }) => Importing::Slice { done, of },
                    Ok(Step::Done(outcome)) => Importing::Ended(Ok(outcome)),
                    Err(error) => Importing::Ended(Err(error)),
                });
            }),
            Ok(Begun::Ended(outcome)) => tell(Importing::Ended(Ok(outcome))),
            Err(error) => tell(Importing::Ended(Err(error))),
        }));
        ticket
    }

    /// Takes back what imports left that were cut short. Nobody sees it meanwhile.
    pub fn take_back_imports(&self) {
        work(self.jobs().clone(), Arc::default(), Box::new(TakeBack::default()), |step| {
            if let Err(error) = step {
                tracing::warn!(%error, "an import that was cut short could not be taken back yet");
            }
        });
    }

    fn run(&self, job: Job) {
        self.jobs().send(job).expect("the desk thread lives as long as this");
    }

    fn jobs(&self) -> &Sender<Job> {
        self.jobs.as_ref().expect("there until this is dropped")
    }
}

/// Waits for what is being written. A program that ends under SQLCipher's hands crashes on its way out.
impl<W> Drop for DeskThread<W> {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the desk thread panicked");
        }
    }
}

/// Does the next slice of long work when whoever waits was served, until it is done. `stop` asks it to end.
fn work<S: Slices + Send + 'static>(
    jobs: Sender<Job>,
    stop: Arc<AtomicBool>,
    mut slices: Box<S>,
    tell: impl Fn(Result<Step<S::Outcome>, DeskError>) + Send + 'static,
) {
    let again = jobs.clone();
    let job: Job = Box::new(move |desk| {
        if stop.swap(false, Ordering::Relaxed) {
            slices.stop();
        }
        let step = slices.slice(desk);
        let has_more = matches!(step, Ok(Step::More { .. }));
        tell(step);
        if has_more {
            work(again, stop, slices, tell);
        }
    });
    // Refused only while the program ends.
    drop(jobs.send(job));
}
