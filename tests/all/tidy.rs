//! The rules about the source that no compiler holds. Each is a function from a file to what is wrong with it, and
//! each is shown a trespass that it must find.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{File, closing, files, lex, line, words};

/// Nothing is wrong, or the list of what is.
#[track_caller]
pub fn is_tidy(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn says(file: &File, at: usize, what: &str) -> String {
    format!("{}:{}: {what}", file.path, line(&file.text, at))
}

// ---- Arrows in src

/// The room of a source file, and which rooms it may name besides its own.
fn room(path: &str) -> Option<(&'static str, &'static [&'static str])> {
    const ROOMS: [(&str, &[&str]); 8] = [
        ("files", &[]),
        ("domain", &[]),
        ("store", &["domain", "files"]),
        ("desk", &["domain", "store", "files"]),
        ("documents", &["domain", "files"]),
        ("devices", &["files"]),
        ("gui", &["domain", "desk", "documents", "devices", "files"]),
        ("cli", &["domain", "desk", "documents", "devices", "files"]),
    ];
    let name = path.strip_prefix("src/")?.split(['/', '.']).next()?;
    ROOMS.into_iter().find(|(room, _)| *room == name)
}

const ROOMS: [&str; 9] = ["files", "domain", "store", "desk", "documents", "devices", "gui", "cli", "app"];

/// Rooms that a file names and may not, and foreign words that are not for its room.
fn arrows_in_src(file: &File) -> Vec<String> {
    let Some((own, below)) = room(&file.path) else { return Vec::new() };
    let (code, _) = lex(&file.text);
    let mut found = Vec::new();
    for root in ["crate::", "velkommen::"] {
        for (at, _) in code.match_indices(root) {
            let path = at + root.len();
            let named: Vec<&str> = if code[path..].starts_with('{') {
                words(&code[path..closing(&code, path)]).map(|(_, word)| word).filter(|word| ROOMS.contains(word)).collect()
            } else {
                words(&code[path..]).map(|(_, word)| word).take(1).collect()
            };
            found.extend(
                named
                    .into_iter()
                    .filter(|named| ROOMS.contains(named) && *named != own && !below.contains(named))
                    .map(|named| says(file, at, &format!("{own} names {named}"))),
            );
        }
    }
    let foreign: &[(&str, &[&str])] = &[
        ("slint", &["gui"]),
        ("rusqlite", &["store", "desk"]),
        ("i_slint_core", &["gui"]),
        ("i_slint_backend_selector", &[]),
        ("i_slint_backend_testing", &[]),
    ];
    for (word, rooms) in foreign {
        found.extend(
            words(&code)
                .filter(|(_, named)| named == word && !rooms.contains(&own))
                .map(|(at, _)| says(file, at, &format!("{own} names {word}"))),
        );
    }
    if own == "domain" {
        for banned in ["std::fs", "Utc::now", "Local::now", "SystemTime::now", "std::thread"] {
            found.extend(code.match_indices(banned).map(|(at, _)| says(file, at, &format!("domain names {banned}"))));
        }
    }
    found
}

#[test]
fn every_arrow_in_src_points_down() {
    is_tidy(files("src", ".rs").iter().flat_map(arrows_in_src).collect());
}

#[test]
fn an_arrow_that_points_up_in_src_is_found() {
    let trespasses = [
        ("src/domain/visit.rs", "use crate::store::Store;"),
        ("src/domain/visit.rs", "use crate::files;"),
        ("src/domain/visit.rs", "use slint::SharedString;"),
        ("src/domain/visit.rs", "fn f(c: &rusqlite::Connection) {}"),
        ("src/domain/visit.rs", "let text = std::fs::read(path);"),
        ("src/domain/clock.rs", "let now = chrono::Utc::now();"),
        ("src/store/visits.rs", "use crate::desk::Desk;"),
        ("src/store/mod.rs", "use crate::{domain::visit, gui};"),
        ("src/desk/sign_in.rs", "use crate::gui::Kiosk;"),
        ("src/desk/sign_in.rs", "use crate::cli::Args;"),
        ("src/gui/today.rs", "use crate::store::visits;"),
        ("src/gui/today.rs", "use rusqlite::Connection;"),
        ("src/gui/today.rs", "use crate::cli::Answer;"),
        ("src/cli/visit.rs", "use crate::gui::Kiosk;"),
        ("src/cli/visit.rs", "use crate::app::demo;"),
        ("src/documents/badge.rs", "use crate::desk::Desk;"),
        ("src/devices/printer.rs", "use crate::domain::visit::VisitorName;"),
    ];
    for (path, text) in trespasses {
        assert_eq!(arrows_in_src(&File::new(path, text)).len(), 1, "{path}: {text}");
    }
    let allowed = [
        ("src/domain/visit.rs", "// crate::store is above\nlet text = \"slint\";"),
        ("src/gui/today.rs", "use crate::desk::StoreError; use slint::Model;"),
        ("src/app.rs", "use crate::cli; use crate::gui::Kiosk;"),
    ];
    for (path, text) in allowed {
        is_tidy(arrows_in_src(&File::new(path, text)));
    }
}

// ---- Arrows in ui

/// How high a file of the window stands; a file imports from its own height and below.
fn height(path: &str) -> usize {
    let place = path.strip_prefix("ui/").unwrap_or(path);
    match place.split('/').next() {
        Some("theme") => 0,
        Some("widgets") => 2,
        Some("blocks") => 3,
        Some("pages") => 4,
        Some("app.slint") => 5,
        // What every page knows: above the theme, below everything that is drawn.
        _ => 1,
    }
}

fn arrows_in_ui(file: &File) -> Vec<String> {
    let (code, literals) = lex(&file.text);
    let imports = literals.iter().filter(|literal| code[..literal.at].trim_end().ends_with("from"));
    let mut found = Vec::new();
    for import in imports {
        if import.text == "std-widgets.slint" {
            if height(&file.path) < 3 {
                found.push(says(file, import.at, "a ready-made widget below the pages"));
            }
            continue;
        }
        let mut place: Vec<_> = file.path.split('/').collect();
        place.pop();
        for part in import.text.split('/') {
            match part {
                ".." => drop(place.pop()),
                "." => {}
                part => place.push(part),
            }
        }
        let target = place.join("/");
        if height(&target) > height(&file.path) {
            found.push(says(file, import.at, &format!("{} imports {target}", file.path)));
        }
    }
    found
}

#[test]
fn every_arrow_in_ui_points_down() {
    is_tidy(files("ui", ".slint").iter().flat_map(arrows_in_ui).collect());
}

#[test]
fn an_arrow_that_points_up_in_ui_is_found() {
    let trespasses = [
        ("ui/theme/type.slint", "import { Words } from \"../widgets/words.slint\";"),
        ("ui/theme/type.slint", "import { Session } from \"../session.slint\";"),
        ("ui/session.slint", "import { Words } from \"widgets/words.slint\";"),
        ("ui/widgets/field.slint", "import { TopBar } from \"../blocks/top_bar.slint\";"),
        ("ui/widgets/field.slint", "import { Button } from \"std-widgets.slint\";"),
        ("ui/blocks/top_bar.slint", "import { HomePage }\n    from \"../pages/home.slint\";"),
        ("ui/pages/home.slint", "import { App } from \"../app.slint\";"),
    ];
    for (path, text) in trespasses {
        assert_eq!(arrows_in_ui(&File::new(path, text)).len(), 1, "{path}: {text}");
    }
    is_tidy(arrows_in_ui(&File::new("ui/pages/home.slint", "import { A } from \"today.slint\"; import { B } from \"../session.slint\";")));
}

// ---- The first line

fn first_line(file: &File) -> Vec<String> {
    let opening = if file.path.ends_with(".rs") { "//! " } else { "// " };
    let sentence = file.text.strip_prefix(opening).and_then(|text| text.lines().next()).unwrap_or_default();
    if sentence.len() < 10 { vec![format!("{} does not begin with {opening}and what lives here", file.path)] } else { Vec::new() }
}

#[test]
fn every_file_begins_with_what_lives_in_it() {
    let rust = files("src", ".rs").into_iter().chain(files("tests", ".rs")).chain(files("build.rs", ".rs"));
    is_tidy(rust.chain(files("ui", ".slint")).flat_map(|file| first_line(&file)).collect());
}

#[test]
fn a_file_without_its_first_line_is_found() {
    for (path, text) in [
        ("src/a.rs", "use std::fs;"),
        ("src/a.rs", "// Not this one.\n"),
        ("src/a.rs", "//! \n"),
        ("ui/a.slint", "import {}"),
        ("ui/a.slint", ""),
    ] {
        assert_eq!(first_line(&File::new(path, text)).len(), 1, "{path}: {text}");
    }
}

// ---- Words and colours in ui

/// The places of strings that nobody reads, or that are translated: `@tr(..)`, pictures, imports, and the preview data of adapters.
fn is_silent(file: &File, code: &str, at: usize) -> bool {
    let before = code[..at].trim_end();
    let inside = |opening: &str| before.rfind(opening).is_some_and(|open| closing(code, open + opening.len() - 1) > at);
    let in_global = code[..at].rfind("global ").is_some_and(|open| {
        code[open..].find('{').is_some_and(|brace| closing(code, open + brace) > at)
            && code[open..at]
                .rfind("property <")
                .is_some_and(|property| !code[open + property..at].contains("};") && !ends_statement(&code[open + property..at]))
    });
    before.ends_with("from")
        || inside("@tr(")
        || inside("@image-url(")
        || inside("@markdown(")
        || in_global
        || file.path.starts_with("ui/theme/")
}

/// Whether a `;` outside brackets ends what begins here.
fn ends_statement(code: &str) -> bool {
    let mut depth = 0;
    for byte in code.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            b';' if depth <= 0 => return true,
            _ => {}
        }
    }
    false
}

