//! Every statement of the store looks its rows up: none reads a whole table but those that are named here.
//!
//! Once as the desk asks, which keeps no statistics, and once with those of a hundred thousand rows in every table.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::given::given;
use crate::source::{File, files, lex};

/// A statement and the file it stands in.
struct Statement {
    path: String,
    sql: String,
}

/// What each name of a file's `const NAME: &str = "…"` stands for.
fn constants(file: &File) -> BTreeMap<String, String> {
    let (code, literals) = lex(&file.text);
    let named = code.match_indices("const ").filter_map(|(at, _)| {
        let (name, rest) = code[at + 6..].split_once(": &str =")?;
        let quote = at + 6 + name.len() + 8 + rest.find('"')?;
        let text = literals.iter().find(|literal| literal.at == quote)?.text.clone();
        (name.len() < 40).then(|| (name.to_owned(), text))
    });
    named.collect()
}

/// Every text that is SQL.
fn statements() -> Vec<Statement> {
    let mut found = Vec::new();
    for file in files("src/store", ".rs").into_iter().filter(|file| !file.path.ends_with("/tests.rs")) {
        let text = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        let constants = constants(&file);
        for literal in lex(text).1 {
            let is_sql = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|word| literal.text.starts_with(word));
            if is_sql && !literal.text.contains("sqlite_") && !literal.text.contains("refinery_") {
                let sql = constants.iter().fold(literal.text.clone(), |sql, (name, text)| sql.replace(&format!("{{{name}}}"), text));
                found.push(Statement { path: file.path.clone(), sql });
            }
        }
    }
    found
}

/// The statements that may read a whole table: the beginning of each, the table, and why.
const PERMITTED: &[(&str, &str, &str)] = &[
    ("SELECT (SELECT count(*) FROM audit_entries)", "audit_entries USING COVERING", "the overview counts, when somebody asks for it"),
    ("SELECT (SELECT count(*) FROM consent_evidence)", "consent_evidence USING COVERING", "the same"),
    ("SELECT (SELECT count(*) FROM invitations)", "invitations USING COVERING", "the same"),
    ("SELECT (SELECT count(*) FROM messages)", "messages USING COVERING", "the same"),
    ("SELECT (SELECT count(*) FROM visits)", "visits USING COVERING", "the same"),
    ("SELECT count(*) AS records, min(participants.added_at)", "participants", "the same; the oldest of them has no index, for imports"),
    ("SELECT count(*) AS records, min(added_at)", "events", "a few events a day at most"),
    ("SELECT count(*) AS records, min(happened_at)", "scans USING INDEX scans_without_event", "only scans of nobody, kept for days"),
    ("SELECT 1 FROM events CROSS JOIN participants", "events USING COVERING", "a few events a day at most"),
    ("SELECT 1 FROM audit_entries WHERE subject", "audit_entries", "only after a sweep that was cut short, for a few rows"),
    ("UPDATE consent_answers SET answered_at", "consent_answers", "only after a clock was wrong"),
    ("UPDATE scans SET happened_at", "scans", "only after a clock was wrong"),
    ("UPDATE undone_scans SET undone_at", "undone_scans", "only after a clock was wrong"),
    ("SELECT visit_id, event_id, participant_id, since", "sought_people", "whom one roll call looks for"),
    ("DELETE FROM sought_people", "sought_people", "the same, when it ends"),
    ("UPDATE sought_people SET since", "sought_people", "the same, and only after a clock was wrong"),
    ("SELECT at, overruled_build", "high_water", "one row"),
    ("SELECT wrong_tries, wait_until", "kiosk_tries", "one row"),
    ("SELECT key_id, secret", "ticket_keys", "a few rows"),
    ("SELECT import_id FROM unfinished_imports", "unfinished_imports", "one import at a time"),
    ("SELECT host_id, name, department, email FROM hosts", "hosts", "the directory is searched by beginnings of folded words"),
    ("SELECT count(*) FROM hosts", "hosts USING COVERING", "counted when a page asks"),
    ("SELECT staff_id, name, secret_hash", "staff", "the few who run the desk"),
    ("SELECT 1 FROM staff", "staff USING COVERING", "stops at the first"),
    ("DELETE FROM messages WHERE message_id IN", "messages", "what waits to be told, for hours"),
    ("SELECT count(*) FROM messages LEFT JOIN visits", "messages", "what waits to be told, for hours"),
    ("DELETE FROM notices WHERE NOT EXISTS", "notices", "a text for each version and language"),
];

