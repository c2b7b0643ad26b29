//! Syntax errors as data.
//!
//! *Invariant:* no message is made here; `inko-diagnostics` turns each variant into one code and a text.

use crate::token::TokenKind;
use crate::{Name, Span};

/// A token that stood where it could not be used.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// Its kind.
    pub kind: TokenKind,
    /// Its text, cut off when it is long.
    pub text: Name,
}

/// What should have stood there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Exactly this token.
    Token(TokenKind),
    /// One of several things, in words that continue "expected ...".
    Words(&'static str),
}

/// The kinds of bodies that hold definitions only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyKind {
    /// The body of a class.
    Class,
    /// The body of a trait.
    Trait,
    /// The body of `impl Trait for Class`.
    Impl,
    /// The body of `impl Class`.
    Reopen,
}

/// A syntax error, or one of the syntax warnings (see [`SyntaxError::is_warning`]).
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "the fields are named after what they hold; the variants are explained")]
pub enum SyntaxError {
    /// The file ended, but something was still needed.
    UnexpectedEnd { expected: Expected, span: Span },
    /// Another token was needed.
    UnexpectedToken { found: Found, expected: Expected, span: Span },
    /// A value was needed, but this token starts none.
    ExpectedValue { found: Found, span: Span },
    /// A lone `!`; whether there is a blank between it and what follows, as for an operator between two values.
    LoneBang { is_apart: bool, span: Span },
    /// A token after `.` or `def` that is no message name.
    InvalidMessageName { found: Found, span: Span },
    /// An argument definition must start with an identifier.
    ExpectedArgumentName { found: Found, span: Span },
    /// A list is neither continued nor closed.
    ExpectedCommaOrCloser { found: Found, closer: TokenKind, opened: Span, span: Span },
    /// A value directly follows an argument of a call.
    ExpectedComma { found: Found, span: Span },
    /// `x[...` without `]`.
    ExpectedClosingBracket { found: Found, opened: Span, span: Span },
    /// Something in an import that doesn't belong there.
    InvalidImport { found: Found, expected: &'static str, span: Span },
    /// Neither an identifier nor a constant after `let` or `::`.
    ExpectedName { found: Found, after: TokenKind, span: Span },
    /// A type was needed, but this token starts none.
    ExpectedType { found: Found, span: Span },
    /// Something in a body that holds definitions only.
    InvalidInBody { found: Found, body: BodyKind, span: Span },
    /// `local` must be followed by `throw` or `try`.
    ExpectedThrowOrTry { found: Found, span: Span },
    /// A quoted string without its closing quote; the span is the opening quote. When a quote is missing,
    /// all strings after it are inside out, so the last string of several lines before it is the suspect.
    UnterminatedString { quote: char, suspect: Option<Span>, span: Span },
    /// A template string without its closing backtick; the span is the opening one.
    UnterminatedTemplate { span: Span },
    /// A body without its closing brace.
    UnterminatedBlock { opened: Span, span: Span },
    /// Digits that form no number.
    MalformedNumber { text: Name, span: Span },
    /// A character that starts no token.
    UnknownCharacter { character: char, span: Span },
    /// An attribute without a name.
    MalformedAttribute { span: Span },
    /// Nested deeper than the parser goes.
    NestedTooDeeply { span: Span },
    /// Something other than `as` continues a cast.
    CastContinued { found: Found, span: Span },
    /// A second expression in an embedded part of a template.
    TemplateExpectsOneExpression { span: Span },
    /// A second expression in the braces of `try`.
    TryExpectsOneExpression { span: Span },
    /// A definition or import at a place where none may stand.
    MisplacedDefinition { keyword: TokenKind, span: Span },
    /// `static def` in a trait or an implementation of one, or at the top level.
    StaticNotAllowed { span: Span },
    /// `recv.x += v` or `recv[i] += v`.
    InvalidCompoundAssignment { operator: TokenKind, span: Span },
    /// `=` or a compound assignment after something that can't be assigned.
    InvalidAssignment { operator: TokenKind, target: Span, span: Span },
    /// A rest argument with a default, or one that isn't the last.
    InvalidRestArgument { has_default: bool, span: Span },
    /// An arm after `else`.
    ArmAfterElse { span: Span },
    /// Warning: a negative literal directly after an operand on the same line.
    NegativeLiteralAfterOperand { text: Name, span: Span },
    /// Warning: `return(x)` or `yield(x)` takes no value.
    ReturnWithoutBlank { keyword: TokenKind, span: Span },
    /// Warning: `Name(x)` is a constant and a value in parentheses.
    ConstantWithArguments { name: Name, span: Span },
}

impl SyntaxError {
    /// Where it is.
    pub fn span(&self) -> Span {
        use SyntaxError::*;
        match self {
            UnexpectedEnd { span, .. }
            | UnexpectedToken { span, .. }
            | ExpectedValue { span, .. }
            | LoneBang { span, .. }
            | InvalidMessageName { span, .. }
            | ExpectedArgumentName { span, .. }
            | ExpectedCommaOrCloser { span, .. }
            | ExpectedComma { span, .. }
            | ExpectedClosingBracket { span, .. }
            | InvalidImport { span, .. }
            | ExpectedName { span, .. }
            | ExpectedType { span, .. }
            | InvalidInBody { span, .. }
            | ExpectedThrowOrTry { span, .. }
            | UnterminatedString { span, .. }
            | UnterminatedTemplate { span }
            | UnterminatedBlock { span, .. }
            | MalformedNumber { span, .. }
            | UnknownCharacter { span, .. }
            | MalformedAttribute { span }
            | NestedTooDeeply { span }
            | CastContinued { span, .. }
            | TemplateExpectsOneExpression { span }
            | TryExpectsOneExpression { span }
            | MisplacedDefinition { span, .. }
            | StaticNotAllowed { span }
            | InvalidCompoundAssignment { span, .. }
            | InvalidAssignment { span, .. }
            | InvalidRestArgument { span, .. }
            | ArmAfterElse { span }
            | NegativeLiteralAfterOperand { span, .. }
            | ReturnWithoutBlank { span, .. }
            | ConstantWithArguments { span, .. } => *span,
        }
    }

    /// Whether the program is valid all the same.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            SyntaxError::NegativeLiteralAfterOperand { .. }
                | SyntaxError::ReturnWithoutBlank { .. }
                | SyntaxError::ConstantWithArguments { .. }
        )
    }
}
