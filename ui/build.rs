//! Compiles the window, with the catalogues of words in it.

use std::path::{Path, PathBuf};

const CATALOGUES: &str = "../assets/lang";

fn main() {
    println!("cargo::rerun-if-changed={CATALOGUES}");
    let config = slint_build::CompilerConfiguration::new().with_bundled_translations(catalogues()).with_debug_info(is_headless());
    slint_build::compile_with_config("app.slint", config).expect("the window compiles");
}

fn is_headless() -> bool {
    std::env::var_os("CARGO_FEATURE_HEADLESS").is_some()
}

/// The catalogues again, under the name that Slint looks for: that of the crate it compiles for.
fn catalogues() -> PathBuf {
    let out = Path::new(&std::env::var_os("OUT_DIR").expect("cargo names a folder for what is generated")).join("lang");
    for language in std::fs::read_dir(CATALOGUES).expect("there are catalogues") {
        let language = language.expect("the folder of catalogues can be read");
        let messages = out.join(language.file_name()).join("LC_MESSAGES");
        std::fs::create_dir_all(&messages).expect("a folder for a catalogue");
        let from = language.path().join("LC_MESSAGES/velkommen.po");
        std::fs::copy(&from, messages.join("velkommen-ui.po")).expect("a catalogue can be copied");
    }
    if is_headless() {
        let messages = out.join("xx/LC_MESSAGES");
        std::fs::create_dir_all(&messages).expect("a folder for a catalogue");
        let one = std::fs::read_to_string(Path::new(CATALOGUES).join("da/LC_MESSAGES/velkommen.po")).expect("a catalogue can be read");
        std::fs::write(messages.join("velkommen-ui.po"), longer(&one)).expect("a catalogue can be written");
    }
    make_old(&out).expect("what is generated can be dated");
    out
}

/// Cargo is told of these files too. Newer than the build they would have it done all over again, every minute of it.
fn make_old(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        std::fs::read_dir(path)?.try_for_each(|entry| make_old(&entry?.path()))?;
    }
    std::fs::File::open(path)?.set_modified(std::time::SystemTime::UNIX_EPOCH)
}

/// A catalogue in a language for tests: English with other letters, and longer by two fifths.
fn longer(catalogue: &str) -> String {
    let mut english = ["", ""];
    let mut lines = Vec::new();
    for line in catalogue.lines() {
        let quoted = |keyword| line.strip_prefix(keyword)?.strip_suffix('"');
        if let Some(singular) = quoted("msgid \"") {
            english = [singular; 2];
        } else if let Some(plural) = quoted("msgid_plural \"") {
            english[1] = plural;
        }
        lines.push(match line.split_once(' ') {
            Some((keyword @ ("msgstr" | "msgstr[0]"), _)) if !english[0].is_empty() => format!("{keyword} \"{}\"", stretched(english[0])),
            Some((keyword @ "msgstr[1]", _)) => format!("{keyword} \"{}\"", stretched(english[1])),
            _ => line.replace("Language: da", "Language: xx"),
        });
    }
    lines.join("\n")
}

/// Other letters outside the braces, and words after the last one.
fn stretched(english: &str) -> String {
    let mut in_braces = false;
    let other = english.chars().map(|letter| {
        in_braces = letter == '{' || in_braces && letter != '}';
        match letter {
            _ if in_braces => letter,
            'a' => 'å',
            'e' => 'é',
            'o' => 'ø',
            'u' => 'ü',
            'A' => 'Å',
            'O' => 'Ø',
            _ => letter,
        }
    });
    // A short word grows, a sentence gets more words.
    let length = english.chars().count() * 2 / 5;
    let more = " lørem ïpsüm dølor sit åmet".chars().cycle().skip(usize::from(length < 6)).take(length);
    other.collect::<String>() + more.collect::<String>().trim_end()
}
