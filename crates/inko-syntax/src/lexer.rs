//! The lexer: text to tokens, comments and lexical errors, in one pass and without recursion.
//!
//! *Invariant:* lexing is total and linear. Whatever is no token becomes one error and one
//! [`TokenKind::Error`] token, and the lexer goes on after it.
//! *Invariant:* only the lexer knows about blanks; it leaves each token two flags for the layout rules.

use crate::ast::Comment;
use crate::error::SyntaxError;
use crate::token::{Token, TokenKind};
use crate::{FileId, Name, Span};

/// What the lexer makes of a file.
pub(crate) struct Lexed {
    /// All tokens; the last one is always the end of the file.
    pub(crate) tokens: Vec<Token>,
    /// All comments in source order.
    pub(crate) comments: Vec<Comment>,
    /// Errors and warnings in source order.
    pub(crate) errors: Vec<SyntaxError>,
    /// Whether a string or template never ended. Errors at the end of the file then only follow from it.
    pub(crate) unterminated: bool,
}

/// Lexes a whole file.
pub(crate) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer {
        file,
        text,
        bytes: text.as_bytes(),
        pos: 0,
        newline: true,
        previous_end: 0,
        braces: Vec::new(),
        suspect: None,
        semicolon: false,
        lexed: Lexed {
            // Measured on real programs: a little more than four bytes a token.
            tokens: Vec::with_capacity(text.len() / 4 + 1),
            comments: Vec::new(),
            errors: Vec::new(),
            unterminated: false,
        },
    };
    lexer.run();
    lexer.lexed
}

