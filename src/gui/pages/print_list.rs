//! Staff, the participant list: printed or saved, with name, title and company and nothing else.

use std::path::Path;
use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, EventSheet, HandOut, ListFormat};

use crate::desk::participant_list::{ListInTheMaking, Use};
use crate::devices::files;
use crate::documents::dates;
use crate::documents::participant_list::{self as paper, Dialect};
use crate::documents::words::Words;
use crate::domain::participant_list::ParticipantList;
use crate::gui::ask::{Message, Paper};
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::open_event::{close_sheet, event_of, turn_to};

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::PrintListAdapter>();
    kiosk.window.global::<ui::EventAdapter>().on_open_print(kiosk.calls(open));
    sheet.on_print(kiosk.calls(print));
    sheet.on_save(kiosk.calls(save));
    sheet.on_close(kiosk.calls(close_sheet));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::PrintListAdapter>();
    sheet.set_state(HandOut::None);
    sheet.set_format(ListFormat::Pdf);
    for empty in [
        ui::PrintListAdapter::set_event,
        ui::PrintListAdapter::set_folder,
        ui::PrintListAdapter::set_destroy_by,
        ui::PrintListAdapter::set_went_to,
    ] {
        empty(&sheet, SharedString::new());
    }
    sheet.set_count(0);
    sheet.set_unprintable_count(0);
    sheet.set_trouble(ui::Trouble::None);
}

/// Looks at what would be on the list, and opens the sheet.
fn open(kiosk: &Rc<Kiosk>) {
    close_sheet(kiosk);
    let Some(event) = event_of(kiosk) else { return };
    kiosk.ask_long(ListInTheMaking::new(kiosk.actor(), event, Use::LookAt), |kiosk, list| match list {
        Ok(Some(list)) => look_at(kiosk, list),
        Ok(None) => kiosk.go(ui::Page::Events),
        Err(error) => kiosk.window.global::<ui::EventAdapter>().set_trouble(trouble(&error)),
    });
}

/// Looks for letters that no paper here can show, and for the folder, while the window and the desk go on.
fn look_at(kiosk: &Rc<Kiosk>, list: ParticipantList) {
    let looks = move || {
        let unprintable = paper::missing_scripts(&list).iter().map(|missing| missing.entries).sum::<usize>();
        let folder = files::own_folder().map(|folder| folder.display().to_string()).unwrap_or_default();
        (unprintable, folder, list)
    };
    let show = kiosk.in_this_session(|kiosk: &Rc<Kiosk>, (unprintable, folder, list): (usize, String, ParticipantList)| {
        let sheet = kiosk.window.global::<ui::PrintListAdapter>();
        let language = kiosk.language();
        sheet.set_event(list.event.as_str().into());
        sheet.set_count(list.entries.len() as i32);
        sheet.set_has_printer(kiosk.prints("list"));
        sheet.set_folder(folder.into());
        sheet.set_destroy_by(dates::date_and_time(&list.destroy_by, language).into());
        sheet.set_unprintable_count(unprintable as i32);
        turn_to(kiosk, EventSheet::Print);
    });
    if !kiosk.desk.ask_aside(looks, show) {
        kiosk.window.global::<ui::EventAdapter>().set_trouble(ui::Trouble::CannotSave);
    }
}

/// Takes the list as one that is handed out, and hands it to `then`.
fn hand_out(kiosk: &Rc<Kiosk>, format: &'static str, then: impl FnOnce(&Rc<Kiosk>, ParticipantList) + 'static) {
    kiosk.note_activity();
    let sheet = kiosk.window.global::<ui::PrintListAdapter>();
    let Some(event) = event_of(kiosk).filter(|_| sheet.get_state() != HandOut::Busy) else { return };
    sheet.set_state(HandOut::Busy);
    sheet.set_trouble(ui::Trouble::None);
    kiosk.ask_long(ListInTheMaking::new(kiosk.actor(), event, Use::HandOut(format)), |kiosk, list| match list {
        Ok(Some(list)) => then(kiosk, list),
        Ok(None) => kiosk.go(ui::Page::Events),
        Err(error) => {
            let sheet = kiosk.window.global::<ui::PrintListAdapter>();
            sheet.set_state(HandOut::None);
            sheet.set_trouble(trouble(&error));
        }
    });
}

fn print(kiosk: &Rc<Kiosk>) {
    let Some(printer) = kiosk.devices().printer else {
        return kiosk.window.global::<ui::PrintListAdapter>().set_state(HandOut::Failed);
    };
    let (post, language) = (kiosk.desk.post(), kiosk.language());
    hand_out(kiosk, "print", move |kiosk, list| {
        kiosk.window.global::<ui::PrintListAdapter>().set_went_to(printer.place_of("list").into());
        printer.print_later(
            "list",
            Box::new(move || paper::render_pdf(&list, language).map_err(|error| error.to_string())),
            Box::new(move |printed| post.send(Message::Printed { paper: Paper::List, succeeded: printed.is_ok() })),
        );
    });
}

/// Makes the file on a thread of its own: ten thousand people take a while.
fn save(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::PrintListAdapter>();
    let (format, ending) = match sheet.get_format() {
        ListFormat::Pdf => (ListFormat::Pdf, "pdf"),
        ListFormat::Csv => (ListFormat::Csv, "csv"),
    };
    let language = kiosk.language();
    hand_out(kiosk, ending, move |kiosk, list| {
        let sheet = kiosk.window.global::<ui::PrintListAdapter>();
        let name = Words::of(language).say("file name", "participants");
        // Two events of one day are two files.
        let event = file_word(list.event.as_str());
        let name = format!("{name}-{event}-{}-{}.{ending}", list.printed_at.format("%Y-%m-%d"), list.run);
        // Two events of one name and day are two files too.
        let path = crate::files::free(&Path::new(sheet.get_folder().as_str()).join(name));
        sheet.set_went_to(path.display().to_string().into());
        let saves = kiosk.desk.post().aside(move || {
            let bytes = match format {
                ListFormat::Pdf => paper::render_pdf(&list, language).map_err(|error| error.to_string()),
                ListFormat::Csv => Ok(paper::render_csv(&list, language, Dialect::Semicolon)),
            };
            let saved = bytes.and_then(|bytes| write(&path, &bytes).map_err(|error| error.to_string()));
            if let Err(error) = &saved {
                tracing::warn!(error, "the list was not saved");
            }
            Message::Printed { paper: Paper::List, succeeded: saved.is_ok() }
        });
        if !saves {
            printed(kiosk, false);
        }
    });
}

/// A name as a part of a file's name: its letters and digits, with hyphens between the words.
fn file_word(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(40).collect()
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // Made when it is not there any more.
    files::own_folder()?;
    crate::files::write_private(path, bytes)
}

/// The list is out, or it is not.
pub fn printed(kiosk: &Rc<Kiosk>, succeeded: bool) {
    let sheet = kiosk.window.global::<ui::PrintListAdapter>();
    if sheet.get_state() != HandOut::Busy {
        return;
    }
    let is_at_printer = kiosk.devices().printer.as_ref().is_some_and(|printer| sheet.get_went_to() == printer.place_of("list").as_str());
    sheet.set_state(match (succeeded, is_at_printer) {
        (false, _) => HandOut::Failed,
        (true, true) => HandOut::Printed,
        (true, false) => HandOut::Saved,
    });
}
