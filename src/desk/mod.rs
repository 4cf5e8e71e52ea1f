//! The use-cases, one file per verb. Each takes who acts and its raw input, takes `now` once, decides with `domain`,
//! acts in one transaction and returns an outcome. No Slint, no threads, no wording.

pub mod add_participant;
pub mod add_staff;
pub mod answer_photos;
pub mod begin_roll_call;
pub mod change_settings;
pub mod check_in;
pub mod choose_device;
pub mod clock;
pub mod close_day;
pub mod confirm_clock;
pub mod count_inside;
pub mod end_roll_call;
pub mod erase_due;
pub mod find_host;
pub mod find_participant;
pub mod import_hosts;
pub mod import_participants;
mod inside;
pub mod invite_visitor;
pub mod invited;
pub mod issue_tickets;
pub mod list_events;
pub mod list_expected;
pub mod list_open_visits;
pub mod mark_found;
mod memory;
pub mod open_event;
pub mod participant_list;
mod retention;
mod running;
mod secret_cost;
pub mod send_messages;
pub mod set_up;
pub mod show_retention;
pub mod show_roll_call;
pub mod show_ticket;
pub mod sign_in;
pub mod sign_out;
pub mod slices;
pub mod take_badge;
pub mod take_code;
pub mod take_roll_call;
mod ticket_code;
pub mod undo_check_in;
pub mod unlock;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use rusqlite::Transaction;

use crate::domain::access::{Actor, Verb, may};
use crate::domain::clock::{Clock, Doubt, Reading, judge};
use crate::domain::code::TryLimits;
use crate::domain::config::{Config, ConfigFault};
use crate::domain::language::Language;
use crate::domain::notice::{ShownNotice, Situation};
use crate::domain::profile::{self, Profile, ProfileFault};
use crate::domain::retention::end_of_day_after_months;
use crate::store::audit::{self, NewAuditEntry};
use crate::store::{Store, desks, high_water, notices, roll_call, staff};

pub use crate::files::FileFault;
pub use crate::store::StoreError;
pub use crate::store::folder::{Folder, FolderLock, TEXT_BYTES_MAX};
use memory::Memory;
pub use secret_cost::SecretCost;

/// How far the high-water mark may lag behind a believed clock.
const MARK_LAG_MAX: TimeDelta = TimeDelta::seconds(60);

/// One desk: its file, its rules and its clock.
pub struct Desk {
    folder: Folder,
    store: Store,
    clock: Arc<dyn Clock>,
    build: NaiveDate,
    /// The reading against which a jump shows: from the start, or from when the time was last vouched for.
    anchor: Reading,
    config: Config,
    profile: Profile,
    secret_cost: SecretCost,
    tries: TryLimits,
    memory: Memory,
    /// How often this desk has written. What another program wrote shows in the file's version.
    writes: u64,
}

/// Why a desk does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{file} {fault}")]
    File { file: &'static str, fault: FileFault },
    #[error(transparent)]
    Config(#[from] ConfigFault),
    #[error("profile.toml: {0}")]
    Profile(#[from] ProfileFault),
    #[error(
        "profile.toml: the text of the notice \"{notice}\" ({language}) was changed, but its version is still {version}: people have seen another text under that version"
    )]
    NoticeChanged { notice: &'static str, language: &'static str, version: u32 },
}

/// Why a verb did not run. Refusals are outcomes of their own.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("{} may not {}", .actor, .verb.word())]
    NotAllowed { actor: &'static str, verb: Verb },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The moment a verb runs at, and whether it is believed.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub at: DateTime<Utc>,
    pub since_boot: Duration,
    pub doubt: Option<Doubt>,
    /// The same moment where the clock is believed, else the last one that was.
    pub believed_at: DateTime<Utc>,
}