struct Lexer<'src> {
    file: FileId,
    text: &'src str,
    bytes: &'src [u8],
    pos: usize,
    /// Whether a line break was passed since the last token.
    newline: bool,
    previous_end: usize,
    /// One entry a template whose embedded expression is being lexed: where the template began, and how
    /// many braces are open inside the embedded expression.
    braces: Vec<(usize, u32)>,
    /// The opening quote of the last string of several lines.
    suspect: Option<Span>,
    /// Whether a semicolon was reported.
    semicolon: bool,
    lexed: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) {
        loop {
            self.blanks();
            let start = self.pos;
            let Some(&byte) = self.bytes.get(start) else { break };
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
                b'0'..=b'9' => self.number(),
                b'-' if self.at(1).is_ascii_digit() => {
                    self.warn_negative();
                    self.number();
                }
                b'@' => self.attribute(),
                b'\'' | b'"' => self.string(byte),
                b'`' => {
                    self.advance(TokenKind::TemplateOpen, 1);
                    self.template(start);
                }
                b'{' => {
                    if let Some((_, depth)) = self.braces.last_mut() {
                        *depth += 1;
                    }
                    self.advance(TokenKind::BraceOpen, 1);
                }
                b'}' => self.brace_close(),
                _ => self.punctuation(byte),
            }
        }
        if let Some(&(start, _)) = self.braces.first() {
            self.unterminated_template(start);
        }
        self.push(TokenKind::EndOfFile, self.pos, self.pos);
    }

    /// The byte `ahead` of the current one; 0 at the end.
    fn at(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        let (newline, gap) = (self.newline, start > self.previous_end);
        self.lexed.tokens.push(Token { kind, newline, gap, start: start as u32, end: end as u32 });
        self.newline = false;
        self.previous_end = end;
        self.pos = end;
    }

    /// Pushes a token of `length` bytes at the current position.
    fn advance(&mut self, kind: TokenKind, length: usize) {
        self.push(kind, self.pos, self.pos + length);
    }

    fn blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.pos) {
            match byte {
                b' ' | b'\t' => {}
                b'\n' | b'\r' => self.newline = true,
                b'#' => {
                    self.comment();
                    continue;
                }
                _ => break,
            }
            self.pos += 1;
        }
    }

    fn comment(&mut self) {
        let start = self.pos;
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').unwrap_or(rest.len());
        self.pos += length;
        let text = &self.text[start + 1..self.pos];
        let text = Name::new(text.strip_prefix(' ').unwrap_or(text));
        self.lexed.comments.push(Comment { text, span: self.span(start, self.pos) });
    }

    /// An identifier, a keyword or a constant.
    fn word(&mut self) {
        let start = self.pos;
        let first = self.bytes[start..].iter().find(|&&byte| byte != b'_');
        let constant = first.is_some_and(u8::is_ascii_uppercase);
        let mut end = self.word_end(start);
        if constant {
            return self.push(TokenKind::Constant, start, end);
        }
        let next = self.bytes.get(end).copied();
        if next == Some(b'?') {
            end += 1;
            return self.push(TokenKind::Identifier, start, end);
        }
        match TokenKind::keyword(&self.text[start..end]) {
            Some(TokenKind::Try) if next == Some(b'!') => self.push(TokenKind::TryBang, start, end + 1),
            Some(keyword) => self.push(keyword, start, end),
            None => self.push(TokenKind::Identifier, start, end),
        }
    }

    /// The end of the name characters from `start` on.
    fn word_end(&self, start: usize) -> usize {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        start + self.bytes[start..].iter().take_while(|byte| is_name(byte)).count()
    }

    fn attribute(&mut self) {
        let start = self.pos;
        let end = self.word_end(start + 1);
        if end == start + 1 {
            let span = self.span(start, end);
            self.lexed.errors.push(SyntaxError::MalformedAttribute { span });
            return self.push(TokenKind::Error, start, end);
        }
        self.push(TokenKind::Attribute, start, end);
    }

    /// A number. Digits and letters that touch it belong to it, so that `12ab` is one error.
    fn number(&mut self) {
        let start = self.pos;
        let mut at = start + usize::from(self.bytes[start] == b'-');
        let mut kind = TokenKind::Integer;
        let mut valid = true;
        let hex = self.bytes[at] == b'0' && matches!(self.bytes.get(at + 1), Some(b'x' | b'X'));
        if hex {
            at += 2;
            valid = self.bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
            while self.bytes.get(at).is_some_and(|&byte| byte.is_ascii_hexdigit() || byte == b'_') {
                at += 1;
            }
        } else {
            at = self.digits(at);
            if self.bytes.get(at) == Some(&b'.') && self.bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                kind = TokenKind::Float;
                at = self.digits(at + 1);
            }
            if matches!(self.bytes.get(at), Some(b'e' | b'E')) {
                kind = TokenKind::Float;
                at += 1;
                if matches!(self.bytes.get(at), Some(b'+' | b'-')) {
                    at += 1;
                }
                valid = self.bytes.get(at).is_some_and(u8::is_ascii_digit);
                at = self.digits(at);
            }
        }
        // `1.2.3` and `12ab` are one malformed number each.
        loop {
            let rest = self.word_end(at);
            let dot = self.bytes.get(rest) == Some(&b'.')
                && self.bytes.get(rest + 1).is_some_and(u8::is_ascii_digit);
            if rest == at && !dot {
                break;
            }
            valid = false;
            at = rest + usize::from(dot);
        }
        if !valid {
            kind = TokenKind::Error;
            let (text, span) = (Name::new(shorten(&self.text[start..at])), self.span(start, at));
            self.lexed.errors.push(SyntaxError::MalformedNumber { text, span });
        }
        self.push(kind, start, at);
    }

    fn digits(&self, from: usize) -> usize {
        let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
        from + self.bytes[from..].iter().take_while(|byte| is_digit(byte)).count()
    }

    /// `a -5` and `a-5` are easily taken for a subtraction.
    fn warn_negative(&mut self) {
        use TokenKind::*;
        let Some(previous) = self.lexed.tokens.last() else { return };
        let operand = matches!(
            previous.kind,
            Integer
                | Float
                | String
                | TemplateClose
                | Identifier
                | Constant
                | Attribute
                | SelfRef
                | ParenClose
                | BracketClose
        );
        if operand && !self.newline {
            let end = self.digits(self.pos + 1);
            let text = Name::new(shorten(&self.text[self.pos..end]));
            let span = self.span(self.pos, end);
            self.lexed.errors.push(SyntaxError::NegativeLiteralAfterOperand { text, span });
        }
    }

    fn string(&mut self, quote: u8) {
        let start = self.pos;
        let mut at = start + 1;
        let mut lines = false;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\n' | b'\r' => lines = true,
                _ if byte == quote => {
                    if lines {
                        self.suspect = Some(self.span(start, start + 1));
                    }
                    return self.push(TokenKind::String, start, at + 1);
                }
                _ => {}
            }
            at += 1;
        }
        let span = self.span(start, start + 1);
        let (quote, suspect) = (quote as char, self.suspect);
        self.lexed.errors.push(SyntaxError::UnterminatedString { quote, suspect, span });
        self.lexed.unterminated = true;
        self.push(TokenKind::Error, start, self.bytes.len());
    }

    /// The text of a template up to its end or to an embedded expression.
    fn template(&mut self, opened: usize) {
        let start = self.pos;
        let mut at = start;
        loop {
            match self.bytes.get(at) {
                Some(b'\\') => at += 2,
                Some(b'`' | b'{') | None => break,
                Some(_) => at += 1,
            }
        }
        let end = at.min(self.bytes.len());
        if end > start {
            self.push(TokenKind::TemplateText, start, end);
        }
        match self.bytes.get(end) {
            Some(b'`') => self.advance(TokenKind::TemplateClose, 1),
            Some(_) => {
                self.advance(TokenKind::EmbedOpen, 1);
                self.braces.push((opened, 0));
            }
            None => self.unterminated_template(opened),
        }
    }

    fn brace_close(&mut self) {
        match self.braces.last_mut() {
            Some((_, 0)) => {
                let opened = self.braces.pop().map_or(self.pos, |(opened, _)| opened);
                self.advance(TokenKind::EmbedClose, 1);
                self.template(opened);
            }
            Some((_, depth)) => {
                *depth -= 1;
                self.advance(TokenKind::BraceClose, 1);
            }
            None => self.advance(TokenKind::BraceClose, 1),
        }
    }

    fn unterminated_template(&mut self, start: usize) {
        // Only the outermost one is reported; the others never got a chance to end.
        if !self.lexed.unterminated {
            let span = self.span(start, start + 1);
            self.lexed.errors.push(SyntaxError::UnterminatedTemplate { span });
        }
        self.lexed.unterminated = true;
    }

    fn punctuation(&mut self, byte: u8) {
        use TokenKind::*;
        let (kind, length) = match (byte, self.at(1), self.at(2)) {
            (b'+', b'=', _) => (AddAssign, 2),
            (b'+', ..) => (Add, 1),
            (b'-', b'=', _) => (SubAssign, 2),
            (b'-', b'>', _) => (Arrow, 2),
            (b'-', ..) => (Sub, 1),
            (b'*', b'*', b'=') => (PowAssign, 3),
            (b'*', b'*', _) => (Pow, 2),
            (b'*', b'=', _) => (MulAssign, 2),
            (b'*', ..) => (Mul, 1),
            (b'/', b'=', _) => (DivAssign, 2),
            (b'/', ..) => (Div, 1),
            (b'%', b'=', _) => (ModAssign, 2),
            (b'%', ..) => (Mod, 1),
            (b'^', b'=', _) => (BitXorAssign, 2),
            (b'^', ..) => (BitXor, 1),
            (b'&', b'&', _) => (And, 2),
            (b'&', b'=', _) => (BitAndAssign, 2),
            (b'&', ..) => (BitAnd, 1),
            (b'|', b'|', _) => (Or, 2),
            (b'|', b'=', _) => (BitOrAssign, 2),
            (b'|', ..) => (BitOr, 1),
            (b'<', b'<', b'=') => (ShiftLeftAssign, 3),
            (b'<', b'<', _) => (ShiftLeft, 2),
            (b'<', b'=', _) => (LessEqual, 2),
            (b'<', ..) => (Less, 1),
            (b'>', b'>', b'=') => (ShiftRightAssign, 3),
            (b'>', b'>', _) => (ShiftRight, 2),
            (b'>', b'=', _) => (GreaterEqual, 2),
            (b'>', ..) => (Greater, 1),
            (b'=', b'=', _) => (Equal, 2),
            (b'=', b'~', _) => (Matches, 2),
            (b'=', b'>', _) => (DoubleArrow, 2),
            (b'=', ..) => (Assign, 1),
            (b'!', b'=', _) => (NotEqual, 2),
            (b'!', b'!', _) => (Throws, 2),
            (b'!', b'(', _) => (TypeArgsOpen, 2),
            (b'!', ..) => (Bang, 1),
            (b'.', b'.', b'.') => (ExclusiveRange, 3),
            (b'.', b'.', _) => (InclusiveRange, 2),
            (b'.', ..) => (Dot, 1),
            (b'?', b'?', _) => (DoubleQuestion, 2),
            (b'?', ..) => (Question, 1),
            (b':', b':', _) => (DoubleColon, 2),
            (b':', ..) => (Colon, 1),
            (b',', ..) => (Comma, 1),
            (b'(', ..) => (ParenOpen, 1),
            (b')', ..) => (ParenClose, 1),
            (b'[', ..) => (BracketOpen, 1),
            (b']', ..) => (BracketClose, 1),
            _ => return self.unknown_character(),
        };
        self.advance(kind, length);
    }

    fn unknown_character(&mut self) {
        let start = self.pos;
        let Some(character) = self.text[start..].chars().next() else { return };
        // A run of foreign letters is one mistake, not one for every letter.
        let run = self.text[start..].chars().take_while(|&c| !c.is_ascii() && !character.is_ascii());
        let end = start + run.map(char::len_utf8).sum::<usize>().max(character.len_utf8());
        let span = self.span(start, end);
        // Who ends one line with a semicolon ends all with one; it is said once.
        if character != ';' || !self.semicolon {
            self.lexed.errors.push(SyntaxError::UnknownCharacter { character, span });
        }
        self.semicolon |= character == ';';
        self.push(TokenKind::Error, start, end);
    }
}

/// At most 40 characters of a text, for messages.
pub(crate) fn shorten(text: &str) -> &str {
    match text.char_indices().nth(40) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
