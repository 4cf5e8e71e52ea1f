//! What the code cites against `docs/requirements.md`, in both directions; and no source that stands outside the project.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{files, lex, line};

/// The ids in a text: one to three capitals and a number.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
        let capitals = word.bytes().take_while(u8::is_ascii_uppercase).count();
        (1..=3).contains(&capitals) && word.len() > capitals && word[capitals..].bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What the page says: each id with the tests that hold it.
fn page() -> BTreeMap<String, Vec<String>> {
    let page = files("docs/requirements.md", ".md").remove(0).text;
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Id"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, tests] = cells[..] else { panic!("three cells: {row}") };
        (id.to_owned(), tests.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn every_requirement_that_the_code_cites_is_told_and_every_one_that_is_told_is_cited() {
    let told = page();
    assert!(told.len() > 20);
    let mut cited = BTreeSet::new();
    for file in files("src", ".rs") {
        for text in file.text.split("**Source** ").skip(1) {
            let sources = text.lines().next().unwrap_or_default();
            cited.extend(ids(sources).map(str::to_owned));
        }
    }
    let told: BTreeSet<_> = told.into_keys().collect();
    assert_eq!(cited.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "cited and not told");
    assert_eq!(told.difference(&cited).collect::<Vec<_>>(), Vec::<&String>::new(), "told and cited nowhere");
}

#[test]
fn every_test_that_holds_a_requirement_is_there() {
    let mut tests = BTreeSet::new();
    for file in files("src", ".rs").into_iter().chain(files("tests/all", ".rs")) {
        let (code, _) = lex(&file.text);
        tests.extend(code.split("#[test]").skip(1).filter_map(|after| {
            let name = after.split_once("fn ")?.1;
            Some(name[..name.find('(')?].to_owned())
        }));
    }
    for (id, named) in page() {
        assert!(!named.is_empty(), "{id} is held by nothing");
        for test in named {
            assert!(tests.contains(&test), "{id}: there is no test {test}");
        }
    }
}

#[test]
fn no_source_stands_outside_the_project() {
    let papers = ["PRIVACY", "TRUST", "DESIGN", "EXPERIENCE", "INTEROP", "FIGURES"];
    let mut faults = Vec::new();
    for file in ["src", "ui", "benches", "migrations"].iter().flat_map(|room| ["rs", "slint", "sql"].map(|ending| (room, ending))).flat_map(
        |(room, ending)| {
            if (*room == "ui") == (ending == "slint") && (*room == "migrations") == (ending == "sql") {
                files(room, ending)
            } else {
                Vec::new()
            }
        },
    ) {
        for paper in papers {
            faults.extend(file.text.match_indices(paper).map(|(at, _)| format!("{}:{}: {paper}", file.path, line(&file.text, at))));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
