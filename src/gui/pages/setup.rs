//! Setup at the first start.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Fault, SetupStep};

use crate::desk::add_staff::StaffFault;
use crate::desk::change_settings::{Settings, SettingsFault};
use crate::desk::set_up::{SetUp, SetUpOutcome, check_settings, set_up};
use crate::domain::access::Actor;
use crate::gui::faults::{SettingsFaults, secret_fault, staff_name_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SetupAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[], &[], Fault::None);
    }));
    page.on_next(kiosk.calls(|kiosk| {
        let faults = check_settings(&input(kiosk).settings);
        complain(kiosk, &faults, &[], Fault::None);
        if faults.is_empty() {
            open_step(kiosk, SetupStep::Person);
        }
    }));
    page.on_back(kiosk.calls(|kiosk| open_step(kiosk, SetupStep::Organisation)));
    page.on_finish(kiosk.calls(finish));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SetupAdapter>();
    for empty in [
        ui::SetupAdapter::set_organisation,
        ui::SetupAdapter::set_address,
        ui::SetupAdapter::set_contact,
        ui::SetupAdapter::set_name,
        ui::SetupAdapter::set_secret,
        ui::SetupAdapter::set_secret_again,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_closes_at(kiosk.facts.borrow().config.closes_at.format("%H:%M").to_string().into());
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    complain(kiosk, &[], &[], Fault::None);
    page.set_step(SetupStep::Organisation);
}

fn open_step(kiosk: &Rc<Kiosk>, step: SetupStep) {
    kiosk.note_activity();
    kiosk.window.global::<ui::SetupAdapter>().set_step(step);
}

fn input(kiosk: &Kiosk) -> SetUp {
    let page = kiosk.window.global::<ui::SetupAdapter>();
    SetUp {
        settings: Settings {
            organisation: page.get_organisation().into(),
            address: page.get_address().into(),
            contact: page.get_contact().into(),
            closes_at: page.get_closes_at().into(),
        },
        name: page.get_name().into(),
        secret: page.get_secret().into(),
    }
}

fn finish(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SetupAdapter>();
    if page.get_busy() {
        return;
    }
    if page.get_secret() != page.get_secret_again() {
        return complain(kiosk, &[], &[], Fault::NotSame);
    }
    page.set_busy(true);
    let input = input(kiosk);
    kiosk.ask_and_read_facts(
        move |desk| set_up(desk, &Actor::Public, &input),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::SetupAdapter>();
            page.set_busy(false);
            match outcome {
                Ok(SetUpOutcome::Done(_) | SetUpOutcome::AlreadySetUp) => kiosk.rest(),
                Ok(SetUpOutcome::Refused { settings, person }) => {
                    complain(kiosk, &settings, &person, Fault::None);
                    if !settings.is_empty() {
                        open_step(kiosk, SetupStep::Organisation);
                    }
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, settings: &[SettingsFault], person: &[StaffFault], again: Fault) {
    let page = kiosk.window.global::<ui::SetupAdapter>();
    let faults = SettingsFaults::of(settings);
    page.set_organisation_fault(faults.organisation);
    page.set_address_fault(faults.address);
    page.set_contact_fault(faults.contact);
    page.set_closes_at_fault(faults.closes_at);
    page.set_name_fault(staff_name_fault(person));
    page.set_secret_fault(secret_fault(person));
    page.set_secret_again_fault(again);
}
