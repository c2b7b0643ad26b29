//! The public surface of the standard library, compared with the list in `std/api.txt`: what programs can rely on
//! changes on purpose only. `UPDATE=1` rewrites the list.
//!
//! Names that begin with an underscore, external functions and imports aren't public. A long module has *parts* in the
//! folder of its name, which reopen its classes and define nothing else: what they add is listed with the module's own.

use inko_testing::suite::{self, root};
use std::fmt::Write as _;

#[test]
fn the_public_surface_is_as_listed() {
    let library = root().join("std");
    let mut modules = Vec::new();
    for path in suite::files(&library, "inko") {
        let relative = path.strip_prefix(&library).expect("it lies there").with_extension("");
        if !relative.starts_with("tests") {
            let text = std::fs::read_to_string(&path).expect("the library is text");
            modules.push((relative, blocks(&text)));
        }
    }
    let mut found = String::new();
    for (path, whole) in &modules {
        let mut enclosing = modules.iter().filter(|(module, _)| path.parent() == Some(module));
        if enclosing.any(|(_, module)| is_part(whole, module)) {
            continue;
        }
        let mut own = whole.clone();
        for (_, part) in
            modules.iter().filter(|(part, added)| part.parent() == Some(path) && is_part(added, whole))
        {
            part.iter().for_each(|block| reopen(&mut own, block));
        }
        if !own.is_empty() {
            let name = path.display().to_string().replace('/', "::");
            let _ = writeln!(found, "std::{name}\n{}", own.concat());
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

/// The public definitions of a module: each begins with a line of its own, and has those inside of it.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in items(text).lines() {
        match blocks.last_mut() {
            Some(block) if line.starts_with("    ") => *block += &format!("{line}\n"),
            _ => blocks.push(format!("{line}\n")),
        }
    }
    blocks
}

/// The class that a block defines, reopens or implements a trait for.
fn class(block: &str) -> Option<&str> {
    let line = block.lines().next()?.trim();
    let name = match (line.strip_prefix("class "), line.split_once(" for ")) {
        (Some(class), _) => class,
        (None, Some((_, class))) => class,
        (None, None) => line.strip_prefix("impl ")?,
    };
    name.split(['!', ' ']).next()
}

fn is_definition_of_class(block: &str) -> bool {
    block.trim_start().starts_with("class ")
}

/// Whether a module only adds to classes of another one.
fn is_part(blocks: &[String], whole: &[String]) -> bool {
    let defines =
        |name: &str| whole.iter().any(|block| is_definition_of_class(block) && class(block) == Some(name));
    !blocks.is_empty()
        && blocks.iter().all(|block| !is_definition_of_class(block) && class(block).is_some_and(defines))
}

/// Adds what a part says of a class behind what the module says of it.
fn reopen(module: &mut Vec<String>, block: &str) {
    let is_of_class = |other: &String| class(other) == class(block);
    let is_body =
        |other: &String| is_of_class(other) && !other.contains(" for ") && other.lines().count() > 1;
    match module.iter().rposition(is_body) {
        Some(body) if !block.contains(" for ") => module[body].extend(block.split_inclusive('\n').skip(1)),
        _ => {
            let last = module.iter().rposition(is_of_class).expect("the module defines the class");
            module.insert(last + 1, block.into());
        }
    }
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