/// Texts that are the same in every language.
const PROPER_NAMES: [&str; 6] = ["Velkommen", "Dansk", "English", "Svenska", "Norsk", "Deutsch"];

fn untranslated(file: &File) -> Vec<String> {
    let (code, literals) = lex(&file.text);
    let is_text = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 1 && !PROPER_NAMES.contains(&text);
    literals
        .iter()
        .filter(|literal| is_text(&literal.text) && !is_silent(file, &code, literal.at))
        .map(|literal| says(file, literal.at, &format!("\"{}\" is not in @tr", literal.text)))
        .collect()
}

#[test]
fn every_text_on_the_screen_can_be_translated() {
    is_tidy(files("ui", ".slint").iter().flat_map(untranslated).collect());
}

#[test]
fn a_text_outside_tr_is_found() {
    let trespasses = [
        "component A { Text { text: \"Hello\"; } }",
        "component A { Text { text: a ? @tr(\"c\" => \"b\") : \"Hello\"; } }",
        "component A { accessible-label: \"Close it\"; }",
        "component A { placeholder: \"Your name\"; }",
        "component A { in property <string> label: \"Company\"; }",
        "component A { pure function f() -> string { \"Hello\" } }",
        "global A { pure function f() -> string { return \"Hello\"; } }",
        "global A { in property <string> a: \"preview\"; public function f() -> string { \"Hello\" } }",
    ];
    for text in trespasses {
        assert_eq!(untranslated(&File::new("ui/pages/a.slint", text)).len(), 1, "{text}");
    }
    let allowed = [
        "import { A } from \"a.slint\";",
        "component A { text: @tr(\"home\" => \"Hello {0}\", name); source: @image-url(\"a/b.svg\"); }",
        "component A { text: \"\"; other: \"’\"; } // \"Hello\"",
        "global A { in property <string> clock: \"9:41 nine\"; in property <[B]> b: [ { key: \"one\", name: \"Karen\" } ]; }",
    ];
    for text in allowed {
        is_tidy(untranslated(&File::new("ui/pages/a.slint", text)));
    }
}

