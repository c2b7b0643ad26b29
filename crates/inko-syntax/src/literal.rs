//! The values of literals: escapes of strings and digits of numbers.
//!
//! *Invariant:* every text that the lexer takes for a literal has a value; nothing here fails.

use crate::Name;

/// Which escapes a string knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quote {
    /// `'...'`
    Single,
    /// `"..."`
    Double,
    /// Template strings.
    Template,
}

/// The text with its escapes processed, left to right in one pass.
pub(crate) fn unescape(raw: &str, quote: Quote) -> Name {
    let Some(first) = raw.find('\\') else { return Name::new(raw) };
    let mut value = String::with_capacity(raw.len());
    value.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(escaped) = after.chars().next() else {
            value.push('\\');
            return Name::from(value);
        };
        if let Some(character) = escape(escaped, quote) {
            value.push(character);
            rest = &after[escaped.len_utf8()..];
        } else if let Some(length) = continuation(after).filter(|_| quote == Quote::Template) {
            rest = &after[length..];
        } else {
            value.push('\\');
            value.push(escaped);
            rest = &after[escaped.len_utf8()..];
        }
    }
    value.push_str(rest);
    Name::from(value)
}

fn escape(character: char, quote: Quote) -> Option<char> {
    let double = quote != Quote::Single;
    let template = quote == Quote::Template;
    Some(match character {
        '\\' => '\\',
        // Double quotes keep the backslash: `"'it\'s'"` is the source text of a literal in single quotes.
        '\'' if quote != Quote::Double => '\'',
        '"' if double => '"',
        'n' if double => '\n',
        'r' if double => '\r',
        't' if double => '\t',
        'e' if double => '\u{1b}',
        '0' if double => '\0',
        '`' | '{' if template => character,
        _ => return None,
    })
}

/// The length of the white space at the start of `text` if it contains a line break.
fn continuation(text: &str) -> Option<usize> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let length = text.bytes().take_while(is_blank).count();
    text[..length].contains(['\n', '\r']).then_some(length)
}

/// The decimal digits of an integer literal, with a sign if it is negative.
pub(crate) fn integer(raw: &str) -> Name {
    let (sign, body) = match raw.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", raw),
    };
    let digits = match body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        Some(hex) => hex_to_decimal(hex),
        None if !body.contains('_') && !body.starts_with('0') => return Name::new(raw),
        None => body.chars().filter(|&c| c != '_').collect(),
    };
    match digits.trim_start_matches('0') {
        "" => Name::new_static("0"),
        digits => Name::from(format!("{sign}{digits}")),
    }
}

/// Converts by repeated multiplication with limbs of 18 decimal digits: quadratic, but literals are short.
fn hex_to_decimal(hex: &str) -> String {
    const BASE: u128 = 1_000_000_000_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in hex.chars().filter_map(|c| c.to_digit(16)) {
        let mut carry = u128::from(digit);
        for limb in &mut limbs {
            let value = u128::from(*limb) * 16 + carry;
            *limb = (value % BASE) as u64;
            carry = value / BASE;
        }
        if carry > 0 {
            limbs.push(carry as u64);
        }
    }
    let mut text = limbs.pop().unwrap_or(0).to_string();
    for limb in limbs.iter().rev() {
        text.push_str(&format!("{limb:018}"));
    }
    text
}

/// The value of a float literal.
pub(crate) fn float(raw: &str) -> f64 {
    let parsed = if raw.contains('_') { raw.replace('_', "").parse() } else { raw.parse() };
    // The lexer only lets through what `f64` parses; anything else would be a bug without consequence.
    parsed.unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every escape in every kind of quotes; `None` keeps both characters.
    #[test]
    fn escapes() {
        for (character, single, double, template) in [
            ('\\', Some('\\'), Some('\\'), Some('\\')),
            ('\'', Some('\''), None, Some('\'')),
            ('"', None, Some('"'), Some('"')),
            ('`', None, None, Some('`')),
            ('{', None, None, Some('{')),
            ('n', None, Some('\n'), Some('\n')),
            ('r', None, Some('\r'), Some('\r')),
            ('t', None, Some('\t'), Some('\t')),
            ('e', None, Some('\u{1b}'), Some('\u{1b}')),
            ('0', None, Some('\0'), Some('\0')),
            ('q', None, None, None),
            ('}', None, None, None),
            ('ä', None, None, None),
        ] {
            let raw = format!("<\\{character}>");
            let kinds = [(Quote::Single, single), (Quote::Double, double), (Quote::Template, template)];
            for (quote, value) in kinds {
                let want = value.map_or(raw.clone(), |value| format!("<{value}>"));
                assert_eq!(unescape(&raw, quote), want, "{raw} {quote:?}");
            }
        }
        assert_eq!(unescape("\\\\n", Quote::Double), "\\n");
    }

    #[test]
    fn templates_continue_lines() {
        assert_eq!(unescape("a\\  \n  b", Quote::Template), "ab");
        assert_eq!(unescape("a\\\r\n \r\n\tb", Quote::Template), "ab");
        assert_eq!(unescape("a\\\rb", Quote::Template), "ab");
        assert_eq!(unescape("a\\\n  b", Quote::Double), "a\\\n  b");
        assert_eq!(unescape("a\\  b", Quote::Template), "a\\  b");
        assert_eq!(unescape("\\{\\`", Quote::Template), "{`");
    }

    #[test]
    fn numbers() {
        for (raw, value) in [
            ("1_000", "1000"),
            ("-5", "-5"),
            ("017", "17"),
            ("09", "9"),
            ("0", "0"),
            ("-0", "0"),
            ("00", "0"),
            ("0xFF_FF", "65535"),
            ("-0Xff", "-255"),
            ("0xFFFFFFFFFFFFFFFFFFFFFFFF", "79228162514264337593543950335"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(integer(raw), value, "{raw}");
        }
        assert_eq!(float("1_0.5_0"), 10.5);
        assert_eq!(float("-1e-5"), -1e-5);
    }
}
