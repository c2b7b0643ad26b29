//! Each section of the language reference, and each condition that it rejects, has a test: `docs/conformance.md`
//! names them, and this checks that what it names exists and that nothing is left out.

use inko_testing::suite::{self, root};
use std::collections::BTreeSet;
use std::path::Path;

/// How many sections the chapters of the reference have, and those with subsections.
const SECTIONS: &[(&str, u32)] =
    &[("1", 10), ("2", 9), ("2.6", 4), ("2.7", 10), ("3", 7), ("4", 15), ("4.8", 4), ("4.10", 5), ("5", 17)];

/// How many conditions each part of the chapter on diagnostics has.
const CONDITIONS: &[(char, u32)] =
    &[('S', 15), ('N', 13), ('T', 27), ('D', 5), ('C', 12), ('P', 5), ('I', 1)];

/// How the last cell of a condition begins that no program can bring about.
const IMPOSSIBLE: &str = "can't happen: ";

/// A row of a table: what it is about, and its tests.
struct Row {
    name: String,
    impossible: bool,
    tests: Vec<String>,
}

/// The rows of all tables, without their heads.
fn rows() -> Vec<Row> {
    let path = root().join("docs/conformance.md");
    let text = std::fs::read_to_string(path).expect("the table can be read");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect();
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| section |"));
    rows.filter(|line| !line.starts_with("| row |"))
        .map(|line| {
            let cells: Vec<String> = cells(line);
            let last = cells.last().expect("a row has cells");
            let impossible = last.starts_with(IMPOSSIBLE);
            let tests = last.split(", ").filter(|test| !impossible && !test.is_empty());
            Row { name: cells[0].clone(), impossible, tests: tests.map(str::to_string).collect() }
        })
        .collect()
}

/// Whether a row's test exists: a program, a directory of programs, or a file of another kind.
fn exists(test: &str) -> bool {
    let tests = root().join("tests");
    match test.strip_suffix('/') {
        Some(directory) => !suite::files(&tests.join(directory), "inko").is_empty(),
        None => tests.join(format!("{test}.inko")).is_file() || root().join(test).is_file(),
    }
}

#[test]
fn every_section_has_a_test() {
    let rows = rows();
    let mut missing = Vec::new();
    let sections =
        SECTIONS.iter().flat_map(|(chapter, count)| (1..=*count).map(move |n| format!("{chapter}.{n}")));
    let conditions =
        CONDITIONS.iter().flat_map(|(part, count)| (1..=*count).map(move |n| format!("{part}{n}")));
    for name in sections.chain(conditions) {
        if !rows.iter().any(|row| row.name == name && (row.impossible || !row.tests.is_empty())) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "without a test: {}", missing.join(", "));
}

#[test]
fn every_test_exists() {
    let missing: Vec<String> = rows()
        .iter()
        .flat_map(|row| {
            row.tests.iter().filter(|test| !exists(test)).map(|test| format!("{}: {test}", row.name))
        })
        .collect();
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

#[test]
fn every_program_has_its_place() {
    let named: BTreeSet<String> = rows().into_iter().flat_map(|row| row.tests).collect();
    let tests = root().join("tests");
    let in_directory =
        |name: &str| named.iter().any(|test| test.ends_with('/') && name.starts_with(test.as_str()));
    let is_module = |path: &Path| path.components().any(|part| part.as_os_str() == "modules");
    let programs = ["language", "rejected"].map(|name| suite::files(&tests.join(name), "inko"));
    let missing: Vec<String> = programs
        .iter()
        .flatten()
        .filter(|path| !is_module(path))
        .map(|path| path.strip_prefix(&tests).expect("below it").with_extension("").display().to_string())
        .filter(|name| !named.contains(name) && !in_directory(name))
        .collect();
    assert!(missing.is_empty(), "not named in docs/conformance.md:\n{}", missing.join("\n"));
}
