//! Staff, Setup: the organisation, the people who run the desk, and the program itself.

use std::collections::BTreeSet;
use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Fault, SettingsSheet};

use crate::desk::add_staff::{AddStaff, AddStaffOutcome, StaffFault, StaffMember, add_staff, list_staff};
use crate::desk::change_settings::{Settings, SettingsFault, SettingsOutcome, change_settings};
use crate::desk::import_hosts::count_hosts;
use crate::domain::access::Verb;
use crate::domain::staff::Role;
use crate::gui::faults::{SettingsFaults, secret_fault, staff_name_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;

/// Somebody has typed and not saved yet.
#[derive(Default)]
struct Typed(bool);

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        kiosk.session::<Typed>().borrow_mut().0 = true;
        kiosk.window.global::<ui::SettingsAdapter>().set_saved(false);
        complain(kiosk, &[], &[]);
    }));
    page.on_save(kiosk.calls(save));
    page.on_open_staff(kiosk.calls(|kiosk| open_sheet(kiosk, SettingsSheet::Staff)));
    page.on_open_about(kiosk.calls(|kiosk| open_sheet(kiosk, SettingsSheet::About)));
    page.on_close_sheet(kiosk.calls(|kiosk| open_sheet(kiosk, SettingsSheet::None)));
    page.on_add_staff(kiosk.calls(add));
    page.on_close_program(kiosk.calls(|kiosk| {
        if kiosk.may(Verb::CloseProgram) {
            kiosk.close();
        }
    }));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    page.set_staff(ModelRc::default());
    page.set_host_count(0);
    for empty in [
        ui::SettingsAdapter::set_organisation,
        ui::SettingsAdapter::set_address,
        ui::SettingsAdapter::set_contact,
        ui::SettingsAdapter::set_closes_at,
        ui::SettingsAdapter::set_program_version,
    ] {
        empty(&page, SharedString::new());
    }
    open_sheet(kiosk, SettingsSheet::None);
    page.set_saved(false);
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    page.set_program_version(env!("CARGO_PKG_VERSION").into());
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| Ok((list_staff(desk, &by)?, count_hosts(desk)?)),
        |kiosk, listed: Result<_, crate::desk::DeskError>| {
            let page = kiosk.window.global::<ui::SettingsAdapter>();
            match listed {
                Ok((staff, hosts)) => {
                    page.set_staff(ModelRc::new(staff.iter().map(staff_row).collect::<VecModel<_>>()));
                    page.set_host_count(hosts as i32);
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
    // What somebody is typing is not overwritten by a refresh; the page is filled when it opens.
    if !kiosk.session::<Typed>().borrow().0 {
        let facts = kiosk.facts.borrow();
        let controller = &facts.profile.controller;
        page.set_organisation(controller.name.as_str().into());
        page.set_address(controller.address.as_str().into());
        page.set_contact(controller.contact.as_str().into());
        page.set_closes_at(facts.config.closes_at.format("%H:%M").to_string().into());
    }
}

fn staff_row(person: &StaffMember) -> ui::StaffRow {
    let has = |role| person.roles.contains(&role);
    ui::StaffRow {
        key: person.id.to_string().into(),
        name: person.name.as_str().into(),
        reception: has(Role::Reception),
        event: has(Role::Event),
        competition: has(Role::Competition),
        marketing: has(Role::Marketing),
        security: has(Role::Security),
        dpo: has(Role::Dpo),
        admin: has(Role::Admin),
    }
}

fn open_sheet(kiosk: &Rc<Kiosk>, sheet: SettingsSheet) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    page.set_name(SharedString::new());
    page.set_secret(SharedString::new());
    for (set, ticked) in [
        (ui::SettingsAdapter::set_reception as fn(&_, _), true),
        (ui::SettingsAdapter::set_event, false),
        (ui::SettingsAdapter::set_competition, false),
        (ui::SettingsAdapter::set_marketing, false),
        (ui::SettingsAdapter::set_security, false),
        (ui::SettingsAdapter::set_dpo, false),
        (ui::SettingsAdapter::set_admin, false),
    ] {
        set(&page, ticked);
    }
    complain(kiosk, &[], &[]);
    page.set_sheet(sheet);
}

fn save(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    page.set_saved(false);
    let input = Settings {
        organisation: page.get_organisation().into(),
        address: page.get_address().into(),
        contact: page.get_contact().into(),
        closes_at: page.get_closes_at().into(),
    };
    let by = kiosk.actor();
    kiosk.ask_and_read_facts(
        move |desk| change_settings(desk, &by, &input),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::SettingsAdapter>();
            page.set_busy(false);
            match outcome {
                Ok(SettingsOutcome::Changed) => {
                    kiosk.session::<Typed>().borrow_mut().0 = false;
                    kiosk.speak();
                    page.set_saved(true);
                }
                Ok(SettingsOutcome::Refused(faults)) => complain(kiosk, &faults, &[]),
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn add(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    let ticked = [
        (page.get_reception(), Role::Reception),
        (page.get_event(), Role::Event),
        (page.get_competition(), Role::Competition),
        (page.get_marketing(), Role::Marketing),
        (page.get_security(), Role::Security),
        (page.get_dpo(), Role::Dpo),
        (page.get_admin(), Role::Admin),
    ];
    let roles: BTreeSet<_> = ticked.into_iter().filter(|(ticked, _)| *ticked).map(|(_, role)| role).collect();
    let input = AddStaff { name: page.get_name().into(), secret: page.get_secret().into(), roles };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| add_staff(desk, &by, &input),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::SettingsAdapter>();
            page.set_busy(false);
            match outcome {
                Ok(AddStaffOutcome::Added(_)) => {
                    open_sheet(kiosk, SettingsSheet::None);
                    refresh(kiosk);
                }
                Ok(AddStaffOutcome::Refused(faults)) => complain(kiosk, &[], &faults),
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, settings: &[SettingsFault], person: &[StaffFault]) {
    let page = kiosk.window.global::<ui::SettingsAdapter>();
    let faults = SettingsFaults::of(settings);
    page.set_organisation_fault(faults.organisation);
    page.set_address_fault(faults.address);
    page.set_contact_fault(faults.contact);
    page.set_closes_at_fault(faults.closes_at);
    page.set_name_fault(staff_name_fault(person));
    page.set_secret_fault(secret_fault(person));
    page.set_roles_fault(if person.contains(&StaffFault::NoRole) { Fault::Missing } else { Fault::None });
}