/// Colours and durations that do not come from the theme.
fn literal_looks(file: &File) -> Vec<String> {
    if file.path.starts_with("ui/theme/") {
        return Vec::new();
    }
    const NAMES: [&str; 20] = [
        "white", "black", "red", "green", "blue", "yellow", "orange", "purple", "gray", "grey", "silver", "maroon", "navy", "teal", "lime",
        "aqua", "cyan", "magenta", "fuchsia", "Colors",
    ];
    let (code, _) = lex(&file.text);
    let hex = code.match_indices('#').filter(|(at, _)| code[at + 1..].chars().take_while(char::is_ascii_hexdigit).count() >= 3);
    let named = words(&code).filter(|(at, word)| {
        let after = code[at + word.len()..].trim_start();
        let is_function = matches!(*word, "rgb" | "rgba" | "hsv" | "oklch") && after.starts_with('(');
        // `name:` and `.name` are properties that happen to be called so.
        is_function || (NAMES.contains(word) && !after.starts_with(':') && (!code[..*at].ends_with('.') || *word == "Colors"))
    });
    let durations = words(&code).filter(|(_, word)| {
        let number = word.trim_end_matches(char::is_alphabetic);
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(&word[number.len()..], "ms" | "s")
            && number != "0"
    });
    hex.map(|(at, _)| says(file, at, "a literal colour"))
        .chain(named.map(|(at, word)| says(file, at, &format!("the literal colour {word}"))))
        .chain(durations.map(|(at, word)| says(file, at, &format!("the literal duration {word}"))))
        .collect()
}