impl Desk {
    /// Makes a new desk in a folder that has none. A profile and a config that lie there are taken instead of these.
    ///
    /// **Errors** a faulty profile or config, whosever it is, or [`StoreError::AlreadyThere`]; then nothing is made.
    pub fn init(folder: Folder, profile: &str, config: &Config, clock: Arc<dyn Clock>, build: NaiveDate) -> Result<Desk, OpenError> {
        Profile::parse(profile)?;
        if folder.holds_desk() {
            return Err(StoreError::AlreadyThere.into());
        }
        read_config(&folder)?;
        let profile_there = read_profile(&folder)?;
        let _alone = folder.make()?;
        // Another program may have made it before this one had the folder alone.
        if folder.holds_desk() {
            return Err(StoreError::AlreadyThere.into());
        }
        if profile_there.is_none() {
            folder.replace(&folder.profile_file(), profile)?;
        }
        if !folder.config_file().exists() {
            folder.replace(&folder.config_file(), &config.to_toml())?;
        }
        // Last, because a folder with a database is a desk: however its making is cut short, it can be made again.
        Store::create(&folder)?;
        folder.take_ballast();
        Desk::open(folder, clock, build)
    }

    /// Opens the desk of a folder.
    pub fn open(folder: Folder, clock: Arc<dyn Clock>, build: NaiveDate) -> Result<Desk, OpenError> {
        let store = Store::open(&folder)?;
        let config = read_config(&folder)?.unwrap_or_default();
        let profile_text = read_profile(&folder)?.ok_or(OpenError::File { file: "profile.toml", fault: FileFault::Missing })?;
        let desk = Desk::over(folder, store, config, &profile_text, clock, build)?;
        desk.check_notices()?;
        Ok(desk)
    }

    /// A desk over an open store.
    fn over(
        folder: Folder,
        store: Store,
        config: Config,
        profile_text: &str,
        clock: Arc<dyn Clock>,
        build: NaiveDate,
    ) -> Result<Desk, OpenError> {
        let anchor = clock.read();
        Ok(Desk {
            folder,
            store,
            clock,
            build,
            anchor,
            config,
            profile: Profile::parse(profile_text)?,
            secret_cost: SecretCost::default(),
            tries: TryLimits::default(),
            memory: Memory::default(),
            writes: 0,
        })
    }

    /// A notice that people have seen keeps its text under its version.
    ///
    /// **Source** N3.
    fn check_notices(&self) -> Result<(), OpenError> {
        match self.seen_with_other_text(&self.profile)? {
            None => Ok(()),
            Some(shown) => {
                Err(OpenError::NoticeChanged { notice: shown.situation.word(), language: shown.language.code(), version: shown.version })
            }
        }
    }

    /// A notice of this profile whose version people have seen with another text.
    fn seen_with_other_text(&self, profile: &Profile) -> Result<Option<ShownNotice>, StoreError> {
        for (situation, language) in Situation::ALL.into_iter().flat_map(|situation| Language::ALL.map(|language| (situation, language))) {
            let shown = profile.shown_notice(situation, language);
            let seen = notices::find_sha256(self.store.reader(), &shown)?;
            if seen.is_some_and(|seen| seen != shown.sha256()) {
                return Ok(Some(shown));
            }
        }
        Ok(None)
    }

