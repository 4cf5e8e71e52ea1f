//! The rules about pages and their adapters: both ends are connected, each page has its row and its presenter, and nothing
//! of a preview outlives the opening of the window. Each rule is shown a trespass that it must find.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{File, closing, files, lex, words};
use crate::tidy::is_tidy;

// ---- Adapters

/// What an adapter of the window offers.
struct Adapter {
    file: String,
    name: String,
    callbacks: Vec<String>,
    properties: Vec<String>,
}

/// The exported globals that Rust is meant to know.
fn adapters(ui: &[File]) -> Vec<Adapter> {
    let mut found = Vec::new();
    for file in ui {
        let (code, _) = lex(&file.text);
        for (at, _) in code.match_indices("export global ") {
            let name = words(&code[at + "export global ".len()..]).next().map(|(_, word)| word.to_owned()).unwrap_or_default();
            if name != "Session" && !name.ends_with("Adapter") {
                continue;
            }
            let open = at + code[at..].find('{').unwrap_or_default();
            let body = &code[open..closing(&code, open)];
            let after = |word: &str| -> Vec<String> {
                body.match_indices(word)
                    .filter_map(|(at, _)| words(&body[at + word.len()..]).next().map(|(_, word)| word.to_owned()))
                    .collect()
            };
            let properties = body.match_indices("property <").filter_map(|(at, _)| {
                let kind = at + "property ".len();
                // `<[A]>` and `<int>`: the name follows the bracket.
                let end = kind + body[kind..].find('>')? + 1;
                words(&body[end..]).next().map(|(_, word)| word.to_owned())
            });
            found.push(Adapter { file: file.path.clone(), name, callbacks: after("callback "), properties: properties.collect() });
        }
    }
    found
}

