//! Every page of the gallery in every look, size and language: it is in that language alone, its controls are large, apart
//! and named, no text is cut, nothing lies over anything else, and in reach mode every control stands in the lower two
//! thirds. The texts are measured by the renderer that draws them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementQuery, mock_elapsed_time};
use slint::ComponentHandle;
use velkommen::app::gallery::{self, LOOKS};
use velkommen::app::headless::{Headless, SIZES};
use velkommen::domain::language::Language;
use velkommen::gui::window::{Page, ScreenHelp, Shown, ShownText};

use crate::accessibility::{self, CONTROLS, label, seen};

/// Pixels that a letter may reach out of its box before anybody sees it.
const SLACK: f32 = 3.0;

fn is_cut(text: &ShownText) -> bool {
    text.needs_width > text.width + SLACK || text.needs_height > text.height + SLACK
}

/// Lets everything that follows from a change happen, as a frame does.
fn settle(kiosk: &Headless) {
    for _ in 0..3 {
        ElementQuery::from_root(kiosk.window()).match_predicate(|_| true).find_all();
        mock_elapsed_time(Duration::from_millis(300));
    }
}

/// What no page in this language says: the English of what it says in its own words, or, in English, the Danish.
fn foreign(language: Language) -> BTreeSet<String> {
    let other = if language == Language::En { Language::Da } else { language };
    let catalogue = std::fs::read_to_string(format!("assets/lang/{}/LC_MESSAGES/velkommen.po", other.code())).unwrap();
    let all = |keyword: &str| -> BTreeSet<String> {
        catalogue.lines().filter_map(|line| Some(line.strip_prefix(keyword)?.strip_suffix('"')?.to_owned())).collect()
    };
    let (english, own) = (all("msgid \""), all("msgstr \""));
    let mut foreign = if language == Language::En { &own - &english } else { &english - &own };
    // What the demo's desk is called.
    foreign.remove("Reception");
    foreign
}

/// What is cut, and what is said in another language.
fn wrong_texts(kiosk: &Headless, foreign: &BTreeSet<String>) -> Vec<String> {
    let cut = Rc::new(RefCell::new(Vec::new()));
    let shown = kiosk.window().global::<Shown>();
    shown.on_answered({
        let (cut, foreign) = (cut.clone(), foreign.clone());
        move |text: ShownText| {
            if foreign.contains(text.text.as_str()) {
                cut.borrow_mut().push(format!("{:?} is in another language", text.text));
            }
            if is_cut(&text) {
                let [has, needs] = [[text.width, text.height], [text.needs_width, text.needs_height]];
                cut.borrow_mut().push(format!("{:?} is cut: has {has:?}, needs {needs:?}", text.text));
            }
        }
    });
    shown.set_asked(shown.get_asked() + 1);
    mock_elapsed_time(Duration::from_millis(50));
    cut.take()
}

fn overlaps(seen: &[(String, [f32; 4])]) -> Vec<String> {
    let mut over = Vec::new();
    for (number, (one, a)) in seen.iter().enumerate() {
        for (other, b) in &seen[number + 1..] {
            let (wide, high) = (a[2].min(b[2]) - a[0].max(b[0]), a[3].min(b[3]) - a[1].max(b[1]));
            let is_within = |inner: &[f32; 4], outer: &[f32; 4]| {
                inner[0] >= outer[0] - 5.0 && inner[1] >= outer[1] - 5.0 && inner[2] <= outer[2] + 5.0 && inner[3] <= outer[3] + 5.0
            };
            // What lies wholly within another belongs to it, as the words of a row do.
            if wide > SLACK && high > SLACK && !is_within(a, b) && !is_within(b, a) {
                over.push(format!("{one:?} lies over {other:?}"));
            }
        }
    }
    over
}

