//! The texts of syntax errors: each variant of [`SyntaxError`] becomes one code, message and hint.
//!
//! *Invariant:* all wording about syntax is here; the parser only delivers data.

use crate::{Code, Diagnostic};
use inko_syntax::{BodyKind, Expected, Found, SyntaxError, TokenKind};

/// The diagnostic of a syntax error or warning.
pub fn syntax(error: &SyntaxError) -> Diagnostic {
    let span = error.span();
    let new = |code, message: String| Diagnostic::new(code, span, message);
    match error {
        SyntaxError::UnexpectedEnd { expected, .. } => {
            new(Code::UnexpectedEnd, format!("the file ends where {} was expected", words(*expected)))
                .label("the file ends here")
        }
        SyntaxError::UnexpectedToken { found, expected, .. } => {
            let message = format!("expected {}, but found {}", words(*expected), token(found));
            let diagnostic =
                new(Code::UnexpectedToken, message).label(format!("expected {}", words(*expected)));
            unexpected(diagnostic, found, *expected)
        }
        SyntaxError::ExpectedValue { found, .. } => {
            let message = format!("a value can't start with {}", token(found));
            let diagnostic = new(Code::ExpectedValue, message).label("expected a value");
            match found.kind {
                TokenKind::Throws => {
                    diagnostic.hint("a throw type stands before the return type: `!! Error -> Type`")
                }
                TokenKind::BitOr => {
                    diagnostic.hint("the arguments of a block stand before its brace: `do (name) { ... }`")
                }
                TokenKind::Else => diagnostic.hint(
                    "there is no `if` statement, conditions are messages: \
                     `(a == b).if(true: { ... }, false: { ... })`",
                ),
                TokenKind::Arrow => diagnostic.hint(
                    "the arms of a `match` stand in its braces, the last one is `else`: \
                     `match(value) { 1 -> { ... } else -> { ... } }`",
                ),
                TokenKind::DoubleArrow => diagnostic
                    .hint("there are no literals of maps: `let map = Map.new`, then `map[key] = value`"),
                TokenKind::Less => diagnostic.hint(
                    "types are given to types and methods in `!( )`: `Array!(Integer)`, `def name!(T)`",
                ),
                TokenKind::Greater => diagnostic
                    .hint("there is no `|>` or `<>`: send messages, as in `value.name`; `+` joins strings"),
                TokenKind::Colon => diagnostic
                    .hint("bodies stand in braces, `{ ... }`; only arguments are named by `name: value`"),
                TokenKind::ParenClose => diagnostic.hint(
                    "parentheses hold a value here; a message follows a dot: `Class.new`, not `Class::new()`",
                ),
                TokenKind::For => {
                    diagnostic.hint("loop over values with `each`: `values.each do (value) { ... }`")
                }
                _ => hinted(diagnostic, found),
            }
        }
        SyntaxError::LoneBang { is_apart, .. } => {
            let diagnostic = new(Code::LoneBang, "unexpected `!`".into()).label("this starts nothing");
            diagnostic.hint(match is_apart {
                true => "there is no operator `!`: send a message to a process with `child.send(message)`",
                false => {
                    "Inko has no prefix `!`: send `false?`, or compare with `!=`; type arguments open with `!(`"
                }
            })
        }
        SyntaxError::InvalidMessageName { found, .. } => {
            let message = format!("{} isn't the name of a message", token(found));
            let diagnostic = new(Code::InvalidMessageName, message).label("expected the name of a message");
            match found.kind {
                TokenKind::Integer | TokenKind::Float => diagnostic.hint("use `value[index]` to index"),
                TokenKind::Attribute => {
                    diagnostic.hint("attributes are private to their object: send a message that reads it")
                }
                kind if kind.is_keyword() => diagnostic.hint(
                    "of the keywords only `def`, `static`, `local`, `extern` and `try!` can't be names",
                ),
                _ => diagnostic,
            }
        }
        SyntaxError::ExpectedArgumentName { found, .. } => {
            let message = format!("expected the name of an argument, but found {}", token(found));
            let diagnostic = new(Code::ExpectedArgumentName, message).label("expected an identifier");
            match found.kind {
                TokenKind::SelfRef | TokenKind::BitAnd => {
                    diagnostic.hint("every method has its `self`, which isn't declared")
                }
                TokenKind::Mut => diagnostic
                    .hint("arguments can't be mutable; define a variable: `let mut copy = argument`"),
                kind if kind.is_keyword() => diagnostic.hint("keywords can't name arguments"),
                _ => diagnostic,
            }
        }
        SyntaxError::ExpectedCommaOrCloser { found, closer, opened, .. } => {
            let closer = closer.describe();
            let message = format!("expected a comma or {closer}, but found {}", token(found));
            let label = format!("expected a comma or {closer}");
            hinted(
                new(Code::ExpectedCommaOrCloser, message)
                    .label(label)
                    .related(*opened, "the list begins here"),
                found,
            )
        }
        SyntaxError::ExpectedComma { found, .. } => {
            let message = format!("expected a comma before {}", token(found));
            hinted(new(Code::ExpectedComma, message).label("expected a comma before this"), found)
        }
        SyntaxError::ExpectedClosingBracket { found, opened, .. } => {
            let message = format!("expected `]`, but found {}", token(found));
            hinted(
                new(Code::ExpectedClosingBracket, message)
                    .label("expected `]`")
                    .related(*opened, "the index begins here"),
                found,
            )
        }
        SyntaxError::InvalidImport { found, expected, .. } => {
            let message = format!("{} isn't valid in an import", token(found));
            let diagnostic = new(Code::InvalidImport, message).label(format!("expected {expected}"));
            match found.kind {
                TokenKind::As => diagnostic.hint("put the symbol in parentheses: `import a::b::(C as D)`"),
                TokenKind::DoubleColon => diagnostic.hint("the path of an import ends at the first constant"),
                TokenKind::ParenClose => diagnostic.hint("to import the module itself, leave out `::()`"),
                TokenKind::String | TokenKind::TemplateOpen => diagnostic.hint(
                    "paths of modules stand without quotes, with `::` between their parts: \
                     `import std::stdio::stdout`",
                ),
                _ => diagnostic,
            }
        }
        SyntaxError::ExpectedName { found, after, .. } => {
            let message = format!(
                "expected an identifier or constant after {}, but found {}",
                after.describe(),
                token(found)
            );
            let diagnostic = new(Code::ExpectedName, message).label("expected an identifier or constant");
            match found.kind {
                TokenKind::Attribute => diagnostic.hint("attributes are assigned without `let`"),
                kind if kind.is_keyword() => diagnostic.hint("keywords can't name variables"),
                _ => diagnostic,
            }
        }
        SyntaxError::ExpectedType { found, .. } => {
            let message = format!("expected a type, but found {}", token(found));
            let diagnostic = new(Code::ExpectedType, message).label("expected a type");
            match found.kind {
                TokenKind::Identifier
                    if matches!(found.text.as_str(), "lambda" | "method" | "closure" | "block") =>
                {
                    diagnostic.hint(
                        "the types of blocks are `do (A) -> B` for closures and `fn (A) -> B` for lambdas",
                    )
                }
                TokenKind::Identifier => diagnostic.hint("the names of types start with a capital letter"),
                TokenKind::Assign => diagnostic
                    .hint("variables are defined with `let name = value`, or `let name: Type = value`"),
                _ => diagnostic,
            }
        }
        SyntaxError::InvalidInBody { found, body, .. } => {
            let (place, allowed) = match body {
                BodyKind::Class => ("a class", "attributes (`@name: Type`) and methods"),
                BodyKind::Trait => ("a trait", "methods"),
                BodyKind::Impl => ("an implementation", "methods"),
                BodyKind::Reopen => ("a reopened class", "methods"),
            };
            new(Code::InvalidInBody, format!("{} isn't valid in the body of {place}", token(found)))
                .label("not allowed here")
                .hint(format!("the body of {place} holds {allowed} only; methods begin with `def`"))
        }
        SyntaxError::ExpectedThrowOrTry { found, .. } => {
            let message = format!("expected `throw` or `try` after `local`, but found {}", token(found));
            new(Code::ExpectedThrowOrTry, message).label("expected `throw` or `try`")
        }
        SyntaxError::UnterminatedString { quote, suspect, .. } => {
            let diagnostic = new(Code::UnterminatedString, "this string never ends".into())
                .label("it begins here")
                .hint(format!("close it with `{quote}`"));
            match suspect {
                Some(span) => {
                    diagnostic.related(*span, "this string goes on for several lines; is its end missing?")
                }
                None => diagnostic,
            }
        }
        SyntaxError::UnterminatedTemplate { .. } => {
            new(Code::UnterminatedTemplate, "this template string never ends".into())
                .label("it begins here")
                .hint("close it with a backtick, and every `{` in it with `}`")
        }
        SyntaxError::UnterminatedBlock { opened, .. } => {
            new(Code::UnterminatedBlock, "a body lacks its closing `}`".into())
                .label("expected `}` before this")
                .related(*opened, "the body begins here")
        }
        SyntaxError::MalformedNumber { text, .. } => malformed_number(error, text),
        SyntaxError::UnknownCharacter { character, .. } => unknown_character(error, *character),
        SyntaxError::MalformedAttribute { .. } => {
            new(Code::MalformedAttribute, "an attribute needs a name after `@`".into())
                .label("no name follows")
        }
        SyntaxError::NestedTooDeeply { .. } => new(Code::NestedTooDeeply, "this is nested too deeply".into())
            .label("the parser gave up here")
            .hint("split it up: give parts of it a name with `let`, or move them to methods of their own"),
        SyntaxError::CastContinued { found, .. } => {
            let message = format!("{} can't follow a cast", token(found));
            new(Code::CastContinued, message)
                .label("only another `as` may follow")
                .hint("put the cast in parentheses: `(value as Type)`")
        }
        SyntaxError::TemplateExpectsOneExpression { .. } => {
            new(Code::TemplateExpectsOneExpression, "an embedded part holds one expression only".into())
                .label("this is a second expression")
                .hint("write `\\{` for a literal brace")
        }
        SyntaxError::TryExpectsOneExpression { .. } => {
            new(Code::TryExpectsOneExpression, "the braces of `try` hold exactly one expression".into())
                .label("this is a second expression")
                .hint("only what can throw belongs to `try`; move the rest out of the braces")
        }
        SyntaxError::MisplacedDefinition { keyword, .. } => {
            let message = format!("{} isn't allowed inside a body", keyword.describe());
            let diagnostic = new(Code::MisplacedDefinition, message).label("not allowed here");
            match keyword {
                TokenKind::Def | TokenKind::Static => diagnostic
                    .hint("methods are defined at the top level and in classes, traits and implementations"),
                _ => diagnostic.hint("move it to the top level of the file"),
            }
        }
        SyntaxError::StaticNotAllowed { .. } => {
            new(Code::StaticNotAllowed, "a static method isn't allowed here".into())
                .label("not allowed here")
                .hint("static methods belong to classes: put them in `class` or in `impl Class { ... }`")
        }
        SyntaxError::InvalidCompoundAssignment { operator, .. } => {
            let message = format!("{} only works on variables and attributes", operator.describe());
            let plain = operator.describe().trim_matches('`').trim_end_matches('=');
            new(Code::InvalidCompoundAssignment, message)
                .label("this is the result of a send")
                .hint(format!("write it out: `receiver.name = receiver.name {plain} value`"))
        }
        SyntaxError::InvalidAssignment { operator, target, .. } => {
            let message = format!("{} can't assign to this", operator.describe());
            new(Code::InvalidAssignment, message)
                .label("assignment")
                .related(*target, "this isn't a variable, an attribute or a send")
                .hint("constants are defined with `let`; `==` compares")
        }
        SyntaxError::InvalidRestArgument { has_default: true, .. } => {
            new(Code::InvalidRestArgument, "a rest argument can't have a default".into())
                .label("not allowed here")
        }
        SyntaxError::InvalidRestArgument { has_default: false, .. } => {
            new(Code::InvalidRestArgument, "a rest argument must be the last argument".into())
                .label("other arguments follow")
        }
        SyntaxError::ArmAfterElse { .. } => {
            new(Code::ArmAfterElse, "`else` must be the last arm".into()).label("this arm is never reached")
        }
        SyntaxError::NegativeLiteralAfterOperand { text, .. } => {
            let message = format!("`{text}` is a negative number here, not a subtraction");
            new(Code::NegativeLiteralAfterOperand, message)
                .label("a value of its own")
                .hint("to subtract, put a blank before and after the `-`")
        }
        SyntaxError::ReturnWithoutBlank { keyword, .. } => {
            let keyword = keyword.describe().trim_matches('`');
            new(Code::ReturnWithoutBlank, format!("this value isn't part of the `{keyword}`"))
                .label(format!("`{keyword}` takes no value without a blank before it"))
                .hint(format!("write `{keyword} (...)`"))
        }
        SyntaxError::ConstantWithArguments { name, .. } => {
            new(Code::ConstantWithArguments, format!("`{name}` takes no arguments"))
                .label("what follows in parentheses is a value of its own")
                .hint(format!(
                    "objects are made by messages: `{name}.new(...)`, for which the class has a \
                     `static def new(...) -> Self {{ Self {{ @name = value }} }}`"
                ))
        }
    }
}