#[test]
fn colours_and_durations_live_in_the_theme() {
    is_tidy(files("ui", ".slint").iter().flat_map(literal_looks).collect());
}

#[test]
fn a_literal_colour_or_duration_outside_the_theme_is_found() {
    let trespasses = [
        "background: #fff;",
        "background: #1D1A16B8;",
        "color: white;",
        "color: a ? Theme.palette.ink : black;",
        "color: rgb(1, 2, 3);",
        "color: rgba(1, 2, 3, 0.5);",
        "color: Colors.red;",
        "interval: 90ms;",
        "animate x { duration: 2s; }",
    ];
    for text in trespasses {
        assert_eq!(literal_looks(&File::new("ui/pages/a.slint", text)).len(), 1, "{text}");
        is_tidy(literal_looks(&File::new("ui/theme/a.slint", text)));
    }
    is_tidy(literal_looks(&File::new("ui/pages/a.slint", "background: transparent; x: 0ms; // #fff white\n text: \"#fff\"; a: 20px;")));
}

// ---- Left-overs

fn left_overs(file: &File) -> Vec<String> {
    let marks = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X")];
    let machine = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/tm", "p/"),
        concat!("/Us", "ers/"),
        concat!("C:", "\\"),
    ];
    let marked = words(&file.text).filter(|(_, word)| marks.contains(word)).map(|(at, word)| says(file, at, word));
    let paths = machine
        .iter()
        .flat_map(|path| file.text.match_indices(path))
        .map(|(at, path)| says(file, at, &format!("the path {path} of one machine")));
    marked.chain(paths).collect()
}

#[test]
fn nothing_is_left_over() {
    let places = [
        ("src", ".rs"),
        ("tests", ".rs"),
        ("ui", ".slint"),
        ("migrations", ".sql"),
        ("assets/profiles", ".toml"),
        ("build.rs", ".rs"),
        ("Cargo.toml", ".toml"),
    ];
    is_tidy(places.into_iter().flat_map(|(place, ending)| files(place, ending)).flat_map(|file| left_overs(&file)).collect());
}

#[test]
fn a_left_over_is_found() {
    for text in [
        concat!("// TO", "DO: later"),
        concat!("// FIX", "ME"),
        concat!("XX", "X"),
        concat!("let a = \"/tm", "p/a\";"),
        concat!("/ho", "me/somebody"),
    ] {
        assert_eq!(left_overs(&File::new("src/a.rs", text)).len(), 1, "{text}");
    }
}

// ---- What a device can do to the program

