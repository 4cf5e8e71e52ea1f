//! `velkommen tour`: the kiosk walked through by its accessible names, leaving numbered pictures and the papers.

use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use slint::ComponentHandle;

use super::headless::Headless;
use super::{AppError, demo};
use crate::desk::clock::SimulatedClock;
use crate::domain::clock::Clock;
use crate::gui::ask::Message;
use crate::gui::window as ui;

/// A walk under way.
struct Tour {
    kiosk: Headless,
    dir: PathBuf,
    step: Cell<u32>,
}

pub(super) fn walk(dir: &Path) -> Result<(), AppError> {
    std::fs::create_dir_all(dir)?;
    let place = demo::ThrowAway::new()?;
    let clock = Arc::new(SimulatedClock::at("2026-03-12T07:30:00Z".parse().expect("a date")));
    let mut desk = demo::bare(place.path(), clock.clone())?;
    demo::furnish(&mut desk)?;
    for visitor in &demo::VISITORS[..5] {
        clock.advance(TimeDelta::minutes(14));
        demo::arrive(&mut desk, visitor)?;
    }
    let event = demo::hold_event(&mut desk, clock.read().wall.with_timezone(&chrono_tz::Europe::Copenhagen))?;
    for code in demo::imported_codes().into_iter().skip(demo::EARLY) {
        clock.advance(TimeDelta::minutes(1));
        demo::enter(&mut desk, event, code)?;
    }
    let tour = Tour { kiosk: Headless::open(desk, clock)?, dir: dir.to_owned(), step: Cell::new(0) };
    tour.choose_language("English")?;
    tour.a_visitor_signs_in_and_out()?;
    tour.keep(place.path(), "badge", "visitor-badge")?;
    tour.a_participant_checks_in()?;
    tour.keep(place.path(), "badge", "participant-badge")?;
    tour.reception_sees_who_is_here()?;
    tour.the_organiser_prints_the_list()?;
    tour.keep(place.path(), "roll-call", "roll-call")?;
    tour.keep(place.path(), "list", "participant-list")?;
    tour.time_passes_and_everything_is_erased()?;
    writeln!(std::io::stdout(), "{} pictures and 4 papers are in {}", tour.step.get(), dir.display())?;
    Ok(())
}

impl Tour {
    fn a_visitor_signs_in_and_out(&self) -> Result<(), AppError> {
        self.picture("home")?;
        self.press("Sign in")?;
        self.kiosk.type_text("Åse Brændgaard\tÆrø Data\tUdvikler");
        self.picture("who-are-you")?;
        self.press("Continue")?;
        self.kiosk.type_text("kær");
        self.picture("whom-do-you-visit")?;
        let matches = self.form().get_host_matches();
        let mikkel = slint::Model::iter(&matches)
            .find(|host| host.before == "Mikkel ")
            .ok_or_else(|| AppError::Walk("Mikkel is no match".into()))?;
        self.form().invoke_choose_host(mikkel.key);
        self.kiosk.settle();
        self.picture("what-we-keep")?;
        self.press("Sign in")?;
        self.kiosk.pass(3);
        self.picture("signed-in")?;
        let code = self.kiosk.window().global::<ui::SignedInAdapter>().get_code().replace(' ', "");
        // The page goes home by itself.
        self.kiosk.pass(20);
        self.expect(ui::Page::Home)?;
        self.kiosk.leap(TimeDelta::minutes(95));
        self.choose_language("English")?;
        self.kiosk.scan(&code);
        self.expect(ui::Page::SignedOut)?;
        self.picture("signed-out")?;
        self.press("Done")
    }

