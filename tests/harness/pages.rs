//! The pages that explain codes: every code has one and every page a code; the wrong example of a page is
//! rejected with exactly its code, the right one is accepted without a word.

use inko_diagnostics::{Code, pages};
use inko_testing::suite::{self, child, inkoc, root, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// The longest line that still fits into a terminal of the usual width, once examples are indented.
const WIDTH: usize = 100;

/// How the index begins.
const INDEX: &str = "# Errors and warnings

What the compiler reports, by the codes of its messages: `E` for errors, `W` for warnings, which don't fail a
build unless it is told `--deny warnings`. Each code is shown with a program that gets it, and one that is right.
`inkoc explain CODE` prints a page of this index.
";

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every page has a code", every_page_has_a_code),
        Trial::test("the index lists all pages", the_index_lists_all_pages),
    ];
    for &code in Code::ALL {
        trials.push(Trial::test(code.to_string(), move || check(code)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn every_page_has_a_code() -> Result<(), Failed> {
    let codes: BTreeSet<String> = Code::ALL.iter().map(Code::to_string).collect();
    match pages().find(|(name, _)| !codes.contains(*name)) {
        Some((name, _)) => Err(format!("there is no code {name}").into()),
        None => Ok(()),
    }
}

/// `docs/errors.md` is generated from the pages; `UPDATE=1` writes it.
fn the_index_lists_all_pages() -> Result<(), Failed> {
    let mut index = String::from(INDEX);
    for &code in Code::ALL {
        // The headings of the pages are one level below that of the index.
        index.push_str("\n#");
        for line in code.page().lines() {
            if let Some(words) = line.strip_prefix("```inko,") {
                let mut words = words.split(',').map(|word| word.strip_prefix("file=").unwrap_or(word));
                let what = if words.next() == Some("wrong") { "Wrong" } else { "Right" };
                let file = words.next().map(|name| format!(", `{name}`")).unwrap_or_default();
                index.push_str(&format!("{what}{file}:\n\n```inko\n"));
            } else {
                index.push_str(line);
                index.push('\n');
            }
        }
    }
    let path = root().join("docs/errors.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &index)?;
    }
    if std::fs::read_to_string(&path).unwrap_or_default() == index {
        return Ok(());
    }
    Err("docs/errors.md isn't what the pages say; UPDATE=1 writes it".into())
}

fn check(code: Code) -> Result<(), Failed> {
    let page = code.page();
    if page.is_empty() {
        return Err("there is no page".into());
    }
    let heading = format!("# {code}: {}", code.title());
    if page.lines().next() != Some(&heading) {
        return Err(format!("the heading isn't {heading:?}").into());
    }
    if let Some(line) = page.lines().find(|line| line.chars().count() > WIDTH || line.ends_with(' ')) {
        return Err(format!("too long, or ends in a blank: {line:?}").into());
    }
    let summary = code.summary();
    if !summary.ends_with('.') || summary.trim_end_matches('.').contains(". ") {
        return Err(format!("the first paragraph isn't one sentence: {summary:?}").into());
    }
    let examples = examples(page)?;
    let (found, output) = codes_of("wrong", &examples)?;
    if found != BTreeSet::from([code.to_string()]) {
        return Err(format!("the wrong example gives {found:?}:\n{output}").into());
    }
    let (_, output) = codes_of("right", &examples)?;
    if output.is_empty() { Ok(()) } else { Err(format!("the right example gives:\n{output}").into()) }
}

/// A file of an example.
struct Example {
    /// `wrong`, `right`, or nothing if it belongs to both.
    mark: String,
    /// Its name.
    file: String,
    text: String,
}

/// The fenced programs of a page.
fn examples(page: &str) -> Result<Vec<Example>, Failed> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        let Some(fence) = line.strip_prefix("```") else {
            if let Some(example) = examples.last_mut().filter(|_| inside) {
                example.text.push_str(line);
                example.text.push('\n');
            }
            continue;
        };
        inside = !inside;
        if !inside {
            continue;
        }
        let mut example = Example { mark: String::new(), file: "main.inko".into(), text: String::new() };
        for word in fence.split(',') {
            match word.split_once('=') {
                None if word == "inko" => {}
                None if word == "wrong" || word == "right" => example.mark = word.into(),
                Some(("file", name)) => example.file = name.into(),
                _ => return Err(format!("a fence can't say {word:?}").into()),
            }
        }
        examples.push(example);
    }
    if inside {
        return Err("a fence isn't closed".into());
    }
    Ok(examples)
}

/// The codes that the compiler reports for an example, and all that it says.
fn codes_of(mark: &str, examples: &[Example]) -> Result<(BTreeSet<String>, String), Failed> {
    let directory = suite::directory();
    for example in examples.iter().filter(|example| example.mark == mark || example.mark.is_empty()) {
        let path = directory.path().join(&example.file);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(path, &example.text)?;
    }
    if !directory.path().join("main.inko").is_file() {
        return Err(format!("there is no {mark} example").into());
    }
    let mut command = child(inkoc());
    command.current_dir(directory.path());
    command.args(["check", "--error-format", "json", "--include", ".", "main.inko"]);
    let finished = run(&mut command, Duration::from_secs(60));
    let codes = finished.stderr.lines().filter_map(|line| {
        let (_, rest) = line.split_once("\"code\":\"")?;
        Some(rest.split('"').next()?.to_owned())
    });
    Ok((codes.collect(), finished.stderr.clone()))
}
