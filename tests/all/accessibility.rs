//! What every page owes to whoever cannot see, reach or aim well: sizes, gaps and names of its controls.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use velkommen::app::gallery;
use velkommen::app::headless::Headless;

pub const CONTROLS: [AccessibleRole; 8] = [
    AccessibleRole::Button,
    AccessibleRole::Checkbox,
    AccessibleRole::Switch,
    AccessibleRole::TextInput,
    AccessibleRole::ListItem,
    AccessibleRole::RadioButton,
    AccessibleRole::Tab,
    AccessibleRole::Slider,
];

/// What is wrong with the page that is open.
pub fn faults(kiosk: &Headless) -> Vec<String> {
    [small, close, nameless, namesakes, hardly_seen].into_iter().flat_map(|look| look(kiosk)).collect()
}

fn controls(kiosk: &Headless) -> Vec<ElementHandle> {
    let is_control = |element: &ElementHandle| element.accessible_role().is_some_and(|role| CONTROLS.contains(&role));
    ElementQuery::from_root(kiosk.window()).match_predicate(is_control).find_all()
}

pub fn label(element: &ElementHandle) -> String {
    element.accessible_label().map(String::from).unwrap_or_default()
}

/// Left, top, right, bottom of what a finger can hit. A field is its whole box.
pub fn place(element: &ElementHandle) -> [f32; 4] {
    let (at, size) = (element.absolute_position(), element.size());
    [at.x, at.y, at.x + size.width, at.y + size.height]
}

/// The elements of the page; of what lies over a page alone, since what is beneath is dimmed and does not act.
fn elements(kiosk: &Headless) -> ElementQuery {
    let over = ["Sheet", "FormPage"].into_iter().find_map(|base| ElementQuery::from_root(kiosk.window()).match_inherits(base).find_first());
    over.map_or_else(|| ElementQuery::from_root(kiosk.window()), |over| over.query_descendants())
}

/// What stands on the page, and the box of it that is seen: what scrolls is cut at the edges of its place.
pub fn seen(kiosk: &Headless, roles: &[AccessibleRole]) -> Vec<(ElementHandle, [f32; 4])> {
    let roles = roles.to_vec();
    let has_role = move |element: &ElementHandle| element.accessible_role().is_some_and(|role| roles.contains(&role));
    visible(kiosk, elements(kiosk).match_predicate(move |element| has_role(element) && element.size().width > 1.0))
}

/// Every text that is drawn, in controls too, and the box of it that is seen.
pub fn drawn_texts(kiosk: &Headless) -> Vec<(ElementHandle, [f32; 4])> {
    visible(kiosk, elements(kiosk).match_inherits("SilentWords"))
}

fn visible(kiosk: &Headless, query: ElementQuery) -> Vec<(ElementHandle, [f32; 4])> {
    let key = |element: &ElementHandle| (label(element), place(element).map(|edge| edge as i32));
    let mut clips = BTreeMap::new();
    for scrolled in elements(kiosk).match_inherits("Flickable").find_all() {
        let clip = place(&scrolled);
        scrolled.visit_descendants(|element| {
            clips.insert(key(&element), clip);
            ControlFlow::<()>::Continue(())
        });
    }
    let seen = query.find_all().into_iter().map(|element| {
        let (place, clip) = (place(&element), clips.get(&key(&element)));
        let cut = clip.map_or(place, |clip| [place[0].max(clip[0]), place[1].max(clip[1]), place[2].min(clip[2]), place[3].min(clip[3])]);
        (element, cut)
    });
    seen.filter(|(_, cut)| cut[2] > cut[0] && cut[3] > cut[1]).collect()
}

/// Whether something is a row of a list, or in one.
fn is_in_list(kiosk: &Headless, element: &ElementHandle) -> bool {
    let [left, top, right, _] = place(element);
    let lists = ElementQuery::from_root(kiosk.window()).match_inherits("ListView").find_all();
    lists.iter().map(place).any(|list| left >= list[0] && right <= list[2] && top >= list[1] && top <= list[3])
}

fn small(kiosk: &Headless) -> Vec<String> {
    let least = if gallery::is_staff(kiosk.kiosk.page()) { 44.0 } else { 64.0 };
    let mut small = Vec::new();
    for control in controls(kiosk) {
        let size = control.size();
        // A field of dots is drawn around an input of one pixel; its box is measured by the one of plain fields.
        let is_hidden_input = control.accessible_role() == Some(AccessibleRole::TextInput) && size.width <= 1.0;
        if !is_hidden_input && (size.width < least - 0.5 || size.height < least - 0.5) {
            small.push(format!("{} {:?} is {} × {}", control.type_name().unwrap_or_default(), label(&control), size.width, size.height));
        }
    }
    small
}

fn close(kiosk: &Headless) -> Vec<String> {
    // A row is no target itself, and what lies under a sheet does not act.
    let is_target = |element: &ElementHandle| {
        element.accessible_role() != Some(AccessibleRole::ListItem) && element.accessible_enabled() != Some(false)
    };
    // Rows of one list touch, as a line between them says; the whole row is the target.
    let is_row = |element: &ElementHandle| {
        matches!(element.accessible_role(), Some(AccessibleRole::Checkbox | AccessibleRole::Switch))
            || element.bases().is_some_and(|mut bases| bases.any(|base| base == "ListRow" || base == "PanelLink"))
            || matches!(
                element.type_name().as_deref(),
                Some("HostRow" | "PanelLink" | "ParticipantTableRow" | "EventTableRow" | "LanguageRow")
            )
    };
    let controls: Vec<_> = seen(kiosk, &CONTROLS).into_iter().filter(|(element, _)| is_target(element)).collect();
    let mut close = Vec::new();
    for (number, (one, a)) in controls.iter().enumerate() {
        for (other, b) in &controls[number + 1..] {
            let apart = (b[0] - a[2]).max(a[0] - b[2]).max(b[1] - a[3]).max(a[1] - b[3]);
            if apart < 7.5 && !(is_row(one) && is_row(other)) {
                close.push(format!("{:?} and {:?} are {apart} px apart", label(one), label(other)));
            }
        }
    }
    close
}

fn nameless(kiosk: &Headless) -> Vec<String> {
    let is_nameless = |element: &ElementHandle| {
        let role = element.accessible_role();
        role.is_some_and(|role| role != AccessibleRole::None) && element.accessible_label().is_none_or(|label| label.trim().is_empty())
    };
    let nameless = ElementQuery::from_root(kiosk.window()).match_predicate(is_nameless).find_all();
    nameless
        .iter()
        .map(|element| format!("{} ({:?}) has no name", element.type_name().unwrap_or_default(), element.accessible_role()))
        .collect()
}

fn namesakes(kiosk: &Headless) -> Vec<String> {
    let mut names = BTreeMap::new();
    for control in controls(kiosk) {
        // People in a list may share a name.
        if control.accessible_role() != Some(AccessibleRole::ListItem) && !is_in_list(kiosk, &control) {
            *names.entry(label(&control)).or_insert(0) += 1;
        }
    }
    names.into_iter().filter(|(_, count)| *count > 1).map(|(name, count)| format!("{count} controls are called {name:?}")).collect()
}

fn hardly_seen(kiosk: &Headless) -> Vec<String> {
    controls(kiosk)
        .iter()
        .filter(|control| control.computed_opacity() < 1.0)
        .map(|control| format!("{:?} can be pressed but hardly seen", label(control)))
        .collect()
}