    /// A ticket of another system is scanned, the question about pictures answered, and the ticket scanned again.
    fn a_participant_checks_in(&self) -> Result<(), AppError> {
        let code = demo::imported_codes()[0];
        self.choose_language("English")?;
        self.press("Check in to today’s event")?;
        self.picture("check-in")?;
        self.kiosk.scan(code);
        self.expect(ui::Page::Welcome)?;
        self.picture("welcome")?;
        self.kiosk.window().global::<ui::PhotosAdapter>().invoke_answer(ui::PhotoAnswer::No);
        self.kiosk.settle();
        self.picture("no-pictures")?;
        self.kiosk.pass(21);
        self.expect(ui::Page::Home)?;
        self.kiosk.leap(TimeDelta::minutes(5));
        self.choose_language("English")?;
        self.kiosk.scan(code);
        self.expect(ui::Page::MyTicket)?;
        self.picture("my-ticket")?;
        self.press("Done")
    }

    fn the_organiser_prints_the_list(&self) -> Result<(), AppError> {
        self.unlock()?;
        self.kiosk.resize((1920, 1080));
        self.kiosk.window().global::<ui::StaffAdapter>().invoke_events();
        self.kiosk.settle();
        self.picture("events")?;
        let events = self.kiosk.window().global::<ui::EventsAdapter>();
        let event = slint::Model::row_data(&events.get_events(), 0).ok_or_else(|| AppError::Walk("there is no event".into()))?;
        events.invoke_open(event.key);
        self.kiosk.settle();
        self.picture("participants")?;
        self.kiosk.window().global::<ui::EventAdapter>().invoke_open_print();
        self.kiosk.settle();
        self.picture("print-or-save")?;
        self.kiosk.window().global::<ui::PrintListAdapter>().invoke_print();
        self.kiosk.settle();
        self.kiosk.wait(|message| matches!(message, Message::Printed { .. }));
        self.picture("list-printed")?;
        self.kiosk.window().global::<ui::StaffAdapter>().invoke_lock();
        self.kiosk.resize((1080, 1920));
        self.expect(ui::Page::Home)
    }

