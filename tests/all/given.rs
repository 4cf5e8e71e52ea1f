//! Builders: a furnished desk in a throw-away folder over a simulated clock.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use velkommen::desk::add_participant::{AddParticipant, AddParticipantOutcome, AddedParticipant, Way, add_participant};
use velkommen::desk::add_staff::{AddStaff, AddStaffOutcome, add_staff};
use velkommen::desk::change_settings::Settings;
use velkommen::desk::check_in::{CheckIn, CheckInOutcome, CheckedIn, Source, check_in};
use velkommen::desk::clock::SimulatedClock;
use velkommen::desk::import_hosts::{HostRow, import_hosts};
use velkommen::desk::import_participants::{BadRows, ImportOutcome, Imported, Run, import_participants};
use velkommen::desk::open_event::{OpenEvent, OpenEventOutcome, open_event};
use velkommen::desk::set_up::{SetUp, SetUpOutcome, set_up};
use velkommen::desk::sign_in::{HostChoice, SignIn, SignInOutcome, SignedIn, sign_in};
use velkommen::desk::{Desk, Folder, SecretCost, standard_profile};
use velkommen::documents::participant_file;
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::{Direction, Verdict};
use velkommen::domain::config::Config;
use velkommen::domain::event::{EntryRule, PhotoMode};
use velkommen::domain::ids::{EventId, StaffId};
use velkommen::domain::language::Language;
use velkommen::domain::participant_table::ParticipantTable;
use velkommen::domain::staff::Role;

/// Who set the desk up, with every role of a first person.
pub const STAFF_NAME: &str = "Karen Kærsgård";
pub const STAFF_PIN: &str = "482913";

/// A desk, its clock and its folder. The folder goes with `place`.
pub struct Given {
    pub desk: Desk,
    pub clock: Arc<SimulatedClock>,
    pub place: TempDir,
    /// Who set the desk up.
    pub first_staff: StaffId,
    /// The visits signed in by the builder, in order.
    pub visits: Vec<SignedIn>,
    /// The events opened by the builder, in order.
    pub events: Vec<EventId>,
    /// The participants added by the builder one by one, in order.
    pub participants: Vec<AddedParticipant>,
}

/// A desk with an organisation, its first member of staff and no visits, on Monday 2 March 2026 at 08:00 in Copenhagen.
pub fn given() -> Given {
    given_with(standard_profile())
}

/// As [`given`], under another profile.
pub fn given_with(profile: &str) -> Given {
    given_having(profile, &Config { kiosk: false, ..Config::default() })
}

/// As [`given_with`], with devices of its own.
pub fn given_having(profile: &str, config: &Config) -> Given {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(SimulatedClock::at(local("2026-03-02T08:00")));
    let folder = Folder::at(place.path().join("desk"));
    let desk = Desk::init(folder, profile, config, clock.clone(), build()).unwrap();
    let mut desk = desk.with_secret_cost(SecretCost::CHEAP);
    let settings = Settings {
        organisation: "Lærkehøj".to_owned(),
        address: "Markvej 1, 8000 Aarhus C".to_owned(),
        contact: "privatliv@example.org".to_owned(),
        closes_at: "18:00".to_owned(),
    };
    let input = SetUp { settings, name: STAFF_NAME.to_owned(), secret: STAFF_PIN.to_owned() };
    let SetUpOutcome::Done(first_staff) = set_up(&mut desk, &Actor::Public, &input).unwrap() else { panic!("set up") };
    Given { desk, clock, place, first_staff, visits: Vec::new(), events: Vec::new(), participants: Vec::new() }
}

/// The standard profile with some of its text replaced.
pub fn profile_with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(standard_profile().to_owned(), |profile, (from, to)| {
        assert!(profile.contains(from), "the profile has {from}");
        profile.replacen(from, to, 1)
    })
}

/// The build date that tests run under.
pub fn build() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
}

