//! Sizes and names on every page and state of the gallery, in every language, upright and lying (TRUST 4.4).

use std::collections::{BTreeMap, BTreeSet};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::ComponentHandle;
use velkommen::app::gallery;
use velkommen::app::headless::{Headless, SIZES};
use velkommen::domain::language::Language;
use velkommen::gui::window::Page;

const CONTROLS: [AccessibleRole; 8] = [
    AccessibleRole::Button,
    AccessibleRole::Checkbox,
    AccessibleRole::Switch,
    AccessibleRole::TextInput,
    AccessibleRole::ListItem,
    AccessibleRole::RadioButton,
    AccessibleRole::Tab,
    AccessibleRole::Slider,
];

/// Shows every state to `look` and collects what it says is wrong, each thing once.
#[track_caller]
fn nowhere(look: fn(&Headless) -> Vec<String>) {
    let mut wrong: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen = 0;
    for language in Language::ALL {
        for size in &SIZES[..2] {
            gallery::walk(language, *size, |state, kiosk| {
                seen += 1;
                for what in look(kiosk) {
                    wrong.entry(what).or_default().insert(format!("{state}-{}-{}", language.code(), size.0));
                }
                Ok(())
            })
            .unwrap();
        }
    }
    assert!(seen > 80, "only {seen} states");
    let list: Vec<String> =
        wrong.into_iter().map(|(what, places)| format!("{what}   in {}", places.into_iter().collect::<Vec<_>>().join(" "))).collect();
    assert!(list.is_empty(), "\n{}", list.join("\n"));
}

/// Whether only staff, with a mouse and a steady hand, meet this page.
fn is_staff(kiosk: &Headless) -> bool {
    matches!(
        kiosk.kiosk.page(),
        Page::Unlock
            | Page::Clock
            | Page::Setup
            | Page::Today
            | Page::Visits
            | Page::RollCall
            | Page::Events
            | Page::Event
            | Page::Settings
    )
}

fn controls(kiosk: &Headless) -> Vec<ElementHandle> {
    let is_control = |element: &ElementHandle| element.accessible_role().is_some_and(|role| CONTROLS.contains(&role));
    ElementQuery::from_root(kiosk.window()).match_predicate(is_control).find_all()
}

fn label(element: &ElementHandle) -> String {
    element.accessible_label().map(String::from).unwrap_or_default()
}

/// Left, top, right, bottom of what a finger can hit. A field is its whole box.
fn place(element: &ElementHandle) -> [f32; 4] {
    let (at, size) = (element.absolute_position(), element.size());
    [at.x, at.y, at.x + size.width, at.y + size.height]
}

/// The boxes of the lists; what scrolls in them is cut at their edges.
fn lists(kiosk: &Headless) -> Vec<[f32; 4]> {
    ElementQuery::from_root(kiosk.window()).match_inherits("ListView").find_all().iter().map(place).collect()
}

/// Whether something is a row of one of these lists, or in one.
fn is_in(lists: &[[f32; 4]], element: &ElementHandle) -> bool {
    let [left, top, right, _] = place(element);
    lists.iter().any(|list| left >= list[0] && right <= list[2] && top >= list[1] && top <= list[3])
}

#[test]
fn every_control_is_large_enough_for_its_reader() {
    nowhere(|kiosk| {
        let least = if is_staff(kiosk) { 44.0 } else { 64.0 };
        let mut small = Vec::new();
        for control in controls(kiosk) {
            let size = control.size();
            // A field of dots is drawn around an input of one pixel; its box is measured by the one of plain fields.
            let is_hidden_input = control.accessible_role() == Some(AccessibleRole::TextInput) && size.width <= 1.0;
            if !is_hidden_input && (size.width < least - 0.5 || size.height < least - 0.5) {
                small.push(format!(
                    "{} {:?} is {} × {}",
                    control.type_name().unwrap_or_default(),
                    label(&control),
                    size.width,
                    size.height
                ));
            }
        }
        small
    });
}