    /// Cheaper secrets, for tests and demos.
    pub fn with_secret_cost(mut self, cost: SecretCost) -> Desk {
        self.secret_cost = cost;
        self
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The controller's name, or the desk's until somebody has filled it in.
    pub fn organisation(&self) -> &str {
        self.profile.controller.name_or(&self.config.desk)
    }

    /// Whether the file was opened for reading alone: nobody can sign in, and everybody inside can be called.
    pub fn is_read_only(&self) -> bool {
        self.store.is_read_only()
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether somebody can unlock. Without staff the kiosk opens Setup.
    pub fn has_staff(&self) -> Result<bool, DeskError> {
        Ok(staff::any(self.store.reader())?)
    }

    /// Changes whenever another program changed the file.
    pub fn data_version(&self) -> Result<i64, DeskError> {
        Ok(self.store.data_version()?)
    }

    /// Changes whenever anybody changed the file.
    fn state(&self) -> Result<(i64, u64), StoreError> {
        Ok((self.store.data_version()?, self.writes))
    }

    /// Every decrypted page, free ones included: what a test looks through for what should be gone.
    pub fn decrypted_pages(&mut self) -> Result<Vec<u8>, DeskError> {
        Ok(self.store.decrypted_pages()?)
    }

    /// Checks every page of the file. Slow: meant for a connection of its own, off the desk thread.
    pub fn is_sound(&self) -> Result<bool, DeskError> {
        Ok(self.store.is_sound()?)
    }

    /// Reads the clock and judges it.
    pub fn now(&mut self) -> Result<Now, StoreError> {
        let reading = self.clock.read();
        let mark = high_water::load(self.store.reader())?;
        let doubt = judge(reading, self.anchor, mark, self.build);
        if reading.synchronised {
            self.anchor = reading;
        }
        // The file keeps milliseconds; what is said is what is kept.
        let at = reading.wall.trunc_subsecs(3);
        let believed_at = match (doubt, mark) {
            (Some(_), Some(mark)) => mark.at,
            _ => at,
        };
        Ok(Now { at, since_boot: reading.since_boot, doubt, believed_at })
    }

    /// Who may not do this is told so; otherwise the moment it is done at.
    fn admit(&mut self, by: &Actor, verb: Verb) -> Result<Now, DeskError> {
        if !may(by, verb) {
            return Err(DeskError::NotAllowed { actor: by.word(), verb });
        }
        Ok(self.now()?)
    }

    /// Writes in one transaction, and with it the mark of a believed clock.
    fn write<T>(&mut self, now: &Now, act: impl FnOnce(&Transaction) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.writes += 1;
        let Memory { lines, tries, roll_call, .. } = &self.memory;
        let outcome = self.store.write(|tx| {
            lines.iter().try_for_each(|line| audit_act(tx, line))?;
            tries.write(tx)?;
            match roll_call {
                Some(Some(running)) => roll_call::replace(tx, running)?,
                Some(None) => roll_call::erase(tx)?,
                None => {}
            }
            let outcome = act(tx)?;
            if now.doubt.is_some() {
                desks::set_misdated(tx, true)?;
            } else {
                let mark = high_water::load(tx)?;
                if mark.is_some_and(|mark| now.at < mark.at) {
                    desks::set_misdated(tx, true)?;
                }
                if mark.is_none_or(|mark| now.at < mark.at || now.at - mark.at >= MARK_LAG_MAX) {
                    high_water::move_to(tx, now.at)?;
                }
            }
            Ok::<_, StoreError>(outcome)
        })?;
        self.memory.lines.clear();
        self.memory.tries.clear();
        self.memory.roll_call = None;
        Ok(outcome)
    }

    /// Writes down that somebody looked. Looking needs no room: a line that the file does not take now goes with the next
    /// that it takes.
    fn note_look(&mut self, now: &Now, line: NewAuditEntry) -> Result<(), StoreError> {
        match self.write(now, |tx| audit_act(tx, &line)) {
            Err(error) if error.takes_nothing() => {
                tracing::warn!(%error, "what was looked at is written down later");
                self.memory.keep_lines([line]);
                Ok(())
            }
            noted => noted,
        }
    }

    /// Lets the high-water mark follow a believed clock while nobody writes.
    pub fn note_time(&mut self) -> Result<Now, DeskError> {
        let now = self.now()?;
        match self.write(&now, |_| Ok(())) {
            // The mark lags behind until the file takes it again.
            Err(error) if error.takes_nothing() => tracing::warn!(%error, "the time could not be noted"),
            noted => noted?,
        }
        Ok(now)
    }

    /// The audit line of an act, not yet written.
    fn audit_line(&self, now: &Now, by: &Actor, verb: Verb) -> NewAuditEntry {
        let erase_after = end_of_day_after_months(now.at, self.profile.audit.months, self.config.zone);
        NewAuditEntry { happened_at: now.at, actor: by.clone(), verb, subject: None, count: None, detail: None, erase_after }
    }
}

/// Acts of staff and operator are written down, and an evacuation whoever begins it; what the public does for itself and what
/// the clock does are not acts on others.
fn audit_act(tx: &Transaction, line: &NewAuditEntry) -> Result<(), StoreError> {
    let is_for_everybody = matches!(line.verb, Verb::BeginRollCall | Verb::CallOffRollCall);
    match line.actor {
        Actor::Staff { .. } | Actor::Operator => audit::insert(tx, line),
        Actor::Public if is_for_everybody => audit::insert(tx, line),
        Actor::Public | Actor::Clock => Ok(()),
    }
}

/// The folder's config; `None` where there is none.
fn read_config(folder: &Folder) -> Result<Option<Config>, OpenError> {
    let text = read_text(folder, "config.toml", &folder.config_file())?;
    Ok(text.map(|text| Config::parse(&text)).transpose()?)
}

/// The text of the folder's profile, which is in order; `None` where there is none.
fn read_profile(folder: &Folder) -> Result<Option<String>, OpenError> {
    let text = read_text(folder, "profile.toml", &folder.profile_file())?;
    text.as_deref().map(Profile::parse).transpose()?;
    Ok(text)
}

fn read_text(folder: &Folder, file: &'static str, path: &Path) -> Result<Option<String>, OpenError> {
    match folder.read(path).map_err(FileFault::from) {
        Ok(text) => Ok(Some(text)),
        Err(FileFault::Missing) => Ok(None),
        Err(fault) => Err(OpenError::File { file, fault }),
    }
}

/// Bytes that nobody can guess.
fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Io)?;
    Ok(bytes)
}

