//! Sign in: who are you, whom do you visit, what we keep.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Page, SignInStep};

use crate::desk::find_host::{HostMatch, find_host};
use crate::desk::invited::Invited;
use crate::desk::sign_in::{Field, FieldFault, HostChoice, SignIn, SignInOutcome, check_who, sign_in, sign_in_invited};
use crate::documents::dates;
use crate::domain::access::Actor;
use crate::domain::ids::{HostId, InvitationId};
use crate::domain::notice::{ClauseId, Situation};
use crate::domain::profile::FieldRule;
use crate::domain::retention::{presumed_left_at, visit_erase_after};
use crate::gui::faults::{field_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::outbox;
use crate::gui::to::To;

/// What was chosen so far, and what somebody came with who was invited.
#[derive(Default)]
struct Visitor {
    host: Option<HostId>,
    invitation: Option<InvitationId>,
}

pub const PART: Part = Part {
    connect,
    reset,
    refresh,
    fields: &[
        field!(SignInAdapter, get_name, set_name),
        field!(SignInAdapter, get_company, set_company),
        field!(SignInAdapter, get_title, set_title),
        field!(SignInAdapter, get_note, set_note),
        field!(SignInAdapter, get_host_query, set_host_query),
    ],
    ..Part::EMPTY
};

fn connect(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    form.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[]);
    }));
    form.on_next(kiosk.calls(next));
    form.on_back(kiosk.calls(back));
    form.on_stop(kiosk.calls(|kiosk| kiosk.rest()));
    form.on_host_edited(kiosk.calls_with(host_edited));
    form.on_choose_host(kiosk.calls_with(choose_host));
    form.on_somebody_else(kiosk.calls(|kiosk| {
        kiosk.session::<Visitor>().borrow_mut().host = None;
        open_step(kiosk, SignInStep::Notice);
    }));
    form.on_read_notice(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Visit))));
    form.on_sign_in(kiosk.calls(finish));
}

/// Somebody came with an invitation: all is filled in, and they only confirm.
pub(super) fn open(kiosk: &Rc<Kiosk>, invited: Invited) {
    let host = invited.host;
    let visitor = Visitor { host: invited.host_id, invitation: Some(invited.invitation) };
    kiosk.rest_and_go(Page::SignIn, |kiosk| kiosk.hold(visitor));
    let form = kiosk.window.global::<ui::SignInAdapter>();
    form.set_name(invited.name.into());
    form.set_company(invited.company.unwrap_or_default().into());
    form.set_title(invited.title.unwrap_or_default().into());
    form.set_host(host.as_str().into());
    form.set_host_query(host.into());
    open_step(kiosk, SignInStep::Notice);
}

/// Empties the form.
fn reset(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    form.set_step(SignInStep::Who);
    for empty in [
        ui::SignInAdapter::set_name,
        ui::SignInAdapter::set_company,
        ui::SignInAdapter::set_title,
        ui::SignInAdapter::set_note,
        ui::SignInAdapter::set_host_query,
        ui::SignInAdapter::set_host,
    ] {
        empty(&form, SharedString::new());
    }
    form.set_host_matches(ModelRc::default());
    form.set_notice_rows(ModelRc::default());
    form.set_notice_version(0);
    form.set_notice_valid_from(SharedString::new());
    form.set_keep_days(0);
    form.set_busy(false);
    form.set_trouble(ui::Trouble::None);
    complain(kiosk, &[]);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    let facts = kiosk.facts.borrow();
    let fields = &facts.profile.visit.fields;
    let is_asked = |rule| rule != FieldRule::Off;
    let is_needed = |rule| rule == FieldRule::Required;
    form.set_asks_company(is_asked(fields.company));
    form.set_asks_title(is_asked(fields.title));
    form.set_asks_host(is_asked(fields.host));
    form.set_asks_note(is_asked(fields.note));
    form.set_needs_company(is_needed(fields.company));
    form.set_needs_title(is_needed(fields.title));
    form.set_keep_days(facts.profile.visit.retention.days as i32);

    let shown = facts.profile.shown_notice(Situation::Visit, kiosk.language());
    let left_at = presumed_left_at(kiosk.clock.read().wall, facts.config.closes_at, facts.config.zone);
    let erase_after = visit_erase_after(left_at, facts.profile.visit.retention.days, facts.config.zone);
    let erase_on = dates::long_date(kiosk.local(erase_after).date_naive(), kiosk.language());
    let rows = shown.clauses.iter().filter_map(|clause| {
        let (strong, text) = &clause.summary;
        let part = notice_part(clause.id).filter(|_| !strong.is_empty() || !text.is_empty())?;
        // The day belongs to this visit, not to the notice and its hash.
        Some(ui::NoticeRow { part, strong: strong.into(), text: text.replace("{erase_on}", &erase_on).into() })
    });
    form.set_notice_rows(ModelRc::new(rows.collect::<VecModel<_>>()));
    form.set_notice_version(shown.version as i32);
    form.set_notice_valid_from(dates::long_date(shown.valid_from, kiosk.language()).into());
}

fn notice_part(clause: ClauseId) -> Option<ui::NoticePart> {
    match clause {
        ClauseId::Kept => Some(ui::NoticePart::Kept),
        ClauseId::Why => Some(ui::NoticePart::Why),
        ClauseId::HowLong => Some(ui::NoticePart::HowLong),
        ClauseId::SeenBy => Some(ui::NoticePart::SeenBy),
        ClauseId::Basis => Some(ui::NoticePart::Basis),
        ClauseId::Rights => Some(ui::NoticePart::Rights),
        ClauseId::Controller | ClauseId::Complaint => None,
    }
}