/// `YYYY-MM-DDTHH:MM`, `:SS` and `.mmm` where wanted, in Copenhagen; the first of two.
pub fn local(text: &str) -> DateTime<Utc> {
    let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    let local: NaiveDateTime = text.parse().unwrap();
    local.and_local_timezone(chrono_tz::Europe::Copenhagen).earliest().unwrap().to_utc()
}

/// Somebody with a name and nothing else.
pub fn visitor(name: &str) -> SignIn {
    SignIn {
        name: name.to_owned(),
        company: String::new(),
        title: String::new(),
        host: HostChoice::Nobody,
        note: String::new(),
        language: Language::Da,
    }
}

/// An event on Monday 2 March 2026 from 9 to 16, with single entry, that asks for consent to pictures.
pub fn seminar(name: &str) -> OpenEvent {
    OpenEvent {
        name: name.to_owned(),
        venue: "Hall 2".to_owned(),
        starts: "2026-03-02T09:00".to_owned(),
        ends: "2026-03-02T16:00".to_owned(),
        photos: PhotoMode::Consent,
        walk_ins: false,
        entry: EntryRule::Single,
    }
}

/// Somebody with a name and nothing else, for an event.
pub fn registered(event: EventId, name: &str) -> AddParticipant {
    let nothing = String::new;
    AddParticipant {
        event,
        name: name.to_owned(),
        title: nothing(),
        company: nothing(),
        ticket_type: nothing(),
        table: nothing(),
        room: nothing(),
    }
}

/// A file of participants, as another system wrote it.
pub fn participant_table(text: &str) -> ParticipantTable {
    participant_file::read(text.as_bytes(), &[]).unwrap()
}

/// A member of staff with these roles who is in no table.
pub fn someone(roles: &[Role]) -> Actor {
    Actor::Staff { id: StaffId::random(), roles: BTreeSet::from_iter(roles.iter().copied()) }
}

impl Given {
    /// Time passes until a local moment, the mark following as it does at a running kiosk.
    pub fn at(self, moment: &str) -> Given {
        self.at_instant(local(moment))
    }

    pub fn at_instant(mut self, until: DateTime<Utc>) -> Given {
        self.go_to(until);
        self
    }

    /// As [`Given::at`], for a test in the middle of things.
    pub fn go_to(&mut self, until: DateTime<Utc>) {
        loop {
            let left = until - self.now();
            assert!(left >= TimeDelta::zero(), "time does not go back");
            self.clock.advance(left.min(TimeDelta::days(300)));
            assert_eq!(self.desk.note_time().unwrap().doubt, None);
            if left <= TimeDelta::days(300) {
                break;
            }
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        velkommen::domain::clock::Clock::read(&*self.clock).wall
    }

    /// Somebody signs in at the touch screen.
    pub fn visit(self, name: &str) -> Given {
        self.visit_of(&visitor(name))
    }

    pub fn visit_of(mut self, input: &SignIn) -> Given {
        let visit = self.sign_in(input);
        self.visits.push(visit);
        self
    }

    /// Somebody signs in at the touch screen, without a complaint.
    pub fn sign_in(&mut self, input: &SignIn) -> SignedIn {
        match sign_in(&mut self.desk, &Actor::Public, input).unwrap() {
            SignInOutcome::SignedIn(signed_in) => signed_in,
            SignInOutcome::Refused(faults) => panic!("refused: {faults:?}"),
        }
    }

    /// An event on 2 March 2026 from 9 to 16.
    pub fn event(self, name: &str) -> Given {
        self.event_of(&seminar(name))
    }

    pub fn event_of(mut self, input: &OpenEvent) -> Given {
        match open_event(&mut self.desk, &Actor::Operator, input).unwrap() {
            OpenEventOutcome::Opened(event) => self.events.push(event),
            OpenEventOutcome::Refused(faults) => panic!("refused: {faults:?}"),
        }
        self
    }

    /// The event opened last.
    pub fn last_event(&self) -> EventId {
        *self.events.last().expect("an event")
    }

    /// Somebody registered for the last event.
    pub fn participant(self, name: &str) -> Given {
        let input = registered(self.last_event(), name);
        self.participant_of(&input)
    }

    pub fn participant_of(mut self, input: &AddParticipant) -> Given {
        match add_participant(&mut self.desk, &Actor::Operator, input, Way::ByStaff).unwrap() {
            AddParticipantOutcome::Added(added) => self.participants.push(added),
            outcome => panic!("{outcome:?}"),
        }
        self
    }

    /// The ticket of the participant added last.
    pub fn ticket(&self) -> String {
        self.participants.last().expect("a participant").ticket.as_str().to_owned()
    }

    /// The last participant enters with their ticket.
    pub fn checked_in_at(mut self, moment: &str) -> Given {
        self.go_to(local(moment));
        let ticket = self.ticket();
        assert_eq!(self.scan(&ticket).verdict, Verdict::Entered);
        self
    }

    /// A code is scanned at the door of the last event.
    pub fn scan(&mut self, code: &str) -> CheckedIn {
        let input = scanned(self.last_event(), code);
        self.read(&Actor::Public, &input)
    }

    pub fn read(&mut self, by: &Actor, input: &CheckIn) -> CheckedIn {
        match check_in(&mut self.desk, by, input).unwrap() {
            CheckInOutcome::Judged(judged) => judged,
            CheckInOutcome::NoEvent => panic!("no such event"),
        }
    }

    /// Everybody in a file comes to the last event.
    pub fn import(&mut self, text: &str) -> Imported {
        let event = self.last_event();
        match import_participants(&mut self.desk, &Actor::Operator, event, participant_table(text), BadRows::Refuse, Run::Real).unwrap() {
            ImportOutcome::Imported(imported) => imported,
            outcome => panic!("{outcome:?}"),
        }
    }

    /// The host directory is these names and nobody else.
    pub fn hosts(mut self, names: &[&str]) -> Given {
        let rows: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(number, name)| HostRow { name: (*name).to_owned(), department: format!("Team {number}"), email: String::new() })
            .collect();
        import_hosts(&mut self.desk, &Actor::Operator, &rows).unwrap();
        self
    }

