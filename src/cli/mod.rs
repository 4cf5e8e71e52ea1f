//! The same verbs for scripts and for staff without a screen: one file per command. No rules.

mod answer;
mod check_in;
mod consent;
pub mod devices;
mod equip;
mod erase_due;
mod event;
mod host;
mod init;
mod invite;
mod list;
mod participant;
mod printing;
mod refusal;
mod retention;
mod roll_call;
mod scan;
mod staff;
mod ticket;
mod visit;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::desk::clock::{SystemClock, build_date};
use crate::desk::{Desk, DeskError, Folder, OpenError};
use crate::domain::language::Language;

pub use answer::{Answer, Failure};
pub use equip::Equip;

/// Reception and event kiosk that forgets people on time.
///
/// Exit codes: 0 done, 1 refused (the reason is in the output), 2 wrong usage, 3 failed.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Args {
    /// The data folder [default: the XDG data folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Print one JSON object per result line
    #[arg(long, global = true)]
    pub json: bool,
    /// Without a command the kiosk opens; on an empty folder it opens Setup
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the kiosk on a throw-away folder with an organisation, hosts and visitors
    Demo,
    /// Make folder, key and database
    Init(init::Init),
    /// The people who run the desk
    #[command(subcommand)]
    Staff(staff::Staff),
    /// The people who can be visited
    #[command(subcommand)]
    Host(host::Host),
    /// Visitors
    #[command(subcommand)]
    Visit(visit::Visit),
    /// Seminars and other gatherings
    #[command(subcommand)]
    Event(event::Event),
    /// The people registered for an event
    #[command(subcommand)]
    Participant(participant::Participant),
    /// The tickets of an event
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// Use a ticket at a door
    CheckIn(check_in::CheckIn),
    /// Take a check-in back
    UndoCheckIn(check_in::UndoCheckIn),
    /// Somebody's answer about photos and video
    #[command(subcommand)]
    Consent(consent::Consent),
    /// The participant list, as a file or printed: name, title and company
    List(list::List),
    /// Who is in the house, for an evacuation
    RollCall(roll_call::RollCall),
    /// What is kept, under which rule, and when it goes
    Retention,
    /// Erase what is due
    EraseDue(erase_due::EraseDue),
    /// Camera, scanner, printer, mail, sound: what is found, how it is, and what is wrong
    Devices,
    /// What the camera's decoder reads in pictures
    Scan(scan::Scan),
    /// Draw every page into a folder of pictures
    #[cfg(feature = "headless")]
    Gallery {
        dir: PathBuf,
        /// Every language, theme, size and text step
        #[arg(long)]
        all: bool,
    },
    /// Walk through the kiosk as its people do, into a folder of pictures and papers
    #[cfg(feature = "headless")]
    Tour { dir: PathBuf },
}

impl Args {
    /// The data folder these arguments mean.
    pub fn folder(&self) -> Folder {
        Folder::at(self.data.clone().unwrap_or_else(default_folder))
    }
}

/// Runs a command that needs no window. The window's own commands are the app's.
pub fn run(args: &Args, command: &Command, equip: Equip) -> ExitCode {
    let answer = Answer::new(args.json, language());
    let done = match command {
        Command::Init(init) => init.run(args.folder(), &answer),
        Command::Staff(staff) => open(args).and_then(|mut desk| staff.run(&mut desk, &answer)),
        Command::Host(host) => open(args).and_then(|mut desk| host.run(&mut desk, &answer)),
        Command::Visit(visit) => open(args).and_then(|mut desk| visit.run(&mut desk, &answer)),
        Command::Event(event) => open(args).and_then(|mut desk| event.run(&mut desk, &answer)),
        Command::Participant(participant) => open(args).and_then(|mut desk| participant.run(&mut desk, &answer)),
        Command::Ticket(ticket) => open(args).and_then(|mut desk| ticket.run(&mut desk, &answer)),
        Command::CheckIn(check_in) => open(args).and_then(|mut desk| check_in.run(&mut desk, &answer)),
        Command::UndoCheckIn(undo) => open(args).and_then(|mut desk| undo.run(&mut desk, &answer)),
        Command::Consent(consent) => open(args).and_then(|mut desk| consent.run(&mut desk, &answer)),
        Command::List(list) => open(args).and_then(|mut desk| list.run(&mut desk, equip, &answer)),
        Command::RollCall(roll_call) => open(args).and_then(|mut desk| roll_call.run(&mut desk, &answer)),
        Command::Retention => open(args).and_then(|mut desk| retention::run(&mut desk, &answer)),
        Command::EraseDue(erase_due) => open(args).and_then(|mut desk| erase_due.run(&mut desk, equip, &answer)),
        Command::Devices => devices::run(&args.folder(), equip, &answer),
        Command::Scan(scan) => scan.run(&answer),
        Command::Demo => unreachable!("the app opens windows"),
        #[cfg(feature = "headless")]
        Command::Gallery { .. } | Command::Tour { .. } => unreachable!("the app draws pages"),
    };
    answer.end(done)
}

fn open(args: &Args) -> Result<Desk, Failure> {
    Ok(Desk::open(args.folder(), Arc::new(SystemClock), build_date())?)
}

/// The language of the person at the terminal: the one of the locale, else English.
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.and_then(|locale| Language::of_locale(&locale)).unwrap_or(Language::En)
}

/// `$XDG_DATA_HOME/velkommen`, as the XDG base directory specification has it.
fn default_folder() -> PathBuf {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join("velkommen")
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        let word = match &error {
            OpenError::Store(error) => error.word(),
            OpenError::File { file: "config.toml", .. } | OpenError::Config(_) => "config",
            OpenError::File { .. } | OpenError::Profile(_) => "profile",
            OpenError::NoticeChanged { .. } => "notice_changed",
        };
        Failure::failed(word, error.to_string())
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Failure {
        match &error {
            DeskError::NotAllowed { .. } => Failure::refused("not_allowed", None, error.to_string()),
            DeskError::Store(store) => Failure::failed(store.word(), error.to_string()),
        }
    }
}