/// The standard profile, for a controller who brings none.
pub fn standard_profile() -> &'static str {
    profile::STANDARD
}

#[cfg(test)]
mod tests {
    use super::clock::SimulatedClock;
    use super::*;

    /// A desk in a folder that goes with it.
    fn a_desk() -> (Desk, tempfile::TempDir) {
        let place = tempfile::tempdir().expect("a folder");
        let start = DateTime::from_timestamp_millis(1_772_400_000_000).expect("an instant");
        let clock = Arc::new(SimulatedClock::at(start));
        let folder = Folder::at(place.path().join("desk"));
        (Desk::init(folder, standard_profile(), &Config::default(), clock, start.date_naive()).expect("made"), place)
    }

    fn take_nothing(desk: &Desk, on: bool) {
        desk.store.reader().pragma_update(None, "query_only", on).expect("sets");
    }

    #[test]
    fn a_roll_call_that_began_while_the_file_took_nothing_is_written_with_the_next_write() {
        let (mut desk, _place) = a_desk();
        let count = |desk: &Desk, what: &str| {
            let count = format!("SELECT (SELECT count(*) FROM {what})");
            desk.store.reader().query_row(&count, [], |row| row.get::<_, i64>(0)).expect("counts")
        };
        let noted = "audit_entries WHERE verb = 'begin_roll_call'";
        take_nothing(&desk, true);
        begin_roll_call::begin_roll_call(&mut desk, &Actor::Public).expect("begun");
        assert_eq!((count(&desk, "roll_call"), count(&desk, noted)), (0, 0));
        take_nothing(&desk, false);
        desk.note_time().expect("noted");
        assert_eq!((count(&desk, "roll_call"), count(&desk, noted)), (1, 1));
        take_nothing(&desk, true);
        end_roll_call::call_off_roll_call(&mut desk, &Actor::Public).expect("called off");
        assert_eq!(show_roll_call::show_figures(&mut desk, &Actor::Public).expect("read"), None);
        take_nothing(&desk, false);
        desk.note_time().expect("noted");
        assert_eq!(count(&desk, "roll_call"), 0);
    }

    #[test]
    fn who_looked_while_the_file_took_nothing_is_written_down_with_the_next_write() {
        let (mut desk, _place) = a_desk();
        let lines = |desk: &Desk| {
            let count = "SELECT count(*) FROM audit_entries WHERE verb = 'take_roll_call'";
            desk.store.reader().query_row(count, [], |row| row.get::<_, i64>(0)).expect("counts")
        };
        take_nothing(&desk, true);
        for _ in 0..3 {
            take_roll_call::take_roll_call(&mut desk, &Actor::Operator).expect("taken");
        }
        assert_eq!(lines(&desk), 0);
        take_nothing(&desk, false);
        desk.note_time().expect("noted");
        assert_eq!(lines(&desk), 3);
        desk.note_time().expect("noted");
        assert_eq!(lines(&desk), 3, "once");
    }
}
