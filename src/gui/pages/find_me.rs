//! Find my name: who knows the whole name and the company may check in, and sees no more than that.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, FindMeAnswer, Page};

use crate::desk::check_in::{CheckInOutcome, check_in_by_name};
use crate::domain::access::Actor;
use crate::domain::check_in::Verdict;
use crate::domain::participant::ParticipantName;
use crate::domain::visit::Company;
use crate::gui::faults::{text_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::to::To;

pub const PART: Part = Part {
    connect,
    reset,
    fields: &[field!(FindMeAdapter, get_name, set_name), field!(FindMeAdapter, get_company, set_company)],
    ..Part::EMPTY
};

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::FindMeAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, ui::Fault::None, ui::Fault::None, FindMeAnswer::None);
    }));
    page.on_back(kiosk.calls(|kiosk| {
        reset(kiosk);
        kiosk.go(Page::CheckIn);
    }));
    page.on_stop(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_find(kiosk.calls(find));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::FindMeAdapter>();
    page.set_name(SharedString::new());
    page.set_company(SharedString::new());
    page.set_busy(false);
    complain(kiosk, ui::Fault::None, ui::Fault::None, FindMeAnswer::None);
}

fn complain(kiosk: &Kiosk, name: ui::Fault, company: ui::Fault, answer: FindMeAnswer) {
    let page = kiosk.window.global::<ui::FindMeAdapter>();
    page.set_name_fault(name);
    page.set_company_fault(company);
    page.set_answer(answer);
}

fn find(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::FindMeAdapter>();
    if page.get_busy() {
        return;
    }
    let (name, company) = (page.get_name().to_string(), page.get_company().to_string());
    let name_fault = ParticipantName::parse(&name).err().map_or(ui::Fault::None, text_fault);
    let company_fault = Company::parse_optional(&company).err().map_or(ui::Fault::None, text_fault);
    if (name_fault, company_fault) != (ui::Fault::None, ui::Fault::None) {
        return complain(kiosk, name_fault, company_fault, FindMeAnswer::None);
    }
    page.set_busy(true);
    kiosk.ask(
        move |desk| check_in_by_name(desk, &Actor::Public, None, &name, &company),
        |kiosk, judged| {
            kiosk.window.global::<ui::FindMeAdapter>().set_busy(false);
            let answer = match judged {
                Ok(CheckInOutcome::Judged(judged)) if !matches!(judged.verdict, Verdict::Unknown | Verdict::TryLater) => {
                    return kiosk.go(To::of_verdict(judged, None, None));
                }
                Ok(CheckInOutcome::Judged(judged)) if judged.verdict == Verdict::TryLater => FindMeAnswer::TryLater,
                Ok(_) => FindMeAnswer::NotFound,
                Err(error) => {
                    trouble(&error);
                    FindMeAnswer::CannotSave
                }
            };
            complain(kiosk, ui::Fault::None, ui::Fault::None, answer);
        },
    );
}
