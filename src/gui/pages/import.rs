//! Staff, import: which file, what it says, how far it is, what came of it.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, EventSheet, FileFault, ImportField, ImportStep};

use crate::desk::import_participants::{BadRows, Import, ImportOutcome, Imported, Run};
use crate::devices::files::{self, FoundFile};
use crate::documents::participant_file::{self, FileField, Headers, ParticipantFileFault};
use crate::domain::participant::{BadRow, Field, RowFault};
use crate::domain::participant_table::ParticipantTable;
use crate::domain::text::TextFault;
use crate::gui::ask::Importing;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::open_event::{close_sheet, event_of, turn_to};

/// Most rows of a table shown on the sheet.
const BAD_ROWS_MAX: usize = 50;
const PEOPLE_MAX: usize = 5;

/// A file on its way into an event.
#[derive(Default)]
struct OpenFile {
    /// Tells the answer to this opening of the sheet from that to an earlier one.
    opening: u64,
    files: Vec<FoundFile>,
    table: Option<Arc<ParticipantTable>>,
    running: Option<Running>,
}

/// The import under way.
struct Running {
    ticket: u64,
    run: Run,
    /// Set to stop it.
    stop: Arc<AtomicBool>,
}

type Read = Result<(ParticipantTable, Headers), ParticipantFileFault>;

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::EventAdapter>().on_open_import(kiosk.calls(open));
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    sheet.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        kiosk.window.global::<ui::ImportAdapter>().set_fault(FileFault::None);
    }));
    sheet.on_choose(kiosk.calls_with(|kiosk, key: SharedString| {
        let open = kiosk.session::<OpenFile>();
        let path = open.borrow().files.iter().map(|file| &file.path).find(|path| path.to_string_lossy() == key.as_str()).cloned();
        if let Some(path) = path {
            kiosk.window.global::<ui::ImportAdapter>().set_path(path.display().to_string().into());
            read(kiosk, path);
        }
    }));
    sheet.on_read(kiosk.calls(|kiosk| {
        let path = kiosk.window.global::<ui::ImportAdapter>().get_path();
        match path.trim() {
            "" => kiosk.window.global::<ui::ImportAdapter>().set_fault(FileFault::Missing),
            path => read(kiosk, PathBuf::from(path)),
        }
    }));
    sheet.on_start(kiosk.calls(|kiosk| start(kiosk, Run::Real)));
    sheet.on_stop(kiosk.calls(stop));
    sheet.on_back(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        kiosk.session::<OpenFile>().borrow_mut().table = None;
        kiosk.window.global::<ui::ImportAdapter>().set_step(ImportStep::Choose);
    }));
    sheet.on_close(kiosk.calls(close_sheet));
}

/// Forgets the file, and stops an import that is under way.
fn reset(kiosk: &Rc<Kiosk>) {
    stop(kiosk);
    let open = kiosk.session::<OpenFile>();
    let opening = open.borrow().opening + 1;
    open.replace(OpenFile { opening, ..OpenFile::default() });
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    sheet.set_step(ImportStep::Choose);
    sheet.set_path(SharedString::new());
    sheet.set_file_name(SharedString::new());
    sheet.set_fault(FileFault::None);
    sheet.set_files(ModelRc::default());
    sheet.set_looking(false);
    sheet.set_columns(ModelRc::default());
    sheet.set_dropped(ModelRc::default());
    sheet.set_people(ModelRc::default());
    sheet.set_bad_rows(ModelRc::default());
    for zero in [
        ui::ImportAdapter::set_bad_count,
        ui::ImportAdapter::set_added,
        ui::ImportAdapter::set_changed,
        ui::ImportAdapter::set_unchanged,
        ui::ImportAdapter::set_cancelled,
        ui::ImportAdapter::set_done,
        ui::ImportAdapter::set_of,
    ] {
        zero(&sheet, 0);
    }
    sheet.set_skip_bad(false);
    sheet.set_busy(false);
    sheet.set_trouble(ui::Trouble::None);
}

fn open(kiosk: &Rc<Kiosk>) {
    close_sheet(kiosk);
    turn_to(kiosk, EventSheet::Import);
    // A stick may take its time.
    let looks = kiosk.desk.ask_aside(files::list_csv, kiosk.in_this_session(at_this_opening(kiosk, show_files)));
    kiosk.window.global::<ui::ImportAdapter>().set_looking(looks);
}

