//! The public surface of the standard library, compared with the list in `std/api.txt`: what programs can rely on
//! changes on purpose only. `UPDATE=1` rewrites the list.
//!
//! Names that begin with an underscore, external functions and imports aren't public.

mod support;

use std::fmt::Write as _;
use support::root;

#[test]
fn the_public_surface_is_as_listed() {
    let library = root().join("std");
    let mut found = String::new();
    for path in support::files(&library, "inko") {
        let relative = path.strip_prefix(&library).expect("it lies there").with_extension("");
        if relative.starts_with("tests") {
            continue;
        }
        let name = relative.display().to_string().replace('/', "::");
        let items = items(&std::fs::read_to_string(&path).expect("the library is text"));
        if !items.is_empty() {
            let _ = write!(found, "std::{name}\n{items}\n");
        }
    }
    let list = library.join("api.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&list, found).expect("the list can be written");
        return;
    }
    let listed = std::fs::read_to_string(&list).unwrap_or_default();
    let differing: Vec<_> =
        found.lines().zip(listed.lines()).filter(|(found, listed)| found != listed).collect();
    assert!(
        found == listed,
        "std/api.txt differs (UPDATE=1 rewrites it), first here (found, listed): {:?}",
        differing.first()
    );
}

/// The public definitions of a module, one a line, those inside of others indented.
fn items(text: &str) -> String {
    let mut items = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let mut item = line.trim().to_owned();
        if !is_definition(&item, indent) {
            continue;
        }
        // Signatures may span lines.
        while !item.starts_with("let ") && item.matches(['(', '[']).count() > item.matches([')', ']']).count()
        {
            match lines.next() {
                Some(more) => {
                    let blank =
                        if item.ends_with('(') || more.trim_start().starts_with(')') { "" } else { " " };
                    let _ = write!(item, "{blank}{}", more.trim());
                }
                None => break,
            }
        }
        let _ = writeln!(items, "{:indent$}{}", "", signature(&item), indent = 2 + indent);
    }
    items
}

fn is_definition(item: &str, indent: usize) -> bool {
    let words: &[&str] = match indent {
        0 => &["class ", "trait ", "impl ", "def ", "let "],
        2 => &["def ", "static def ", "@"],
        _ => return false,
    };
    words.iter().any(|word| item.strip_prefix(word).is_some_and(|rest| !rest.starts_with('_')))
        // An attribute, not an expression that begins with one.
        && (!item.starts_with('@') || item.split_once(':').is_some_and(|(name, _)| !name.contains([' ', '.', '('])))
}

/// A definition without its body; of constants only the name and the type.
fn signature(item: &str) -> &str {
    if let Some(constant) = item.strip_prefix("let ") {
        let name = constant.split([' ', ':']).next().unwrap_or_default();
        let annotated = constant[name.len()..].starts_with(':');
        let end = if annotated { constant.find(" =").unwrap_or(constant.len()) } else { name.len() };
        return &item[..4 + end];
    }
    item.trim_end_matches('}').trim_end().trim_end_matches('{').trim_end()
}