    /// Somebody more can unlock.
    pub fn staff(mut self, name: &str, secret: &str, roles: &[Role]) -> Given {
        let input = AddStaff { name: name.to_owned(), secret: secret.to_owned(), roles: roles.iter().copied().collect() };
        let outcome = add_staff(&mut self.desk, &Actor::Operator, &input).unwrap();
        assert!(matches!(outcome, AddStaffOutcome::Added(_)), "{outcome:?}");
        self
    }

    /// Who set the desk up, unlocked.
    pub fn first(&self) -> Actor {
        Actor::Staff { id: self.first_staff, roles: BTreeSet::from(Role::FIRST) }
    }

    pub fn folder(&self) -> Folder {
        self.desk.folder().clone()
    }

    /// A second desk on the same folder and clock, as a command beside a kiosk is.
    pub fn another_desk(&self) -> Desk {
        open(self.folder(), self.clock.clone())
    }

    /// The program ends and starts again.
    pub fn reopened(self) -> Given {
        let desk = self.another_desk();
        Given { desk, ..self }
    }

    /// The file itself, past every rule of the desk.
    pub fn raw(&self) -> Connection {
        let folder = self.folder();
        raw(folder.database(), folder.key_file())
    }

    /// The first column of every row, as text.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let raw = self.raw();
        let mut statement = raw.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            Ok(match row.get::<_, rusqlite::types::Value>(0)? {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.raw().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// A code at the entry of an event.
pub fn scanned(event: EventId, code: &str) -> CheckIn {
    CheckIn { code: code.to_owned(), source: Source::Scanned, event: Some(event), list: None, direction: Direction::Entry }
}

/// Opens the desk of a folder, on whatever thread.
pub fn open(folder: Folder, clock: Arc<SimulatedClock>) -> Desk {
    Desk::open(folder, clock, build()).unwrap().with_secret_cost(SecretCost::CHEAP)
}

/// Opens an encrypted file with the key of a folder and nothing else set.
pub fn raw(database: PathBuf, key_file: PathBuf) -> Connection {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let key = std::fs::read_to_string(key_file).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.trim())).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}
