//! The catalogue of words against everything that is said: on the screen with `@tr`, on paper and the command line with `say`.

use std::collections::{BTreeMap, BTreeSet};

use velkommen::domain::language::Language;

use crate::source::{File, files, lex, line, string};

/// A text as the source says it: its context, its words, and the words for many where a number decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    context: String,
    text: String,
    many: Option<String>,
}

/// Reads string literals and the signs between them, from `at` on, until something else comes.
fn literals(code: &str, text: &str, mut at: usize, between: &[&str]) -> Vec<String> {
    let mut read = Vec::new();
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if !code[at..].starts_with('"') {
            return read;
        }
        let (said, end) = string(text, at);
        read.push(said);
        at = end + code[end..].len() - code[end..].trim_start().len();
        let Some(sign) = between.iter().find(|sign| code[at..].starts_with(**sign)) else { return read };
        at += sign.len();
    }
}

/// What a file of the window says.
fn on_the_screen(file: &File) -> Result<Vec<Said>, String> {
    let (code, _) = lex(&file.text);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("@tr(") {
        match &literals(&code, &file.text, at + 4, &["=>", "|"])[..] {
            [context, text] => found.push(Said { context: context.clone(), text: text.clone(), many: None }),
            [context, text, many] => found.push(Said { context: context.clone(), text: text.clone(), many: Some(many.clone()) }),
            _ => return Err(format!("{}:{}: @tr without a context", file.path, line(&file.text, at))),
        }
    }
    Ok(found)
}

/// What a file of the program says through the same catalogue.
fn in_the_program(file: &File) -> Result<Vec<Said>, String> {
    let source = file.text.split("#[cfg(test)]").next().unwrap_or_default();
    let (code, _) = lex(source);
    let mut found = Vec::new();
    for (call, count) in [(".say(", 2), (".say_with(", 2), (".say_count(", 3)] {
        for (at, _) in code.match_indices(call) {
            let read = literals(&code, source, at + call.len(), &[","]);
            let Some(said) = read.get(..count) else {
                return Err(format!("{}:{}: a text that is not written here cannot be found for translation", file.path, line(source, at)));
            };
            found.push(Said { context: said[0].clone(), text: said[1].clone(), many: said.get(2).cloned() });
        }
    }
    Ok(found)
}

/// The places of a text, such as `{n}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(place, _)| place)).collect()
}

/// What is wrong with a catalogue, given all that is said.
fn faults(said: &BTreeSet<Said>, po: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut entries = BTreeMap::new();
    for entry in rspolib::pofile(po).expect("the catalogue can be read").entries {
        let key = Said { context: entry.msgctxt.clone().unwrap_or_default(), text: entry.msgid.clone(), many: entry.msgid_plural.clone() };
        if entry.obsolete || entry.fuzzy() {
            found.push(format!("{}: {:?} is marked as uncertain or old", key.context, key.text));
        }
        let forms = if key.many.is_some() { entry.msgstr_plural } else { entry.msgstr.into_iter().collect() };
        if let Some(twice) = entries.insert(key, forms) {
            found.push(format!("an entry stands twice: {twice:?}"));
        }
    }
    for said in said {
        let Said { context, text, many } = said;
        let Some(forms) = entries.remove(said) else {
            found.push(format!("{context}: {text:?} is missing"));
            continue;
        };
        if forms.len() != if many.is_some() { 2 } else { 1 } || forms.iter().any(|form| form.trim().is_empty()) {
            found.push(format!("{context}: {text:?} is not translated"));
            continue;
        }
        for (form, source) in forms.iter().zip([Some(text), many.as_ref()].into_iter().flatten()) {
            if places(form) != places(source) {
                found.push(format!("{context}: {text:?} has other places in {form:?}"));
            }
        }
    }
    found.extend(entries.keys().map(|key| format!("{}: {:?} is said nowhere", key.context, key.text)));
    found
}

fn everything_said() -> BTreeSet<Said> {
    let screen = files("ui", ".slint").into_iter().map(|file| on_the_screen(&file));
    let program = files("src", ".rs").into_iter().map(|file| in_the_program(&file));
    screen.chain(program).flat_map(|said| said.unwrap_or_else(|fault| panic!("{fault}"))).collect()
}