/// Makes SQLite plan for so many rows in every table, each value of an index's first column standing for ten of them.
fn pretend(file: &Connection, rows: u32) {
    file.execute_batch("ANALYZE").unwrap();
    let indexes = "SELECT tbl_name, name, (SELECT count(*) FROM pragma_index_info(name)) FROM sqlite_schema WHERE type = 'index'";
    let mut statement = file.prepare(indexes).unwrap();
    let columns = |row: &rusqlite::Row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?));
    let found: Vec<_> = statement.query_map([], columns).unwrap().map(Result::unwrap).collect();
    file.execute("DELETE FROM sqlite_stat1", []).unwrap();
    for (table, index, columns) in found {
        let per_value = (0..columns).map(|column| if column == 0 { " 10" } else { " 2" }).collect::<String>();
        let statistics = (table, index, format!("{rows}{per_value}"));
        file.execute("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)", statistics).unwrap();
    }
    file.execute_batch("ANALYZE sqlite_schema").unwrap();
}

#[test]
fn no_statement_reads_a_whole_table_but_those_that_are_named() {
    let given = given();
    let file = given.raw();
    let statements = statements();
    assert!(statements.len() > 100, "{} statements were found", statements.len());
    let mut faults = Vec::new();
    let mut used = vec![false; PERMITTED.len()];
    assert_eq!(given.count("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'"), 0, "the desk keeps no statistics");
    for statistics in [None, Some(100_000)] {
        if let Some(rows) = statistics {
            pretend(&file, rows);
        }
        for Statement { path, sql } in &statements {
            let mut plan = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|error| panic!("{path}: {error}\n{sql}"));
            let mut rows = plan.raw_query();
            let mut steps = Vec::<String>::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get(3).unwrap());
            }
            for step in
                steps.iter().filter(|step| step.starts_with("SCAN ") && !step.starts_with("SCAN CONSTANT") && !step.contains("SCAN ("))
            {
                let permitted = PERMITTED.iter().position(|(begins, table, _)| sql.starts_with(begins) && step[5..].starts_with(table));
                match permitted {
                    Some(at) => used[at] = true,
                    None => faults.push(format!("{path}: {step}\n    {}", sql.split_whitespace().collect::<Vec<_>>().join(" "))),
                }
            }
        }
    }
    let unused: Vec<_> = PERMITTED.iter().zip(used).filter(|(_, used)| !used).map(|(permitted, _)| permitted.0).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(unused.is_empty(), "no longer needed: {unused:?}");
}

#[test]
fn whoever_is_referred_to_is_found_by_an_index() {
    let given = given();
    let file = given.raw();
    let references = "SELECT m.name, k.id, k.\"from\" FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS k WHERE m.type = 'table'
        AND k.\"table\" <> 'desks' ORDER BY m.name, k.id, k.seq";
    let mut columns = BTreeMap::<(String, i64), Vec<String>>::new();
    let mut statement = file.prepare(references).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        columns.entry((row.get(0).unwrap(), row.get(1).unwrap())).or_default().push(row.get(2).unwrap());
    }
    assert!(columns.len() > 15);
    for ((table, _), columns) in columns {
        let wanted: Vec<_> = columns.iter().map(|column| format!("{column} = 'x'")).collect();
        let plan = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {}", wanted.join(" AND "));
        let step: String = file.query_row(&plan, [], |row| row.get(3)).unwrap();
        assert!(step.starts_with("SEARCH "), "{table} ({}): {step}", columns.join(", "));
    }
}
