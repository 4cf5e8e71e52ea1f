//! Every pair of colours that the window lays on each other, in its three themes, by the formula of WCAG.

use std::collections::BTreeMap;

use velkommen::domain::accent::{Rgb, contrast};

use crate::source::files;

const TEXT: f64 = 7.0;
const LINE: f64 = 3.0;

/// What is laid on what, and the least contrast between them.
const PAIRS: &[(&[&str], &[&str], f64)] = &[
    (&["ink", "ink-soft", "ink-off"], &["ground", "surface", "sunken"], TEXT),
    (&["ink"], &["success-soft", "attention-soft", "refused-soft", "information-soft"], TEXT),
    (&["success"], &["ground", "surface", "success-soft"], TEXT),
    (&["attention"], &["ground", "surface", "attention-soft"], TEXT),
    (&["refused"], &["ground", "surface", "refused-soft"], TEXT),
    (&["information"], &["ground", "surface", "information-soft"], TEXT),
    (&["ink-soft"], &["success-soft", "attention-soft", "refused-soft", "information-soft"], 4.5),
    (&["success", "attention", "refused", "information"], &["sunken"], 6.9),
    (&["on-ink"], &["ink", "success", "attention", "refused", "refused-pressed", "information"], TEXT),
    (&["print"], &["paper"], TEXT),
    (&["line", "focus"], &["ground", "surface", "sunken"], LINE),
];

/// The colours of a theme, as its file says them.
fn theme(source: &str, name: &str) -> BTreeMap<String, Rgb> {
    let body = source.split(&format!("<Palette> {name}: {{")).nth(1).unwrap().split("};").next().unwrap();
    let entries = body.split(',').filter_map(|entry| entry.split_once(':'));
    entries.map(|(token, color)| (token.trim().to_owned(), Rgb::parse(&color.trim()[..7]).unwrap())).collect()
}

fn too_faint(colours: &BTreeMap<String, Rgb>) -> Vec<String> {
    let pairs = PAIRS
        .iter()
        .flat_map(|(above, below, least)| above.iter().flat_map(move |above| below.iter().map(move |below| (*above, *below, *least))));
    let seen = pairs.map(|(above, below, least)| (above, below, least, contrast(colours[above], colours[below])));
    seen.filter(|(.., least, seen)| seen < least).map(|(above, below, _, seen)| format!("{above} on {below}: {seen:.2}")).collect()
}

#[test]
fn every_pair_of_colours_can_be_told_apart_in_every_theme() {
    let source = &files("ui/theme/palette.slint", "")[0].text;
    for name in ["day", "contrast", "evening"] {
        let found = too_faint(&theme(source, name));
        assert!(found.is_empty(), "{name}: {}", found.join(", "));
    }
}

#[test]
fn a_pair_that_is_too_faint_is_found() {
    let source = files("ui/theme/palette.slint", "")[0].text.replacen("ink-soft: #4C463E", "ink-soft: #8C867E", 1);
    let found = too_faint(&theme(&source, "day"));
    assert!(found.iter().any(|pair| pair.starts_with("ink-soft on ground")), "{found:?}");
}
