//! `velkommen demo`: the kiosk on a throw-away folder that is furnished with people nobody is.

use std::fs::{DirBuilder, DirEntry, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use slint::ComponentHandle;

use super::AppError;
use chrono::{DateTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use crate::desk::change_settings::Settings;
use crate::desk::check_in::{CheckIn, Source, check_in};
use crate::desk::clock::{SystemClock, build_date};
use crate::desk::import_hosts::{HostRow, import_hosts};
use crate::desk::import_participants::{BadRows, Run, import_participants};
use crate::desk::issue_tickets::{IssuedTicket, Wanted, issue_tickets};
use crate::desk::open_event::{OpenEvent, OpenEventOutcome, open_event};
use crate::desk::set_up::{SetUp, set_up};
use crate::desk::sign_in::{HostChoice, SignIn, sign_in};
use crate::desk::{Desk, Folder, SecretCost, standard_profile};
use crate::documents::ticket::{self, Ticket};
use crate::documents::{host_file, participant_file, qr};
use crate::domain::access::Actor;
use crate::domain::check_in::Direction;
use crate::domain::clock::Clock;
use crate::domain::config::{Config, Printer};
use crate::domain::event::{EntryRule, PhotoMode};
use crate::domain::ids::EventId;
use crate::domain::language::Language;
use crate::gui::window::UnlockAdapter;

/// Who unlocks the demo.
pub const STAFF_NAME: &str = "Bo Skov";
pub const STAFF_PIN: &str = "246810";

/// A folder that is gone with its owner.
pub struct ThrowAway {
    path: PathBuf,
    _alive: File,
}

/// How the folders begin.
const PREFIX: &str = "velkommen-demo-";

impl ThrowAway {
    pub fn new() -> Result<ThrowAway, AppError> {
        ThrowAway::within(&std::env::temp_dir())
    }

    /// A new folder in `place`, where those go whose owner was killed.
    pub fn within(place: &Path) -> Result<ThrowAway, AppError> {
        remove_left_over(place);
        let path = place.join(format!("{PREFIX}{}", uuid::Uuid::new_v4()));
        DirBuilder::new().mode(0o700).create(&path)?;
        let alive = File::create(path.join(ALIVE))?;
        alive.lock()?;
        Ok(ThrowAway { path, _alive: alive })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, "the demo's folder could not be removed");
        }
    }
}

/// The file that a folder's owner keeps locked as long as it lives.
const ALIVE: &str = "alive";

fn remove_left_over(place: &Path) {
    let ours = |entry: &DirEntry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten().filter(ours) {
        let is_dead = File::open(entry.path().join(ALIVE)).is_ok_and(|alive| alive.try_lock().is_ok());
        if is_dead && let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(%error, "the folder of a demo that was killed could not be removed");
        }
    }
}

pub(super) fn open() -> Result<(), AppError> {
    super::end_on_signals()?;
    let place = ThrowAway::new()?;
    let clock = Arc::new(SystemClock);
    let mut desk = bare(place.path(), clock.clone())?;
    furnish(&mut desk)?;
    for visitor in &VISITORS[..4] {
        arrive(&mut desk, visitor)?;
    }
    let now = clock.read().wall.with_timezone(&desk.config().zone);
    let event = hold_event(&mut desk, now)?;
    let tickets = tickets(&mut desk, event)?;
    for code in &imported_codes()[EARLY..] {
        enter(&mut desk, event, code)?;
    }
    let papers = place.path().join("papers");
    write_tickets(&desk, now, &tickets, &papers.join("tickets"))?;
    // The first of the list is among those who are still to come.
    let ticket = tickets.first().ok_or_else(|| AppError::Walk("the demo has no tickets".into()))?;
    let picture = papers.join("tickets").join(format!("{}.png", ticket.name));
    writeln!(
        std::io::stdout(),
        "{}\nTry first: touch Check in, and hold this ticket of {} before the camera, or type {}. As a picture: {}\n\
         Staff: {STAFF_NAME}, PIN {STAFF_PIN}. What the demo prints is in {}, and all of it goes when it ends.",
        qr::blocks(ticket.code.as_str()).expect("a ticket of our own"),
        ticket.name,
        ticket.short_code.shown(),
        picture.display(),
        papers.display(),
    )?;
    super::show(desk, clock, |kiosk| {
        let unlock = kiosk.window.global::<UnlockAdapter>();
        unlock.set_demo_name(STAFF_NAME.into());
        unlock.set_demo_pin(STAFF_PIN.into());
    })?;
    Ok(())
}

/// A new desk in a window, whose papers become files.
pub fn bare(place: &Path, clock: Arc<dyn Clock>) -> Result<Desk, AppError> {
    let config = Config { kiosk: false, printer: Some(Printer::Folder(place.join("papers"))), ..Config::default() };
    let profile = standard_profile().replacen("cctv = false", "cctv = true", 1);
    let build = clock.read().wall.date_naive().min(build_date());
    let desk = Desk::init(Folder::at(place.join("desk")), &profile, &config, clock, build)?;
    Ok(desk.with_secret_cost(SecretCost::CHEAP))
}