/// Does this with an answer unless the sheet was closed meanwhile.
fn at_this_opening<T>(kiosk: &Kiosk, then: impl FnOnce(&Rc<Kiosk>, T) + 'static) -> impl FnOnce(&Rc<Kiosk>, T) + 'static {
    let opening = kiosk.session::<OpenFile>().borrow().opening;
    move |kiosk, answer| {
        if kiosk.session::<OpenFile>().borrow().opening == opening {
            then(kiosk, answer);
        }
    }
}

/// What somebody may want to import.
fn show_files(kiosk: &Rc<Kiosk>, files: Vec<FoundFile>) {
    let rows = files.iter().map(|file| ui::FileRow {
        key: file.path.to_string_lossy().as_ref().into(),
        name: name_of(&file.path).into(),
        folder: file.path.parent().map(name_of).unwrap_or_default().into(),
        changed: kiosk.moment(DateTime::<Utc>::from(file.changed)).into(),
    });
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    sheet.set_files(ModelRc::new(rows.collect::<VecModel<_>>()));
    sheet.set_looking(false);
    kiosk.session::<OpenFile>().borrow_mut().files = files;
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Reads a file on a thread of its own: the desk serves others meanwhile.
fn read(kiosk: &Rc<Kiosk>, path: PathBuf) {
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    if sheet.get_busy() {
        return;
    }
    sheet.set_busy(true);
    sheet.set_fault(FileFault::None);
    sheet.set_file_name(name_of(&path).into());
    let load = move || std::panic::catch_unwind(|| load(&path)).unwrap_or(Err(ParticipantFileFault::NotText));
    if !kiosk.desk.ask_aside(load, kiosk.in_this_session(at_this_opening(kiosk, show_file))) {
        sheet.set_busy(false);
        sheet.set_fault(FileFault::Unreadable);
    }
}

fn load(path: &Path) -> Read {
    participant_file::read_with_headers(&participant_file::load(path)?)
}

/// What a file says, or why it was not read.
fn show_file(kiosk: &Rc<Kiosk>, read: Read) {
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    sheet.set_busy(false);
    match read {
        Ok((table, columns)) => {
            show_table(kiosk, &table, &columns);
            kiosk.session::<OpenFile>().borrow_mut().table = Some(table.into());
            start(kiosk, Run::Dry);
        }
        Err(fault) => {
            let (fault, line, field) = fault_out(fault);
            sheet.set_fault_line(line);
            sheet.set_fault_field(field);
            sheet.set_fault(fault);
        }
    }
}

fn show_table(kiosk: &Rc<Kiosk>, table: &ParticipantTable, columns: &[(String, FileField)]) {
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    // An order or half of a name may be known for what it is, and not be needed.
    let kept = columns.iter().filter(|(header, _)| !table.dropped_columns.contains(header));
    let columns = kept.map(|(header, field)| ui::ImportColumn { header: header.as_str().into(), field: field_out(*field) });
    sheet.set_columns(ModelRc::new(columns.collect::<VecModel<_>>()));
    sheet.set_dropped(ModelRc::new(table.dropped_columns.iter().map(|header| header.as_str().into()).collect::<VecModel<SharedString>>()));
    sheet.set_has_check_ins(table.has_check_ins);
    let people = table.rows.iter().take(PEOPLE_MAX).map(|row| ui::ImportPerson {
        name: row.name.as_str().into(),
        title: row.title.as_ref().map_or("", |text| text.as_str()).into(),
        company: row.company.as_ref().map_or("", |text| text.as_str()).into(),
        table: row.table.as_ref().map_or("", |text| text.as_str()).into(),
    });
    sheet.set_people(ModelRc::new(people.collect::<VecModel<_>>()));
    sheet.set_bad_rows(ModelRc::new(table.bad_rows.iter().take(BAD_ROWS_MAX).map(bad_row).collect::<VecModel<_>>()));
    sheet.set_bad_count(table.bad_rows.len() as i32);
}

/// Counts what an import would do, or does it.
fn start(kiosk: &Rc<Kiosk>, run: Run) {
    kiosk.note_activity();
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    let Some(event) = event_of(kiosk) else { return };
    let open = kiosk.session::<OpenFile>();
    let mut open = open.borrow_mut();
    let Some(table) = open.table.clone().filter(|_| open.running.is_none()) else { return };
    let bad_rows = if run == Run::Dry || sheet.get_skip_bad() { BadRows::Skip } else { BadRows::Refuse };
    sheet.set_trouble(ui::Trouble::None);
    sheet.set_done(0);
    sheet.set_of(table.rows.len() as i32);
    match run {
        Run::Dry => sheet.set_busy(true),
        Run::Real => sheet.set_step(ImportStep::Running),
    }
    let (by, stop) = (kiosk.actor(), Arc::new(AtomicBool::new(false)));
    let ticket = kiosk.desk.import(move |desk| Import::begin(desk, &by, event, table, bad_rows, run), stop.clone());
    open.running = Some(Running { ticket, run, stop });
}

fn stop(kiosk: &Rc<Kiosk>) {
    if let Some(running) = &kiosk.session::<OpenFile>().borrow().running {
        running.stop.store(true, Ordering::Relaxed);
    }
}

/// News of the import.
pub fn heard(kiosk: &Rc<Kiosk>, ticket: u64, news: Importing) {
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    let open = kiosk.session::<OpenFile>();
    let run = open.borrow().running.as_ref().filter(|running| running.ticket == ticket).map(|running| running.run);
    // Of an import whose sheet is closed; it was told to stop.
    let Some(run) = run else { return };
    if let Importing::Slice { done, of } = news {
        // Somebody who watches a long import is not locked out of it.
        kiosk.note_activity();
        sheet.set_done(done as i32);
        return sheet.set_of(of as i32);
    }
    open.borrow_mut().running = None;
    sheet.set_busy(false);
    match news {
        Importing::Slice { .. } => {}
        Importing::Ended(Ok(ImportOutcome::Imported(imported))) => {
            show_counts(kiosk, &imported);
            sheet.set_step(match run {
                Run::Dry => ImportStep::Preview,
                Run::Real => ImportStep::Done,
            });
            if run == Run::Real {
                kiosk.speak();
            }
        }
        Importing::Ended(Ok(ImportOutcome::Refused(imported))) => {
            show_counts(kiosk, &imported);
            sheet.set_step(ImportStep::Preview);
        }
        Importing::Ended(Ok(ImportOutcome::Stopped)) => sheet.set_step(ImportStep::Stopped),
        Importing::Ended(Ok(ImportOutcome::NoEvent)) => kiosk.go(ui::Page::Events),
        Importing::Ended(Ok(ImportOutcome::Busy)) => {
            sheet.set_fault(FileFault::OtherImport);
            sheet.set_step(ImportStep::Choose);
        }
        Importing::Ended(Err(error)) => {
            sheet.set_trouble(trouble(&error));
            sheet.set_step(if run == Run::Real { ImportStep::Preview } else { ImportStep::Choose });
        }
    }
}

fn show_counts(kiosk: &Rc<Kiosk>, imported: &Imported) {
    let sheet = kiosk.window.global::<ui::ImportAdapter>();
    sheet.set_added(imported.added as i32);
    sheet.set_changed(imported.changed as i32);
    sheet.set_unchanged(imported.unchanged as i32);
    sheet.set_cancelled(imported.cancelled as i32);
}

fn bad_row(bad: &BadRow) -> ui::BadRow {
    let (fault, first, field) = match bad.reason {
        RowFault::NoName => (ui::RowFault::NoName, 0, ImportField::Name),
        RowFault::DoubledCode { first } => (ui::RowFault::DoubledCode, first, ImportField::TicketCode),
        RowFault::Torn => (ui::RowFault::Torn, 0, ImportField::Name),
        RowFault::Cell(field, TextFault::Missing | TextFault::ControlCharacter) => (ui::RowFault::ControlCharacter, 0, cell_out(field)),
        RowFault::Cell(field, TextFault::TooLong { .. }) => (ui::RowFault::TooLong, 0, cell_out(field)),
        RowFault::Code => (ui::RowFault::Code, 0, ImportField::TicketCode),
    };
    ui::BadRow { line: bad.line as i32, fault, first: first as i32, field }
}

fn cell_out(field: Field) -> ImportField {
    match field {
        Field::Name => ImportField::Name,
        Field::SortName => ImportField::FamilyName,
        Field::Title => ImportField::Title,
        Field::Company => ImportField::Company,
        Field::TicketType => ImportField::TicketType,
        Field::Status => ImportField::Status,
        Field::Table => ImportField::Table,
        Field::Room => ImportField::Room,
    }
}

fn field_out(field: FileField) -> ImportField {
    match field {
        FileField::Name => ImportField::Name,
        FileField::GivenName => ImportField::GivenName,
        FileField::FamilyName => ImportField::FamilyName,
        FileField::Title => ImportField::Title,
        FileField::Company => ImportField::Company,
        FileField::TicketCode => ImportField::TicketCode,
        FileField::Order => ImportField::Order,
        FileField::Position => ImportField::Position,
        FileField::TicketType => ImportField::TicketType,
        FileField::Status => ImportField::Status,
        FileField::Paid => ImportField::Paid,
        FileField::Blocked => ImportField::Blocked,
        FileField::Table => ImportField::Table,
        FileField::Room => ImportField::Room,
    }
}

/// A fault, the line it points to, and the column.
fn fault_out(fault: ParticipantFileFault) -> (FileFault, i32, ImportField) {
    let plain = |fault| (fault, 0, ImportField::Name);
    match fault {
        ParticipantFileFault::NotThere => plain(FileFault::NotThere),
        ParticipantFileFault::Unreadable => plain(FileFault::Unreadable),
        ParticipantFileFault::TooLarge => plain(FileFault::TooLarge),
        ParticipantFileFault::ChangedWhileRead => plain(FileFault::Changed),
        ParticipantFileFault::NotText => plain(FileFault::NotText),
        ParticipantFileFault::BrokenUnicode => plain(FileFault::BrokenUnicode),
        ParticipantFileFault::Empty => plain(FileFault::Empty),
        ParticipantFileFault::NoNameColumn => plain(FileFault::NoNameColumn),
        ParticipantFileFault::TooManyColumns => plain(FileFault::TooManyColumns),
        ParticipantFileFault::TooManyRows => plain(FileFault::TooManyRows),
        ParticipantFileFault::CellTooLong { line } => (FileFault::CellTooLong, line as i32, ImportField::Name),
        ParticipantFileFault::NoSuchColumn(field) => (FileFault::NoSuchColumn, 0, field_out(field)),
        ParticipantFileFault::ColumnTwice(field) => (FileFault::ColumnTwice, 0, field_out(field)),
    }
}