#[test]
fn controls_keep_eight_pixels_from_each_other() {
    nowhere(|kiosk| {
        // A row is no target itself, and what lies under a sheet does not act.
        let is_target = |element: &ElementHandle| {
            element.accessible_role() != Some(AccessibleRole::ListItem)
                && element.size().width > 1.0
                && element.accessible_enabled() != Some(false)
        };
        let lists = lists(kiosk);
        let seen = |element: &ElementHandle| {
            let mut place = place(element);
            if let Some(list) = lists.iter().find(|list| is_in(&[**list], element)) {
                place[3] = place[3].min(list[3]);
            }
            place
        };
        let controls: Vec<_> = controls(kiosk).into_iter().filter(is_target).collect();
        let mut close = Vec::new();
        for (number, one) in controls.iter().enumerate() {
            for other in &controls[number + 1..] {
                let (a, b) = (seen(one), seen(other));
                let apart = (b[0] - a[2]).max(a[0] - b[2]).max(b[1] - a[3]).max(a[1] - b[3]);
                // Rows of one list touch, as a line between them says; the whole row is the target.
                let is_row = |element: &ElementHandle| {
                    element.accessible_role() == Some(AccessibleRole::Checkbox)
                        || element.bases().is_some_and(|mut bases| bases.any(|base| base == "ListRow" || base == "PanelLink"))
                        || matches!(element.type_name().as_deref(), Some("HostRow" | "PanelLink" | "ParticipantTableRow" | "EventTableRow"))
                };
                if apart < 7.5 && !(is_row(one) && is_row(other)) {
                    close.push(format!("{:?} and {:?} are {apart} px apart", label(one), label(other)));
                }
            }
        }
        close
    });
}

#[test]
fn every_control_stands_on_the_screen() {
    nowhere(|kiosk| {
        let size = kiosk.window().window().size();
        let (width, height) = (size.width as f32, size.height as f32);
        let is_row =
            |element: &ElementHandle| matches!(element.accessible_role(), Some(AccessibleRole::ListItem | AccessibleRole::Checkbox));
        let off = |element: &&ElementHandle| {
            let [left, top, right, bottom] = place(element);
            !is_row(element) && (left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5)
        };
        controls(kiosk).iter().filter(off).map(|element| format!("{:?} lies at {:?}", label(element), place(element))).collect()
    });
}

#[test]
fn whatever_has_a_role_has_a_name() {
    nowhere(|kiosk| {
        let is_nameless = |element: &ElementHandle| {
            let role = element.accessible_role();
            role.is_some_and(|role| role != AccessibleRole::None) && element.accessible_label().is_none_or(|label| label.trim().is_empty())
        };
        let nameless = ElementQuery::from_root(kiosk.window()).match_predicate(is_nameless).find_all();
        nameless
            .iter()
            .map(|element| format!("{} ({:?}) has no name", element.type_name().unwrap_or_default(), element.accessible_role()))
            .collect()
    });
}

#[test]
fn no_two_controls_of_a_page_have_the_same_name() {
    nowhere(|kiosk| {
        let mut names = BTreeMap::new();
        let lists = lists(kiosk);
        for control in controls(kiosk) {
            // People in a list may share a name.
            if control.accessible_role() != Some(AccessibleRole::ListItem) && !is_in(&lists, &control) {
                *names.entry(label(&control)).or_insert(0) += 1;
            }
        }
        names.into_iter().filter(|(_, count)| *count > 1).map(|(name, count)| format!("{count} controls are called {name:?}")).collect()
    });
}

#[test]
fn a_finger_finds_a_control_where_its_name_says() {
    nowhere(|kiosk| {
        controls(kiosk)
            .iter()
            .filter(|control| control.computed_opacity() < 1.0)
            .map(|control| format!("{:?} can be pressed but hardly seen", label(control)))
            .collect()
    });
}
