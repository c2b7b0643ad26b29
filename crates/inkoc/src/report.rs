//! What is said to people on standard error: messages, diagnostics, and bugs.

use crate::cli::{Color, Deny, ErrorFormat, Options};
use inko_diagnostics::{Diagnostic, render_human, render_json};
use inko_syntax::SourceMap;
use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;

/// Prints an error that has no place in a source file.
pub fn message(text: &str) {
    print(&format!("error: {text}\n"));
}

/// Prints diagnostics as the options want them.
pub fn diagnostics(all: &[Diagnostic], sources: &SourceMap, options: &Options) {
    let color = match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            !unwanted && std::io::stderr().is_terminal()
        }
    };
    let mut text = String::new();
    for diagnostic in all {
        let rendered = match options.error_format {
            ErrorFormat::Human => render_human(diagnostic, sources, color),
            ErrorFormat::Json => render_json(diagnostic, sources),
        };
        text.push_str(rendered.trim_end());
        text.push('\n');
    }
    if options.error_format == ErrorFormat::Human {
        text.push_str(&summary(all, options));
    }
    print(&text);
}

/// How many errors and warnings there are, and where to read more about the first.
fn summary(all: &[Diagnostic], options: &Options) -> String {
    let Some(first) = all.iter().find(|one| one.is_error()).or(all.first()) else { return String::new() };
    let errors = all.iter().filter(|one| one.is_error()).count();
    let warnings = all.len() - errors;
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut text = match (errors, warnings) {
        (_, 0) => counted(errors, "error"),
        (0, _) => counted(warnings, "warning"),
        _ => format!("{} and {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    if errors == 0 && options.deny.contains(&Deny::Warnings) {
        text.push_str(", denied by `--deny warnings`");
    }
    format!("{text}; `inkoc explain {}` tells more\n", first.code)
}

/// Prints text. Standard error may be closed, and then there is nobody to tell.
fn print(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The panic hook: a panic of the compiler is always its own mistake.
pub fn bug(info: &PanicHookInfo<'_>) {
    let arguments: Vec<String> = std::env::args().collect();
    print(&format!(
        "{info}\n\nThis is a bug in inkoc. Please report it with the message above, the version (inkoc {}), \
         the command ({}) and the program that was compiled.\n",
        env!("CARGO_PKG_VERSION"),
        arguments.join(" ")
    ));
}