impl From<&SyntaxError> for Diagnostic {
    fn from(error: &SyntaxError) -> Self {
        syntax(error)
    }
}

fn malformed_number(error: &SyntaxError, text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::MalformedNumber, error.span(), format!("`{text}` is no number"))
        .label("malformed number");
    let lower = text.trim_start_matches('-').to_ascii_lowercase();
    if lower.starts_with("0b") || lower.starts_with("0o") {
        diagnostic.hint("numbers are written in decimal, or in hexadecimal after `0x`")
    } else if lower.ends_with(['e', '+', '-']) {
        diagnostic.hint("an exponent needs digits: `1e5`, `1e-5`")
    } else if lower == "0x" {
        diagnostic.hint("hexadecimal digits must follow `0x`")
    } else {
        diagnostic.hint("a number ends before letters: put a blank or an operator between them")
    }
}

fn unknown_character(error: &SyntaxError, character: char) -> Diagnostic {
    let invisible = matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    );
    let shown = if invisible || character.is_control() || character.is_whitespace() {
        format!("the character U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    };
    let message = format!("{shown} starts nothing in this language");
    let diagnostic =
        Diagnostic::new(Code::UnknownCharacter, error.span(), message).label("unknown character");
    match character {
        ';' => diagnostic.hint("expressions need no terminator; end the line instead"),
        '\u{feff}' => diagnostic.hint("a byte-order mark may only stand at the very start of a file"),
        c if c.is_alphabetic() => diagnostic.hint("names consist of ASCII letters, digits and `_`"),
        _ => diagnostic,
    }
}

/// Hints that depend on what was expected too.
fn unexpected(diagnostic: Diagnostic, found: &Found, expected: Expected) -> Diagnostic {
    match (expected, found.kind) {
        (Expected::Token(TokenKind::Attribute), _) => diagnostic.hint(
            "a constant before `{` is constructed: `Class { @name = value }`; classes are defined with \
             `class Name { @name: Type }`, and conditions are messages: `value.if_true { ... }`",
        ),
        (Expected::Token(TokenKind::Arrow), TokenKind::DoubleArrow) => {
            diagnostic.hint("an arm is written `pattern -> { ... }`")
        }
        (Expected::Token(TokenKind::Assign), TokenKind::Comma) => diagnostic.hint(
            "a `let` defines one variable; errors are thrown, and caught with `try ... else (error) { ... }`",
        ),
        (Expected::Token(TokenKind::BraceOpen), TokenKind::BitOr) => {
            diagnostic.hint("the arguments of a block stand in parentheses: `do (name) { ... }`")
        }
        (Expected::Token(TokenKind::BraceOpen), TokenKind::ParenOpen) => {
            diagnostic.hint("classes inherit nothing; methods are shared by traits: `impl Trait for Class { ... }`")
        }
        (Expected::Token(TokenKind::BraceOpen), kind)
            if kind.is_keyword() || matches!(kind, TokenKind::Identifier | TokenKind::Constant) =>
        {
            diagnostic.hint("a body stands in braces, `{ ... }`, and what `match` looks at in parentheses, `match(value)`")
        }
        (Expected::Token(TokenKind::Colon), TokenKind::Assign) => diagnostic
            .hint("an attribute has a type and no value, it gets one in constructors: `@name: Type`"),
        _ => hinted(diagnostic, found),
    }
}

/// Hints that depend only on the token that was in the way.
fn hinted(diagnostic: Diagnostic, found: &Found) -> Diagnostic {
    match found.kind {
        TokenKind::Integer | TokenKind::Float if found.text.starts_with('-') => {
            diagnostic.hint("to subtract, put a blank before and after the `-`")
        }
        TokenKind::Sub | TokenKind::Add => diagnostic.hint("there is no unary `+` or `-`, except in `-1`"),
        TokenKind::BracketOpen => diagnostic
            .hint("arrays are made with `Array.new(1, 2)`; an index must be on the line of what it indexes"),
        TokenKind::Question => diagnostic.hint("`?` belongs to types, and to the end of method names"),
        TokenKind::Bang => diagnostic.hint("type arguments open with `!(`, without a blank in between"),
        _ => diagnostic,
    }
}

/// A found token in words, with its text if it has one of its own.
fn token(found: &Found) -> String {
    let name = match found.kind {
        TokenKind::Identifier => "the identifier",
        TokenKind::Constant => "the constant",
        TokenKind::Attribute => "the attribute",
        TokenKind::Integer | TokenKind::Float => "the number",
        kind if kind.is_keyword() => return format!("the keyword {}", kind.describe()),
        kind => return kind.describe().to_owned(),
    };
    format!("{name} `{}`", found.text)
}

fn words(expected: Expected) -> &'static str {
    match expected {
        Expected::Token(kind) => kind.describe(),
        Expected::Words(words) => words,
    }
}