/// Threads and caught panics of devices outside their one home, and connections that last as long as the other end likes.
fn unguarded(file: &File) -> Vec<String> {
    let (code, _) = lex(&file.text);
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let is_home = |homes: &[&str]| homes.iter().any(|home| file.path.ends_with(home)) || file.path.ends_with("/tests.rs");
    let mut found = Vec::new();
    if !is_home(&["devices/guard.rs"]) {
        for word in ["catch_unwind", "thread::spawn("] {
            found.extend(code.match_indices(word).map(|(at, _)| says(file, at, &format!("{word} beside `guard`"))));
        }
        // A program that is started takes nothing.
        let threads = code.match_indices(".spawn(").filter(|(at, _)| !code[*at..].starts_with(".spawn()"));
        found.extend(threads.map(|(at, _)| says(file, at, "a thread beside `guard`")));
    }
    if !is_home(&["devices/bounded.rs", "devices/camera/http.rs"]) {
        found.extend(code.match_indices("TcpStream::connect").map(|(at, _)| says(file, at, "a connection beside `bounded`")));
    }
    found
}

#[test]
fn no_device_ends_a_thread_or_holds_one() {
    is_tidy(files("src/devices", ".rs").iter().flat_map(unguarded).collect());
}

#[test]
fn a_thread_or_a_connection_of_a_device_that_nothing_guards_is_found() {
    for text in [
        "fn f() { std::thread::spawn(|| ()); }",
        "fn f() { Builder::new().name(name).spawn(work); }",
        "fn f() { std::panic::catch_unwind(work); }",
        "fn f() { TcpStream::connect(\"printer\"); }",
        "fn f() { TcpStream::connect_timeout(&address, PATIENCE); }",
    ] {
        assert!(!unguarded(&File::new("src/devices/a.rs", text)).is_empty(), "{text}");
    }
    is_tidy(unguarded(&File::new("src/devices/a.rs", "fn f() { Command::new(program).spawn()?; scope.spawn_scoped(work); }")));
}

// ---- No circle of files

/// The module that a file is, from the crate's root: `src/gui/kiosk.rs` is `gui::kiosk`, `src/gui/mod.rs` is `gui`.
fn module(path: &str) -> Vec<&str> {
    let mut module: Vec<_> = path.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
    if module.last() == Some(&"mod") {
        module.pop();
    }
    module
}

/// The paths that begin at `at`, with every group in braces written out.
fn paths(code: &str, at: usize) -> Vec<Vec<&str>> {
    let mut path = Vec::new();
    let mut rest = at;
    loop {
        let begin = rest + code[rest..].len() - code[rest..].trim_start().len();
        if code[begin..].starts_with('{') {
            let end = closing(code, begin);
            let inside = &code[..end - 1];
            let (mut tails, mut part, mut depth) = (Vec::new(), begin + 1, 0);
            for (place, byte) in inside.bytes().enumerate().skip(begin + 1) {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    b',' if depth == 0 => {
                        tails.extend(paths(&code[..place], part));
                        part = place + 1;
                    }
                    _ => {}
                }
            }
            tails.extend(paths(inside, part));
            return tails.into_iter().map(|tail| [path.clone(), tail].concat()).collect();
        }
        let Some((_, word)) = words(&code[begin..]).next().filter(|(place, _)| *place == 0) else { return vec![path] };
        path.push(word);
        rest = begin + word.len();
        match code[rest..].strip_prefix("::") {
            Some(_) => rest += 2,
            None => return vec![path],
        }
    }
}

/// The files of a room that each of its files names, tests at their feet left out.
fn names_in_room(room: &[File]) -> BTreeMap<&str, BTreeSet<&str>> {
    let modules: BTreeMap<Vec<&str>, &str> = room.iter().map(|file| (module(&file.path), file.path.as_str())).collect();
    let mut named = BTreeMap::new();
    for file in room {
        let (code, _) = lex(&file.text);
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let own = module(&file.path);
        let parent = own[..own.len() - 1].to_vec();
        let children = modules.keys().filter(|module| module.len() == own.len() + 1 && module.starts_with(&own));
        let mut roots = vec![("crate::".to_owned(), Vec::new()), ("super::".to_owned(), parent)];
        roots.extend(children.map(|child| (format!("{}::", child[own.len()]), child.clone())));
        let mut to = BTreeSet::new();
        for (root, base) in roots {
            // Within a longer path, or a longer word, it is another.
            let is_root = |at: usize| !code[..at].ends_with(|before: char| before == ':' || before == '_' || before.is_alphanumeric());
            for (at, _) in code.match_indices(&root).filter(|(at, _)| root == "super::" || is_root(*at)) {
                for path in paths(code, at + root.len()) {
                    let whole = [base.clone(), path].concat();
                    let longest = (1..=whole.len()).rev().find_map(|length| modules.get(&whole[..length]));
                    to.extend(longest.filter(|longest| **longest != file.path));
                }
            }
        }
        named.insert(file.path.as_str(), to);
    }
    named
}