    /// Copies a paper to the pictures, before a sweep forgets it.
    fn keep(&self, place: &Path, paper: &str, name: &str) -> Result<(), AppError> {
        let from = place.join("papers").join(format!("{paper}.pdf"));
        // The printer has a thread of its own.
        for _ in 0..100 {
            if from.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        std::fs::rename(from, self.dir.join(format!("{name}.pdf"))).or_else(|_| {
            let from = place.join("papers").join(format!("{paper}.pdf"));
            std::fs::copy(&from, self.dir.join(format!("{name}.pdf"))).and_then(|_| std::fs::remove_file(from))
        })?;
        Ok(())
    }

    fn unlock(&self) -> Result<(), AppError> {
        self.choose_language("English")?;
        self.kiosk.window().global::<ui::HomeAdapter>().invoke_staff();
        let unlock = self.kiosk.window().global::<ui::UnlockAdapter>();
        unlock.set_name(demo::STAFF_NAME.into());
        unlock.set_secret(demo::STAFF_PIN.into());
        unlock.invoke_unlock();
        self.kiosk.settle();
        self.expect(ui::Page::Today)
    }

    fn reception_sees_who_is_here(&self) -> Result<(), AppError> {
        self.choose_language("English")?;
        self.kiosk.window().global::<ui::HomeAdapter>().invoke_staff();
        let unlock = self.kiosk.window().global::<ui::UnlockAdapter>();
        unlock.set_name(demo::STAFF_NAME.into());
        unlock.set_secret(demo::STAFF_PIN.into());
        self.picture("staff-unlock")?;
        unlock.invoke_unlock();
        self.kiosk.settle();
        self.kiosk.resize((1920, 1080));
        self.expect(ui::Page::Today)?;
        self.picture("today")?;
        self.press("Visits")?;
        self.picture("visits")?;
        self.kiosk.window().global::<ui::VisitsAdapter>().invoke_roll_call();
        self.kiosk.settle();
        let roll_call = self.kiosk.window().global::<ui::RollCallAdapter>();
        for person in slint::Model::iter(&roll_call.get_missing()).take(3) {
            roll_call.invoke_find(person.key);
        }
        let paper = self.kiosk.window().global::<ui::RollCallPaperAdapter>();
        self.kiosk.wait_until(|| paper.get_state() == ui::PrintState::Done);
        self.picture("roll-call")?;
        roll_call.invoke_end();
        self.kiosk.settle();
        roll_call.set_choice(ui::EndChoice::Drill);
        roll_call.invoke_end();
        self.kiosk.settle();
        self.expect(ui::Page::Today)?;
        self.kiosk.window().global::<ui::StaffAdapter>().invoke_lock();
        self.kiosk.resize((1080, 1920));
        self.expect(ui::Page::Home)
    }

    /// Thirty days later nothing of the visit is left.
    fn time_passes_and_everything_is_erased(&self) -> Result<(), AppError> {
        let is_there = |tour: &Tour| tour.holds("Brændgaard");
        if !is_there(self) {
            return Err(AppError::Walk("the visit is gone too early".into()));
        }
        self.kiosk.leap(TimeDelta::days(29));
        if !is_there(self) {
            return Err(AppError::Walk("the visit is gone too early".into()));
        }
        self.kiosk.clock.advance(TimeDelta::days(1));
        self.kiosk.pass(10);
        self.kiosk.wait(|message| matches!(message, Message::Swept(_)));
        if is_there(self) {
            return Err(AppError::Walk("the visit is still there".into()));
        }
        self.kiosk.kiosk.rest();
        self.choose_language("English")?;
        self.picture("thirty-days-later")?;
        self.twelve_months_pass_and_the_event_is_erased()
    }

    /// On the last day of the twelve months everybody is there; the day after nobody is.
    fn twelve_months_pass_and_the_event_is_erased(&self) -> Result<(), AppError> {
        let participant = "Aksel Brandt";
        let today = self.kiosk.kiosk.now().date_naive();
        let last_day = chrono::NaiveDate::from_ymd_opt(2027, 3, 12).expect("a day");
        // A desk that runs every day follows the clock.
        self.kiosk.leap(TimeDelta::days((last_day - today).num_days() / 2));
        self.kiosk.leap(TimeDelta::days((last_day - self.kiosk.kiosk.now().date_naive()).num_days()));
        if !self.holds(participant) {
            return Err(AppError::Walk("the participants are gone too early".into()));
        }
        self.kiosk.clock.advance(TimeDelta::days(1));
        self.kiosk.pass(10);
        self.kiosk.wait(|message| matches!(message, Message::Swept(_)));
        if self.holds(participant) {
            return Err(AppError::Walk("a participant is still there".into()));
        }
        Ok(())
    }

    /// Whether these bytes are in any decrypted page, free ones included.
    fn holds(&self, needle: &str) -> bool {
        let found = std::rc::Rc::new(Cell::new(false));
        let (needle, answer) = (needle.to_owned(), found.clone());
        self.kiosk.kiosk.ask(
            move |desk| desk.decrypted_pages().is_ok_and(|pages| memchr::memmem::find(&pages, needle.as_bytes()).is_some()),
            move |_, holds| answer.set(holds),
        );
        self.kiosk.settle();
        found.get()
    }

    fn form(&self) -> ui::SignInAdapter<'_> {
        self.kiosk.window().global::<ui::SignInAdapter>()
    }

    fn press(&self, label: &str) -> Result<(), AppError> {
        self.kiosk.press(label)
    }

    fn choose_language(&self, name: &str) -> Result<(), AppError> {
        self.kiosk.choose_language(name)
    }

    fn expect(&self, page: ui::Page) -> Result<(), AppError> {
        let open = self.kiosk.kiosk.page();
        if open == page { Ok(()) } else { Err(AppError::Walk(format!("{page:?} should be open, not {open:?}"))) }
    }

    fn picture(&self, name: &str) -> Result<(), AppError> {
        self.step.set(self.step.get() + 1);
        self.kiosk.picture(&self.dir.join(format!("{:02}-{name}.png", self.step.get())))
    }
}