/// What was typed and chosen so far.
fn input(kiosk: &Kiosk) -> SignIn {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    let typed = form.get_host_query().to_string();
    let host = match kiosk.session::<Visitor>().borrow().host {
        Some(id) => HostChoice::Listed(id),
        None if typed.trim().is_empty() => HostChoice::Nobody,
        None => HostChoice::Typed(typed),
    };
    SignIn {
        name: form.get_name().into(),
        company: form.get_company().into(),
        title: form.get_title().into(),
        host,
        note: form.get_note().into(),
        language: kiosk.language(),
    }
}

fn next(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    if form.get_busy() {
        return;
    }
    form.set_busy(true);
    let input = input(kiosk);
    kiosk.ask(
        move |desk| check_who(desk, &input),
        |kiosk, faults| {
            let form = kiosk.window.global::<ui::SignInAdapter>();
            form.set_busy(false);
            complain(kiosk, &faults);
            if faults.is_empty() {
                open_step(kiosk, if form.get_asks_host() { SignInStep::Host } else { SignInStep::Notice });
            }
        },
    );
}

fn back(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    match form.get_step() {
        SignInStep::Who => kiosk.rest(),
        SignInStep::Notice if form.get_asks_host() => open_step(kiosk, SignInStep::Host),
        SignInStep::Host | SignInStep::Notice => open_step(kiosk, SignInStep::Who),
    }
}

fn open_step(kiosk: &Rc<Kiosk>, step: SignInStep) {
    kiosk.note_activity();
    let form = kiosk.window.global::<ui::SignInAdapter>();
    form.set_trouble(ui::Trouble::None);
    form.set_step(step);
    refresh(kiosk);
}

fn host_edited(kiosk: &Rc<Kiosk>, typed: SharedString) {
    kiosk.note_activity();
    kiosk.session::<Visitor>().borrow_mut().host = None;
    let form = kiosk.window.global::<ui::SignInAdapter>();
    form.set_host(SharedString::new());
    form.set_host_fault(ui::Fault::None);
    let asked = typed.clone();
    kiosk.ask(
        move |desk| find_host(desk, &Actor::Public, &typed),
        move |kiosk, found| {
            let form = kiosk.window.global::<ui::SignInAdapter>();
            // A slower answer to an earlier keystroke shows nothing.
            if form.get_host_query() != asked {
                return;
            }
            match found {
                Ok(found) => form.set_host_matches(ModelRc::new(found.into_iter().map(host_match).collect::<VecModel<_>>())),
                Err(error) => form.set_trouble(trouble(&error)),
            }
        },
    );
}

fn host_match(found: HostMatch) -> ui::HostMatch {
    ui::HostMatch {
        key: found.id.to_string().into(),
        before: found.name[..found.piece.start].into(),
        matched: found.name[found.piece.clone()].into(),
        after: found.name[found.piece.end..].into(),
        department: found.department.unwrap_or_default().into(),
    }
}

fn choose_host(kiosk: &Rc<Kiosk>, key: SharedString) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    let chosen = slint::Model::iter(&form.get_host_matches()).find(|found| found.key == key);
    let (Some(chosen), Some(id)) = (chosen, HostId::parse(&key)) else { return };
    let name = format!("{}{}{}", chosen.before, chosen.matched, chosen.after);
    kiosk.session::<Visitor>().borrow_mut().host = Some(id);
    form.set_host(name.as_str().into());
    form.set_host_query(name.into());
    open_step(kiosk, SignInStep::Notice);
}

fn finish(kiosk: &Rc<Kiosk>) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    if form.get_busy() {
        return;
    }
    form.set_busy(true);
    form.set_trouble(ui::Trouble::None);
    let input = input(kiosk);
    let invitation = kiosk.session::<Visitor>().borrow().invitation;
    kiosk.ask(
        move |desk| match invitation {
            Some(invitation) => sign_in_invited(desk, &Actor::Public, &input, invitation),
            None => sign_in(desk, &Actor::Public, &input),
        },
        |kiosk, outcome| {
            let form = kiosk.window.global::<ui::SignInAdapter>();
            form.set_busy(false);
            match outcome {
                Ok(SignInOutcome::SignedIn(signed_in)) => {
                    reset(kiosk);
                    kiosk.go(To::SignedIn(signed_in));
                    outbox::tend(kiosk);
                }
                Ok(SignInOutcome::Refused(faults)) => {
                    complain(kiosk, &faults);
                    let is_about_host = faults.iter().all(|fault| fault.field == Field::Host);
                    open_step(kiosk, if is_about_host { SignInStep::Host } else { SignInStep::Who });
                }
                Err(error) => form.set_trouble(trouble(&error)),
            }
        },
    );
}

/// Puts each fault beside its field and clears the others.
fn complain(kiosk: &Kiosk, faults: &[FieldFault]) {
    let form = kiosk.window.global::<ui::SignInAdapter>();
    let of = |field| field_fault(faults, field);
    form.set_name_fault(of(Field::Name));
    form.set_company_fault(of(Field::Company));
    form.set_title_fault(of(Field::Title));
    form.set_note_fault(of(Field::Note));
    form.set_host_fault(of(Field::Host));
}
