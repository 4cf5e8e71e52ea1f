//! What cannot be taken is said in words beside its field, is read out at once, and the first of it has the focus.

use i_slint_backend_testing::{AccessibleLiveness, AccessibleRole, ElementHandle, ElementQuery};
use slint::Model;
use velkommen::gui::window::{
    AddParticipantAdapter, CheckInAdapter, EventAdapter, EventsAdapter, FindMeAdapter, HomeAdapter, Page, ParticipantAdapter,
    SettingsAdapter, SetupAdapter, SignInAdapter, SignOutAdapter, StaffAdapter, TicketCodeAdapter, UnlockAdapter, VisitsAdapter,
    WalkInAdapter,
};

use crate::kiosk_given::{Given, a_door, a_first_start};

/// A form: how it is reached, how it is sent, what it asks for when nothing was typed, and which of its fields take any
/// text however long, since it is only compared.
struct Form {
    open: fn() -> Given,
    send: fn(&Given),
    asks_for: &'static [&'static str],
    compares: &'static [&'static str],
}

const FORMS: [Form; 14] = [
    Form {
        open: || at(Page::Home, |kiosk| kiosk.press("Sign in")),
        send: |kiosk| kiosk.global::<SignInAdapter>().invoke_next(),
        asks_for: &["Your name"],
        compares: &[],
    },
    Form {
        open: || at(Page::SignOut, |_| {}),
        send: |kiosk| kiosk.global::<SignOutAdapter>().invoke_sign_out(),
        asks_for: &["Your code, eight letters and digits"],
        compares: &[],
    },
    Form {
        open: || at(Page::TicketCode, |_| {}),
        send: |kiosk| kiosk.global::<TicketCodeAdapter>().invoke_check_in(),
        asks_for: &["The ticket’s code, eight letters and digits"],
        compares: &[],
    },
    Form {
        open: || at(Page::FindMe, |_| {}),
        send: |kiosk| kiosk.global::<FindMeAdapter>().invoke_find(),
        asks_for: &["Your whole name"],
        compares: &[],
    },
    Form {
        open: || at(Page::CheckIn, |kiosk| kiosk.global::<CheckInAdapter>().invoke_walk_in()),
        send: |kiosk| kiosk.global::<WalkInAdapter>().invoke_check_in(),
        asks_for: &["Your name"],
        compares: &[],
    },
    Form {
        open: || at(Page::Home, |kiosk| kiosk.global::<HomeAdapter>().invoke_staff()),
        send: |kiosk| kiosk.global::<UnlockAdapter>().invoke_unlock(),
        asks_for: &["Name"],
        compares: &["Name", "PIN"],
    },
    Form {
        open: a_first_start,
        send: |kiosk| kiosk.global::<SetupAdapter>().invoke_next(),
        asks_for: &["Organisation", "Address", "Privacy contact"],
        compares: &[],
    },
    Form {
        open: || {
            let kiosk = a_first_start();
            for field in ["Organisation", "Address", "Privacy contact"] {
                kiosk.fill(field, "Havnen");
            }
            kiosk.press("Continue");
            kiosk
        },
        send: |kiosk| kiosk.global::<SetupAdapter>().invoke_finish(),
        asks_for: &["Your name", "PIN or passphrase"],
        compares: &["The same once more"],
    },
    Form {
        open: || {
            staff(|kiosk| {
                kiosk.global::<StaffAdapter>().invoke_visits();
                kiosk.global::<VisitsAdapter>().invoke_open_sign_in();
            })
        },
        send: |kiosk| kiosk.global::<VisitsAdapter>().invoke_sign_in(),
        asks_for: &["Name"],
        compares: &[],
    },
    Form {
        open: || {
            staff(|kiosk| {
                kiosk.global::<StaffAdapter>().invoke_events();
                kiosk.global::<EventsAdapter>().invoke_open_new();
            })
        },
        send: |kiosk| kiosk.global::<EventsAdapter>().invoke_add(),
        asks_for: &["Name", "Begins on", "Begins at", "Ends on", "Ends at"],
        compares: &[],
    },
    Form {
        open: || {
            event(|kiosk| {
                kiosk.global::<EventAdapter>().invoke_open_add();
            })
        },
        send: |kiosk| kiosk.global::<AddParticipantAdapter>().invoke_add(),
        asks_for: &["Name"],
        compares: &[],
    },
    Form {
        open: || {
            event(|kiosk| {
                let first = kiosk.global::<EventAdapter>().get_participants().row_data(0).unwrap().key;
                kiosk.global::<EventAdapter>().invoke_open_participant(first);
                kiosk.global::<ParticipantAdapter>().invoke_check_in();
                kiosk.settle();
                kiosk.global::<ParticipantAdapter>().invoke_open_undo();
            })
        },
        send: |kiosk| kiosk.global::<ParticipantAdapter>().invoke_undo(),
        asks_for: &["Reason"],
        compares: &[],
    },
    Form {
        open: || {
            staff(|kiosk| {
                kiosk.global::<StaffAdapter>().invoke_settings();
                kiosk.settle();
                for field in ["Name", "Address", "Privacy contact", "Closes at"] {
                    kiosk.fill(field, "");
                }
            })
        },
        send: |kiosk| kiosk.global::<SettingsAdapter>().invoke_save(),
        asks_for: &["Name", "Address", "Privacy contact", "Closes at"],
        compares: &[],
    },
    Form {
        open: || {
            staff(|kiosk| {
                kiosk.global::<StaffAdapter>().invoke_settings();
                kiosk.global::<SettingsAdapter>().invoke_open_staff();
            })
        },
        send: |kiosk| kiosk.global::<SettingsAdapter>().invoke_add_staff(),
        asks_for: &["Name", "PIN or passphrase"],
        compares: &[],
    },
];