/// Callbacks that nobody connects or nobody calls, properties that Rust never touches or the screen never shows.
fn loose_ends(ui: &[File], rust: &[File]) -> Vec<String> {
    let ui_code: Vec<String> = ui.iter().map(|file| lex(&file.text).0).collect();
    let rust_code: Vec<String> = rust.iter().map(|file| lex(&file.text).0).collect();
    let mut found = Vec::new();
    for adapter in adapters(ui) {
        let Adapter { file, name, callbacks, properties } = &adapter;
        let knowing: Vec<&String> = rust_code.iter().filter(|code| words(code).any(|(_, word)| word == name)).collect();
        let in_rust = |wanted: &str| knowing.iter().any(|code| words(code).any(|(_, word)| word == wanted));
        let in_ui = |member: &str| {
            let wanted = format!("{name}.{member}");
            ui_code.iter().any(|code| {
                code.match_indices(&wanted)
                    .any(|(at, _)| !code[at + wanted.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_'))
            })
        };
        for callback in callbacks {
            let rust_name = callback.replace('-', "_");
            if !in_rust(&format!("on_{rust_name}")) {
                found.push(format!("{file}: {name}.{callback} is connected to nothing"));
            }
            if !in_ui(callback) {
                found.push(format!("{file}: {name}.{callback} is called by nothing"));
            }
        }
        for property in properties {
            let rust_name = property.replace('-', "_");
            if !in_rust(&format!("set_{rust_name}")) && !in_rust(&format!("get_{rust_name}")) {
                found.push(format!("{file}: {name}.{property} is never set or read"));
            }
            if !in_ui(property) {
                found.push(format!("{file}: {name}.{property} is shown nowhere"));
            }
        }
    }
    found
}

#[test]
fn every_callback_and_property_of_the_window_is_connected_at_both_ends() {
    let rust: Vec<File> = files("src/gui", ".rs").into_iter().chain(files("src/app", ".rs")).collect();
    is_tidy(loose_ends(&files("ui", ".slint"), &rust));
    let known: BTreeSet<String> = adapters(&files("ui", ".slint")).into_iter().map(|adapter| adapter.name).collect();
    assert!(known.len() > 10, "the adapters were found: {known:?}");
}

#[test]
fn a_loose_end_is_found() {
    let ui = "export global AAdapter { in property <[B]> rows; in-out property <string> a-name; callback do-it(key: string); }\n\
        component A { for row in AAdapter.rows: B { } text: AAdapter.a-name; clicked => { AAdapter.do-it(\"\"); } }";
    let rust = "fn f() { let a = w.global::<ui::AAdapter>(); a.on_do_it(g); a.set_rows(r); a.get_a_name(); }";
    let ends = |ui: &str, rust: &str| loose_ends(&[File::new("ui/pages/a.slint", ui)], &[File::new("src/gui/a.rs", rust)]);
    is_tidy(ends(ui, rust));
    assert_eq!(ends(ui, &rust.replace("a.on_do_it(g);", "")), ["ui/pages/a.slint: AAdapter.do-it is connected to nothing"]);
    assert_eq!(ends(&ui.replace("AAdapter.do-it(", "other.do-it("), rust), ["ui/pages/a.slint: AAdapter.do-it is called by nothing"]);
    assert_eq!(ends(ui, &rust.replace("a.set_rows(r);", "")), ["ui/pages/a.slint: AAdapter.rows is never set or read"]);
    assert_eq!(ends(&ui.replace("AAdapter.a-name;", "AAdapter.a-name-2;"), rust), ["ui/pages/a.slint: AAdapter.a-name is shown nowhere"]);
    // Another adapter's callback of the same name does not count.
    assert_eq!(ends(ui, &rust.replace("AAdapter", "BAdapter")).len(), 3);
}

// ---- What an adapter shows before anybody has filled it

/// The bodies of functions of `src/gui` by file and name.
fn bodies(gui: &[File]) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for file in gui {
        let name = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let (code, _) = lex(&file.text);
        for (at, _) in code.match_indices("fn ") {
            let Some((_, function)) = words(&code[at + 3..]).next() else { continue };
            if let Some(open) = code[at..].find('{').map(|open| at + open) {
                found.insert((name.clone(), function.to_owned()), code[open..closing(&code, open)].to_owned());
            }
        }
    }
    found
}

/// The presenters and services that `pages` gives a place, by name.
fn parts(gui: &[File]) -> BTreeSet<&str> {
    let pages = gui.iter().find(|file| file.path == "src/gui/pages.rs").map_or("", |file| file.text.as_str());
    pages.split("::PART").filter_map(|before| words(before).last()).map(|(_, part)| part).collect()
}

/// Everything that runs when a session ends, as text: the resets of all parts, and what they name of their own file or as
/// `file::function`.
fn all_resets(gui: &[File]) -> String {
    let bodies = bodies(gui);
    let mut open: Vec<_> = parts(gui).into_iter().map(|part| (part.to_owned(), "reset".to_owned())).collect();
    let (mut seen, mut text) = (BTreeSet::new(), String::new());
    while let Some(at) = open.pop() {
        let Some(body) = bodies.get(&at).filter(|_| seen.insert(at.clone())) else { continue };
        let named: Vec<_> = words(body).collect();
        for (place, (begins, word)) in named.iter().enumerate() {
            let of = match place.checked_sub(1).map(|before| named[before]) {
                Some((before, file)) if body[before + file.len()..*begins] == *"::" => file,
                _ => &at.0,
            };
            open.push((of.to_owned(), (*word).to_owned()));
        }
        text.push_str(body);
    }
    text
}

/// Names and figures of the preview that no reset takes away, and adapters that no reset knows.
fn previews_that_stay(ui: &[File], gui: &[File]) -> Vec<String> {
    let reset = all_resets(gui);
    // What is set belongs to the adapter that was named last.
    let mut adapter = "";
    let taken: BTreeSet<(&str, &str)> = words(&reset)
        .map(|(_, word)| {
            adapter = if word.ends_with("Adapter") { word } else { adapter };
            (adapter, word)
        })
        .collect();
    let mut found = Vec::new();
    for file in ui {
        let (code, _) = lex(&file.text);
        for (at, _) in code.match_indices("export global ") {
            let name = words(&code[at + "export global ".len()..]).next().map(|(_, word)| word).unwrap_or_default();
            let open = at + code[at..].find('{').unwrap_or_default();
            let end = closing(&code, open);
            let holds = code[open..end].contains("property <") && name.ends_with("Adapter") && !WITHOUT_RESET.contains(&name);
            if holds && words(&reset).all(|(_, word)| word != name) {
                found.push(format!("{}: no reset empties {name}", file.path));
            }
            for (property, _) in code[open..end].match_indices("property <").filter(|_| name.ends_with("Adapter")) {
                let place = open + property;
                let Some(colon) = code[place..end].find([':', ';']).filter(|colon| code.as_bytes()[place + colon] == b':') else {
                    continue;
                };
                let head = &code[place..place + colon];
                let member = head.rsplit(' ').next().unwrap_or_default();
                let value = file.text[place + colon + 1..end].trim_start();
                let is_something = value.starts_with('"') && !value.starts_with("\"\"")
                    || value.starts_with('[') && !value.starts_with("[]")
                    || value.starts_with(|c: char| ('1'..='9').contains(&c));
                let setter = format!("set_{}", member.replace('-', "_"));
                if is_something && !taken.contains(&(name, setter.as_str())) {
                    found.push(format!("{}: what {name}.{member} shows at first is never taken away", file.path));
                }
            }
        }
    }
    found
}

#[test]
fn no_name_and_no_figure_of_a_preview_outlives_the_opening_of_the_window() {
    is_tidy(previews_that_stay(&files("ui", ".slint"), &files("src/gui", ".rs")));
}

#[test]
fn a_preview_that_stays_is_found() {
    let ui = "export global AAdapter { in property <string> name: \"Karen\"; in property <int> count: 212; in property <[B]> rows: [ {} ]; \
        in property <string> note; in property <int> first: 0; in property <bool> busy: true; }";
    let stay = |reset: &str| {
        let gui = [File::new("src/gui/pages.rs", "Row { parts: &[a::PART] }"), File::new("src/gui/pages/a.rs", reset)];
        previews_that_stay(&[File::new("ui/pages/a.slint", ui)], &gui).len()
    };
    assert_eq!(
        stay(
            "fn reset() { let a = w.global::<ui::AAdapter>(); a.set_name(n); a.set_rows(r); clear(w); } fn clear() { w.global::<AAdapter>().set_count(0); }"
        ),
        0
    );
    assert_eq!(
        stay(
            "fn reset() { let a = w.global::<ui::AAdapter>(); a.set_name(n); a.set_rows(r); } fn clear() { w.global::<AAdapter>().set_count(0); }"
        ),
        1
    );
    assert_eq!(stay("fn reset() { let b = w.global::<ui::BAdapter>(); b.set_name(n); b.set_rows(r); b.set_count(0); }"), 4);
    assert_eq!(stay("fn refresh() { let a = w.global::<ui::AAdapter>(); a.set_name(n); a.set_rows(r); a.set_count(0); }"), 4);
}

/// Holds a reason from before there is a desk, and nobody's session.
const WITHOUT_RESET: [&str; 1] = ["ClosedAdapter"];

// ---- One row a page, and presenters that do not know each other

/// What of the window's pages is not as `pages` promises: a page without a row, a presenter without a place, one that names
/// another or goes round the kiosk.
fn strays(ui: &[File], gui: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let pages = gui.iter().find(|file| file.path == "src/gui/pages.rs").map_or("", |file| file.text.as_str());
    let rows = pages.split("ROWS: &[Row] = &[").nth(1).unwrap_or_default();
    let declared = ui.iter().find_map(|file| file.text.split("export enum Page {").nth(1)).unwrap_or_default();
    for page in declared.split('}').next().unwrap_or_default().split(',').map(str::trim).filter(|page| !page.is_empty()) {
        let variant: String = page.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        if !rows.contains(&format!("page: Page::{variant},")) {
            found.push(format!("{page} has no row"));
        }
    }
    let placed = parts(gui);
    for file in gui {
        let Some(name) = file.path.strip_prefix("src/gui/pages/") else { continue };
        if !placed.contains(name.trim_end_matches(".rs")) {
            found.push(format!("{} belongs to no row", file.path));
        }
        let (code, _) = lex(&file.text);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default().replace("pub(super)", "");
        if code.contains("super::") || code.contains("gui::pages") {
            found.push(format!("{} names another presenter, or what knows them", file.path));
        }
    }
    found
}

#[test]
fn every_page_has_its_row_and_no_presenter_names_another() {
    is_tidy(strays(&files("ui", ".slint"), &files("src/gui", ".rs")));
}

#[test]
fn a_stray_presenter_is_found() {
    let count = |pages: &str, a: &str| {
        let ui = [File::new("ui/app.slint", "export enum Page { home, lost-property }")];
        strays(&ui, &[File::new("src/gui/pages.rs", pages), File::new("src/gui/pages/a.rs", a)]).len()
    };
    let rows = "ROWS: &[Row] = &[ Row { page: Page::Home, parts: &[a::PART] }, Row { page: Page::LostProperty, .. }";
    assert_eq!(count(rows, "use crate::gui::kiosk::Kiosk; pub(super) fn open() {}"), 0);
    assert_eq!(count("page: Page::LostProperty, ROWS: &[Row] = &[ Row { page: Page::Home, parts: &[a::PART] }", ""), 1);
    assert_eq!(count("ROWS: &[Row] = &[ Row { page: Page::Home, .. }, Row { page: Page::LostProperty, .. }", ""), 1);
    assert_eq!(count(rows, "fn f() { super::b::open(); }"), 1);
    assert_eq!(count(rows, "use crate::gui::pages::b;"), 1);
}
