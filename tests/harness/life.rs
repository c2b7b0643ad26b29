//! `docs/life-of-while.md`: what its commands print is what it says. `UPDATE=1` writes it anew.

use inko_testing::suite::{self, child, directory, inkoc, root, run};
use std::path::Path;
use std::time::Duration;

/// The page.
const PAGE: &str = "docs/life-of-while.md";
/// What begins a command with what it prints.
const CONSOLE: &str = "```console\n$ ";

#[test]
fn the_page_says_what_the_stages_say() {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let (_, program) = page.split_once("```inko\n").expect("the page has a program");
    let (program, _) = program.split_once("```").expect("the program has an end");
    let directory = directory();
    std::fs::write(directory.path().join("while.inko"), program).expect("the program can be written");

    let mut parts = page.split(CONSOLE);
    let mut wanted = parts.next().unwrap_or_default().to_owned();
    let mut commands = 0;
    for part in parts {
        let (block, rest) = part.split_once("\n```\n").expect("a block has an end");
        let command = block.lines().next().unwrap_or_default();
        wanted +=
            &format!("{CONSOLE}{command}\n{}\n```\n{rest}", output(directory.path(), command).trim_end());
        commands += 1;
    }
    assert!(commands > 0, "the page has commands");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).expect("the page can be written");
    } else if page != wanted {
        let mut lines = page.lines().zip(wanted.lines());
        let differs = lines.find(|(left, right)| left != right);
        panic!("{PAGE} isn't what the commands print; `just life` writes it: {differs:#?}");
    }
}

/// What a command of the page prints, with paths from the top of the repository.
fn output(directory: &Path, command: &str) -> String {
    let inkoc = Path::new(inkoc()).parent().expect("the compiler is in a directory");
    let path = std::env::var("PATH").unwrap_or_default();
    suite::build_runtime();
    let mut shell = child("sh");
    shell.args(["-c", command]).current_dir(directory).env("LC_ALL", "C");
    shell.env("PATH", format!("{}:{path}", inkoc.display()));
    let finished = run(&mut shell, Duration::from_secs(60));
    assert!(finished.status == Some(0) && finished.stderr.is_empty(), "{command}: {}", finished.stderr);
    finished.stdout.replace(&format!("{}/", root().display()), "")
}
