//! `inkoc explain`: the page of a code, made readable in a terminal, or the list of all codes.

use crate::driver::write;
use crate::failure::Failure;
use inko_diagnostics::Code;
use std::fmt::Write;

/// How many codes are named when the one that was asked for doesn't exist.
const NEAR: usize = 3;

/// Prints the page of a code, or the list of all codes.
pub fn explain(wanted: Option<&str>) -> Result<u8, Failure> {
    let text = match wanted {
        Some(wanted) => page(find(wanted)?.page()),
        None => list(),
    };
    write(None, text.as_bytes())?;
    Ok(0)
}

/// All codes with their titles.
fn list() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        // A string takes everything.
        let _ = writeln!(text, "{code}  {}", code.title());
    }
    text
}

/// A page without the marks of Markdown: programs are indented under a line that says what they are.
fn page(markdown: &str) -> String {
    let mut text = String::new();
    let mut in_program = false;
    for line in markdown.lines() {
        let line = match line.strip_prefix("```") {
            Some(fence) => {
                in_program = !in_program;
                if !in_program {
                    continue;
                }
                format!("{}\n", caption(fence))
            }
            None if in_program => format!("    {line}"),
            None => line.trim_start_matches("# ").to_owned(),
        };
        text.push_str(line.trim_end_matches(' '));
        text.push('\n');
    }
    text
}

/// What a program is, from the words of its fence.
fn caption(fence: &str) -> String {
    let mut caption = match fence.split(',').nth(1) {
        Some("wrong") => "Wrong".to_owned(),
        Some("right") => "Right".to_owned(),
        _ => "With".to_owned(),
    };
    if let Some((_, file)) = fence.split_once("file=") {
        let _ = write!(caption, " ({file})");
    }
    caption + ":"
}

/// The code that a text means, in either case and with or without leading zeros. A number alone is that
/// of an error, or else of a warning.
fn find(wanted: &str) -> Result<Code, Failure> {
    let letter = wanted.chars().next().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase());
    let digits = if letter.is_some() { &wanted[1..] } else { wanted };
    let Ok(number) = digits.parse::<u16>() else {
        return Err(unknown(wanted, &about(wanted)));
    };
    let fits = |code: &&Code| letter.is_none_or(|letter| code.to_string().starts_with(letter));
    let known = Code::ALL.iter().filter(|code| code.number() == number);
    if let Some(code) = known.clone().find(fits) {
        return Ok(*code);
    }
    let mut near: Vec<Code> = Code::ALL.to_vec();
    near.sort_by_key(|code| (code.number().abs_diff(number), !fits(&code)));
    near.truncate(NEAR);
    Err(unknown(wanted, &near))
}

/// Codes whose titles contain a text.
fn about(text: &str) -> Vec<Code> {
    let text = text.to_lowercase();
    let found = Code::ALL.iter().filter(|code| code.title().to_lowercase().contains(&text));
    found.copied().take(NEAR).collect()
}

fn unknown(wanted: &str, near: &[Code]) -> Failure {
    let mut message = format!("there is no code `{wanted}`");
    for (index, code) in near.iter().enumerate() {
        let start = if index == 0 { "; did you mean one of these?" } else { "" };
        let _ = write!(message, "{start}\n  {code}  {}", code.title());
    }
    message.push_str("\n`inkoc explain` lists all codes");
    Failure::Usage(message)
}