fn faults(kiosk: &Headless, foreign: &BTreeSet<String>) -> Vec<String> {
    let mut faults = accessibility::faults(kiosk);
    faults.extend(wrong_texts(kiosk, foreign));
    let roles: Vec<_> = CONTROLS.into_iter().chain([AccessibleRole::Text]).collect();
    let seen: Vec<_> = seen(kiosk, &roles).into_iter().map(|(element, place)| (label(&element), place)).collect();
    faults.extend(overlaps(&seen));
    if kiosk.kiosk.page() == Page::Welcome
        && let [(_, yes), (_, no)] = accessibility::seen(kiosk, &[AccessibleRole::RadioButton])[..]
    {
        let [wide, as_wide] = [yes, no].map(|[left, _, right, _]| right - left);
        if (wide - as_wide).abs() > 1.0 {
            faults.push(format!("of two answers one is {wide} wide and one {as_wide}"));
        }
    }
    let size = kiosk.window().window().size();
    let (width, height) = (size.width as f32, size.height as f32);
    let top = if kiosk.window().global::<ScreenHelp>().get_reach() { height / 3.0 } else { 0.0 };
    for (name, [left, upper, right, lower]) in seen {
        if left < -SLACK || right > width + SLACK || upper < top - SLACK || lower > height + SLACK {
            faults.push(format!("{name:?} is off the page"));
        }
    }
    faults
}

/// `translation` is a bundled one, of a language or of none.
fn every_look(language: Language, translation: Option<&str>) {
    let mut wrong: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen = 0;
    let foreign = if translation.is_some() { BTreeSet::new() } else { foreign(language) };
    gallery::walk(language, SIZES[0], |state, kiosk| {
        if let Some(translation) = translation {
            // Staff pages speak the languages there are.
            if gallery::is_staff(kiosk.kiosk.page()) {
                return Ok(());
            }
            slint::select_bundled_translation(translation).unwrap();
        }
        for size in SIZES {
            kiosk.resize(size);
            // The longest words and the shortest in all looks; the languages between them at both ends of the text sizes.
            let in_all = translation.is_some() || matches!(language, Language::Da | Language::De);
            let looks = LOOKS.iter().filter(|look| in_all || matches!(look.name, "day-100" | "day-200"));
            for look in looks.filter(|look| look.changes_layout() && look.suits(kiosk, size)) {
                look.put_on(kiosk);
                settle(kiosk);
                seen += 1;
                for fault in faults(kiosk, &foreign) {
                    wrong.entry(fault).or_default().insert(format!("{state}-{}x{}-{}", size.0, size.1, look.name));
                }
            }
        }
        LOOKS[0].put_on(kiosk);
        kiosk.resize(SIZES[0]);
        Ok(())
    })
    .unwrap();
    assert!(seen > 200, "only {seen}");
    let list: Vec<String> =
        wrong.into_iter().map(|(what, places)| format!("{what}   {}", places.into_iter().take(4).collect::<Vec<_>>().join(" "))).collect();
    assert!(list.is_empty(), "{} faults\n{}", list.len(), list.join("\n"));
}

#[test]
fn danish() {
    every_look(Language::Da, None);
}

#[test]
fn english() {
    every_look(Language::En, None);
}

#[test]
fn swedish() {
    every_look(Language::Sv, None);
}

#[test]
fn norwegian() {
    every_look(Language::Nb, None);
}

#[test]
fn german() {
    every_look(Language::De, None);
}

#[test]
fn a_language_with_words_two_fifths_longer() {
    every_look(Language::En, Some("xx"));
}

#[test]
fn what_is_cut_and_what_overlaps_is_found() {
    let text = |has: [f32; 2], needs: [f32; 2]| ShownText {
        width: has[0],
        height: has[1],
        needs_width: needs[0],
        needs_height: needs[1],
        ..ShownText::default()
    };
    assert!(is_cut(&text([100.0, 40.0], [104.0, 40.0])));
    assert!(is_cut(&text([100.0, 40.0], [100.0, 80.0])));
    assert!(!is_cut(&text([100.0, 40.0], [100.0, 40.0])));
    let at = |name: &str, place: [f32; 4]| (name.to_owned(), place);
    let row = at("row", [0.0, 0.0, 100.0, 100.0]);
    assert!(overlaps(&[row.clone(), at("in it", [10.0, 10.0, 90.0, 90.0]), at("beside", [100.0, 0.0, 200.0, 100.0])]).is_empty());
    assert_eq!(overlaps(&[row, at("half", [50.0, 50.0, 150.0, 90.0])]), ["\"row\" lies over \"half\""]);
}