#[test]
fn every_catalogue_says_everything_that_is_said_and_nothing_else() {
    let said = everything_said();
    assert!(said.len() > 200, "only {} texts were found", said.len());
    let catalogues = files("assets/lang", ".po");
    let mut languages: Vec<_> = Language::ALL.map(Language::code).into_iter().filter(|code| *code != "en").collect();
    languages.sort_unstable();
    let of_languages: Vec<_> = languages.iter().map(|code| format!("assets/lang/{code}/LC_MESSAGES/velkommen.po")).collect();
    assert_eq!(catalogues.iter().map(|catalogue| &catalogue.path).collect::<Vec<_>>(), of_languages.iter().collect::<Vec<_>>());
    for catalogue in catalogues {
        let found = faults(&said, &catalogue.text);
        assert!(found.is_empty(), "{}\n{}", catalogue.path, found.join("\n"));
    }
}

const PO: &str = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n\
    msgctxt \"home\"\nmsgid \"Hello {0}\"\nmsgstr \"Hej {0}\"\n\n\
    msgctxt \"list\"\nmsgid \"{n} person\"\nmsgid_plural \"{n} people\"\nmsgstr[0] \"{n} person\"\nmsgstr[1] \"{n} personer\"\n";

fn said_in_po() -> BTreeSet<Said> {
    let slint = "A { text: @tr(\"home\" => \"Hello {0}\", name); b: @tr(\n  \"list\"\n  => \"{n} person\"\n  | \"{n} people\" % count); } // @tr(\"no\" => \"no\")";
    on_the_screen(&File::new("ui/a.slint", slint)).unwrap().into_iter().collect()
}

#[test]
fn each_fault_of_a_catalogue_is_found() {
    let said = said_in_po();
    assert_eq!(said.len(), 2);
    assert_eq!(faults(&said, PO), Vec::<String>::new());
    for (right, wrong, fault) in [
        ("msgstr \"Hej {0}\"", "msgstr \"\"", "home: \"Hello {0}\" is not translated"),
        ("msgstr \"Hej {0}\"", "msgstr \"Hej {1}\"", "home: \"Hello {0}\" has other places in \"Hej {1}\""),
        ("msgstr[1] \"{n} personer\"", "msgstr[1] \"personer\"", "list: \"{n} person\" has other places in \"personer\""),
        ("msgstr[1] \"{n} personer\"\n", "", "list: \"{n} person\" is not translated"),
    ] {
        assert_eq!(faults(&said, &PO.replace(right, wrong)), [fault]);
    }
    assert_eq!(faults(&said, &PO.replace("msgctxt \"home\"", "#, fuzzy\nmsgctxt \"home\"")).len(), 1);
    let one: BTreeSet<Said> = said.iter().take(1).cloned().collect();
    assert_eq!(faults(&one, PO), ["list: \"{n} person\" is said nowhere"]);
    assert_eq!(faults(&said, &PO.replace("msgctxt \"home\"", "msgctxt \"hall\"")).len(), 2, "missing, and said nowhere");
}

#[test]
fn what_the_program_says_is_found_and_what_cannot_be_found_is_refused() {
    let file = |text: &str| File::new("src/a.rs", text);
    let text = "words.say(\"badge\", \"Visitor\"); words.say_with(\n\"cli\",\n\"In {file}, “{a}”\", &[(\"file\", &a)]); words\n.say_count(\"list\", \"{n} one\", \"{n} many\", 3);\n#[cfg(test)] mod tests { x.say(\"no\", \"no\") }";
    let said = in_the_program(&file(text)).unwrap();
    assert_eq!(said.len(), 3);
    assert_eq!(said[1].text, "In {file}, “{a}”");
    assert_eq!(said[2].many.as_deref(), Some("{n} many"));
    assert!(in_the_program(&file("words.say_with(\"cli\", text, &[])")).is_err());
    assert!(on_the_screen(&File::new("ui/a.slint", "text: @tr(\"Hello\");")).is_err());
}