/// Gives a bare desk its organisation, its first person and its hosts.
pub fn furnish(desk: &mut Desk) -> Result<(), AppError> {
    let settings = Settings {
        organisation: "Lærkehøj".to_owned(),
        address: "Markvej 1, 8000 Aarhus C".to_owned(),
        contact: "privatliv@example.org".to_owned(),
        closes_at: "18:00".to_owned(),
    };
    set_up(desk, &Actor::Public, &SetUp { settings, name: STAFF_NAME.to_owned(), secret: STAFF_PIN.to_owned() })?;
    let hosts = host_file::read_hosts(include_bytes!("../../assets/demo/hosts.csv")).expect("the demo's own file");
    let hosts: Vec<_> = hosts
        .into_iter()
        .map(|host| HostRow { name: host.name, department: host.department.unwrap_or_default(), email: host.email.unwrap_or_default() })
        .collect();
    import_hosts(desk, &Actor::Operator, &hosts)?;
    Ok(())
}

/// Name, company, title, host.
pub const VISITORS: [[&str; 4]; 8] = [
    ["Ole Løkkegaard", "Køkkenhuset", "", "Zoë Kirkegård"],
    ["Birthe Nørskov", "Køkkenhuset", "Køkkenchef", "Zoë Kirkegård"],
    ["Yusuf Özdemir", "Byens Elevatorer", "Tekniker", "Karen Kærsgård"],
    ["Karla Bøjesen", "", "", "Reception"],
    ["Håkon Åsnes", "Fjellheim AS", "", "Sanne Smedekær"],
    ["Ingrid Sørbø", "Fjellheim AS", "Direktør", "Sanne Smedekær"],
    ["Søren Kjær Østergård", "Vadehavets Museum", "Konservator", "Karen Kærsgård"],
    ["Åse Brændgaard", "Ærø Data", "Udvikler", "Mikkel Kærulff Ågård"],
];

/// One of the demo's visitors signs in.
pub fn arrive(desk: &mut Desk, [name, company, title, host]: &[&str; 4]) -> Result<(), AppError> {
    let input = SignIn {
        name: (*name).to_owned(),
        company: (*company).to_owned(),
        title: (*title).to_owned(),
        host: HostChoice::Typed((*host).to_owned()),
        note: String::new(),
        language: Language::Da,
    };
    sign_in(desk, &Actor::Public, &input)?;
    Ok(())
}

/// What the demo's event is called.
pub const EVENT: &str = "Sikkerhed i skyen 2026";

/// An event at the full hour of `now`, with forty participants.
pub fn hold_event(desk: &mut Desk, now: DateTime<Tz>) -> Result<EventId, AppError> {
    let starts = now.naive_local().date().and_hms_opt(now.hour(), 0, 0).expect("a full hour");
    let moment = |at: chrono::NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
    let input = OpenEvent {
        name: EVENT.to_owned(),
        venue: "Store sal".to_owned(),
        starts: moment(starts + TimeDelta::hours(1)),
        ends: moment(starts + TimeDelta::hours(8)),
        photos: PhotoMode::Consent,
        walk_ins: true,
        entry: EntryRule::Single,
    };
    let OpenEventOutcome::Opened(event) = open_event(desk, &Actor::Operator, &input)? else {
        return Err(AppError::Walk("the demo's event was refused".into()));
    };
    let table = participant_file::read(include_bytes!("../../assets/demo/participants.csv"), &[]).expect("the demo's own file");
    import_participants(desk, &Actor::Operator, event, table, BadRows::Refuse, Run::Real)?;
    Ok(event)
}

/// The tickets of the demo's participants, in the order of the list.
pub fn tickets(desk: &mut Desk, event: EventId) -> Result<Vec<IssuedTicket>, AppError> {
    Ok(issue_tickets(desk, &Actor::Operator, event, Wanted::Everybody)?.unwrap_or_default())
}

/// From here on the demo's participants come early; those before are still to come.
pub const EARLY: usize = 30;

/// What stands in the QR codes that the demo's participants got elsewhere.
pub fn imported_codes() -> Vec<&'static str> {
    let rows = include_str!("../../assets/demo/participants.csv").lines().skip(1);
    rows.filter_map(|row| row.split(';').nth(3)).collect()
}

/// One of the demo's participants enters.
pub fn enter(desk: &mut Desk, event: EventId, code: &str) -> Result<(), AppError> {
    let input = CheckIn { code: code.to_owned(), source: Source::Scanned, event: Some(event), list: None, direction: Direction::Entry };
    check_in(desk, &Actor::Public, &input)?;
    Ok(())
}

/// Pictures of the tickets' codes, to scan from a screen or from paper.
fn write_tickets(desk: &Desk, now: DateTime<Tz>, tickets: &[IssuedTicket], dir: &Path) -> Result<(), AppError> {
    std::fs::create_dir_all(dir)?;
    for issued in tickets {
        let paper = Ticket {
            organisation: desk.profile().controller.name.clone(),
            event: EVENT.to_owned(),
            venue: None,
            starts_at: now,
            ends_at: now,
            name: issued.name.clone(),
            title: issued.title.clone(),
            company: issued.company.clone(),
            code: issued.code.as_str().to_owned(),
            short_code: issued.short_code.as_str().to_owned(),
        };
        let png = ticket::render_png(&paper).expect("a ticket of our own");
        std::fs::write(dir.join(format!("{}.png", issued.name)), png)?;
    }
    Ok(())
}