/// What a file names, and what that names, and so on.
fn reached<'f>(named: &BTreeMap<&'f str, BTreeSet<&'f str>>, from: &'f str) -> BTreeSet<&'f str> {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(at) = open.pop() {
        open.extend(named[at].iter().filter(|to| seen.insert(**to)));
    }
    seen
}

/// The files of a room that name each other in a circle: each with those it is in a circle with.
fn circles(room: &[File]) -> Vec<String> {
    let named = names_in_room(room);
    let reach: BTreeMap<&str, BTreeSet<&str>> = named.keys().map(|file| (*file, reached(&named, file))).collect();
    let in_circle = reach.iter().filter(|(file, to)| to.contains(*file));
    in_circle
        .map(|(file, to)| {
            let others: Vec<&str> = to.iter().filter(|other| *other != file && reach[*other].contains(file)).copied().collect();
            format!("{file} is in a circle with {}", others.join(", "))
        })
        .collect()
}

/// Rooms in which no two files name each other in a circle.
const WITHOUT_CIRCLE: &[&str] = &["src/app", "src/cli", "src/desk", "src/devices", "src/documents", "src/domain", "src/gui", "src/store"];

#[test]
fn no_circle_of_files_in_the_rooms_that_have_none() {
    is_tidy(WITHOUT_CIRCLE.iter().flat_map(|room| circles(&files(room, ".rs"))).collect());
    for room in ROOMS.iter().filter(|room| **room != "files") {
        let line = format!("src/{room}: {} files in circles\n", circles(&files(&format!("src/{room}"), ".rs")).len());
        std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).unwrap();
    }
}

#[test]
fn a_circle_of_files_is_found() {
    let of = |texts: &[(&str, &str)]| circles(&texts.iter().map(|(path, text)| File::new(path, text)).collect::<Vec<_>>()).len();
    let below = ("src/gui/kiosk.rs", "struct Kiosk;");
    let list = ("src/gui/mod.rs", "mod kiosk; mod a; mod b; pub use kiosk::Kiosk;");
    assert_eq!(of(&[below, list, ("src/gui/a.rs", "use super::Kiosk;"), ("src/gui/b.rs", "use super::{Kiosk, a::A};")]), 0);
    assert_eq!(of(&[below, list, ("src/gui/a.rs", "use super::b;"), ("src/gui/b.rs", "use super::{Kiosk, a::A};")]), 2);
    assert_eq!(of(&[below, list, ("src/gui/a.rs", "fn f() { super::b::g(); }"), ("src/gui/b.rs", "use crate::gui::a::{A, B};")]), 2);
    assert_eq!(of(&[("src/gui/mod.rs", "mod a; struct B { a: a::A }"), ("src/gui/a.rs", "use super::B;")]), 2, "a path in passing");
    assert_eq!(of(&[("src/gui/mod.rs", "mod a; use crate::domain::a::A;"), ("src/gui/a.rs", "use super::B;")]), 0, "another room's a");
    assert_eq!(of(&[("src/gui/kiosk.rs", "use super::a;"), list, ("src/gui/a.rs", "use super::Kiosk;")]), 3, "the list hands the kiosk on");
    assert_eq!(
        of(&[below, list, ("src/gui/a.rs", "// super::b\n#[cfg(test)]\nmod tests { use super::b; }"), ("src/gui/b.rs", "use super::a;")]),
        0
    );
}