fn at(page: Page, open: fn(&Given)) -> Given {
    let kiosk = a_door();
    kiosk.kiosk.go(page);
    open(&kiosk);
    kiosk.settle();
    kiosk
}

fn staff(open: fn(&Given)) -> Given {
    let kiosk = a_door();
    kiosk.unlock();
    open(&kiosk);
    kiosk.settle();
    kiosk
}

fn event(open: fn(&Given)) -> Given {
    let kiosk = a_door();
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_events();
    kiosk.settle();
    let first = kiosk.global::<EventsAdapter>().get_events().row_data(0).unwrap().key;
    kiosk.global::<EventsAdapter>().invoke_open(first);
    kiosk.settle();
    open(&kiosk);
    kiosk.settle();
    kiosk
}

fn send(form: &Form, kiosk: &Given) {
    (form.send)(kiosk);
    kiosk.settle();
    // What the answer has changed is heard when the window next looks after itself.
    kiosk.settle();
}

fn fields(kiosk: &Given) -> Vec<ElementHandle> {
    ElementQuery::from_root(kiosk.window()).match_accessible_role(AccessibleRole::TextInput).find_all()
}

fn name(element: &ElementHandle) -> String {
    element.accessible_label().unwrap_or_default().into()
}

/// Complaints that are read out at once.
fn said(kiosk: &Given) -> Vec<ElementHandle> {
    ElementQuery::from_root(kiosk.window())
        .match_predicate(|element| element.accessible_live_region() == Some(AccessibleLiveness::Assertive) && !name(element).is_empty())
        .find_all()
}

/// The fields that complain, from the first to the last. Each says it itself, and it stands in words right beneath.
fn complaining(kiosk: &Given) -> Vec<String> {
    let said = said(kiosk);
    let is_beneath = |words: &ElementHandle, field: &ElementHandle| {
        let (at, of) = (words.absolute_position(), field.absolute_position());
        let below = at.y - (of.y + field.size().height);
        // A long text has scrolled to its end.
        let is_scrolled = field.size().width > 1000.0;
        (-8.0..80.0).contains(&below) && (is_scrolled || (at.x - 80.0 <= of.x && of.x < at.x + words.size().width))
    };
    let complains = |field: &&ElementHandle| {
        let description = field.accessible_description().unwrap_or_default();
        said.iter().any(|words| name(words) == description.as_str() && is_beneath(words, field))
    };
    let found: Vec<ElementHandle> = fields(kiosk).iter().filter(complains).cloned().collect();
    assert!(said.iter().all(|words| found.iter().any(|field| is_beneath(words, field))), "each complaint belongs to a field");
    found.iter().map(name).collect()
}

/// The first that complains has the focus.
fn first_is_focused(kiosk: &Given, complaining: &[String]) {
    let names: Vec<String> = fields(kiosk).iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // One that is full would take no letter.
    complaining.iter().for_each(|field| kiosk.fill(field, ""));
    assert_eq!(kiosk.focused(&names), complaining.first().map(String::as_str));
}

#[test]
fn what_is_missing_is_said_beside_its_field() {
    for (number, form) in FORMS.iter().enumerate() {
        let kiosk = (form.open)();
        send(form, &kiosk);
        let found = complaining(&kiosk);
        assert_eq!(found, form.asks_for, "form {number}");
        first_is_focused(&kiosk, &found);
    }
}

#[test]
fn what_is_too_long_is_said_beside_its_field() {
    for (number, form) in FORMS.iter().enumerate() {
        let kiosk = (form.open)();
        let names: Vec<String> = fields(&kiosk).iter().map(name).collect();
        names.iter().for_each(|field| kiosk.fill(field, &"x".repeat(3000)));
        send(form, &kiosk);
        let wanted: Vec<&String> = names.iter().filter(|name| !form.compares.contains(&name.as_str())).collect();
        if wanted.is_empty() {
            // Name and secret do not belong together: that is said of both.
            assert_eq!(said(&kiosk).len(), 1, "form {number}");
            continue;
        }
        let found = complaining(&kiosk);
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "form {number}");
        first_is_focused(&kiosk, &found);
    }
}
