//! The one table of all diagnostics: number, severity and title of each.
//!
//! *Invariant:* a number is never given to another condition once it was released. New conditions get
//! new numbers at the end of their group.
//! *Invariant:* this file knows no spans and no messages; those come from whoever reports.

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Shown, but the build goes on.
    Warning,
    /// No program is produced.
    Error,
}

impl Severity {
    /// The word that both output forms show: `error` or `warning`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Turns the table below into [`Code`] and its accessors.
macro_rules! codes {
    ($($(#[$doc:meta])* $severity:ident $number:literal $variant:ident $title:literal;)*) => {
        /// What a diagnostic is about. Every variant is one condition of the language reference.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// All codes in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The severity of every diagnostic with this code.
            pub fn severity(self) -> Severity {
                match self {
                    $(Code::$variant => Severity::$severity,)*
                }
            }

            /// The number within the severity; [`Display`](std::fmt::Display) adds the letter.
            pub fn number(self) -> u16 {
                match self {
                    $(Code::$variant => $number,)*
                }
            }

            /// A short title that fits every diagnostic with this code.
            pub fn title(self) -> &'static str {
                match self {
                    $(Code::$variant => $title,)*
                }
            }

            /// The variant's name, for listings and tests.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$variant => stringify!($variant),)*
                }
            }
        }
    };
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letter = match self.severity() {
            Severity::Error => 'E',
            Severity::Warning => 'W',
        };
        write!(f, "{letter}{:04}", self.number())
    }
}

codes! {
    // Syntax: 1 to 99. The letters before the colons are the rows of the reference's chapter 6.

    /// S1: The file ended where a token was required.
    Error 1 UnexpectedEnd "unexpected end of the file";
    /// S2: A fixed token is missing.
    Error 2 UnexpectedToken "unexpected token";
    /// S3: A token where a value must start, but which starts none.
    Error 3 ExpectedValue "a value was expected";
    /// S4: A lone `!`.
    Error 4 LoneBang "unexpected `!`";
    /// S5: A token after `.` or `def` that isn't a message name.
    Error 5 InvalidMessageName "not a message name";
    /// S6: An argument definition that doesn't start with an identifier, `mut` included.
    Error 6 ExpectedArgumentName "an argument's name was expected";
    /// S7: Two elements of a list without a comma, or a list without its closer.
    Error 7 ExpectedCommaOrCloser "a comma or the end of the list was expected";
    /// S8: Two call arguments without a comma between them.
    Error 8 ExpectedComma "a comma was expected";
    /// S9: `x[...` without `]`.
    Error 9 ExpectedClosingBracket "a closing bracket was expected";
    /// S10: Something in an import that doesn't belong there.
    Error 10 InvalidImport "invalid import";
    /// S11: Neither an identifier nor a constant after `let` or `::`.
    Error 11 ExpectedName "an identifier or constant was expected";
    /// S12: A token that starts no type.
    Error 12 ExpectedType "a type was expected";
    /// S13: Something in the body of a class, trait or implementation that isn't allowed there.
    Error 13 InvalidInBody "not allowed in this body";
    /// S14: `local` without `throw` or `try`.
    Error 14 ExpectedThrowOrTry "`throw` or `try` was expected after `local`";
    /// S15: A source file can't be read.
    Error 15 UnreadableFile "the file can't be read";
    /// A quoted string without its closing quote.
    Error 16 UnterminatedString "unterminated string";
    /// A template string without its closing backtick.
    Error 17 UnterminatedTemplate "unterminated template string";
    /// A body without its closing brace.
    Error 18 UnterminatedBlock "unterminated body";
    /// Digits that form no number of the dialect, such as `1e`, `12ab` or `0b11`.
    Error 19 MalformedNumber "malformed number";
    /// A character that starts no token.
    Error 20 UnknownCharacter "unknown character";
    /// Brackets, blocks or prefixes nested deeper than the parser goes.
    Error 21 NestedTooDeeply "nested too deeply";
    /// An operator after a cast: only another `as` may follow.
    Error 22 CastContinued "nothing but `as` may follow a cast";
    /// An embedded part of a template with more than one expression.
    Error 23 TemplateExpectsOneExpression "one expression per embedded part";
    /// `try { a b }`: the braces of `try` hold exactly one expression.
    Error 24 TryExpectsOneExpression "one expression in the braces of `try`";
    /// `def`, `class`, `import` and so on at a place where they may not stand.
    Error 25 MisplacedDefinition "definition at the wrong place";
    /// `recv.x += v` or `recv[i] += v`.
    Error 27 InvalidCompoundAssignment "compound assignment to a send";
    /// `X = 1`, `1 = 2` and so on.
    Error 28 InvalidAssignment "this can't be assigned";
    /// An attribute without a name.
    Error 29 MalformedAttribute "an attribute needs a name";
    /// A rest argument that isn't the last one, or that has a default.
    Error 32 InvalidRestArgument "invalid rest argument";
    /// An arm of a `match` after its `else`.
    Error 33 ArmAfterElse "`else` must be the last arm";

    /// A negative literal directly after an operand on the same line: `a -5` or `a-5`.
    Warning 26 NegativeLiteralAfterOperand "negative literal after an operand";

    // Modules and names: 100 to 199.

    /// N1: No file of that name in the source directories.
    Error 100 UnknownModule "unknown module";
    /// N2: The imported symbol isn't a member of the module.
    Error 101 UnknownModuleMember "unknown member of a module";
    /// N3: The import binds a name that is taken already.
    Error 102 ImportClash "import clashes with another name";
    /// N4: The imported symbol is an external function, private to its module.
    Error 103 PrivateExternal "external functions are private to their module";
    /// N5: No constant or type of that name; no global of that name after `::`.
    Error 104 UnknownConstant "unknown constant";
    /// N6: A constant, class or trait is defined twice.
    Error 105 DuplicateConstant "second definition of a constant";
    /// N7: A reserved name is defined.
    Error 106 ReservedName "reserved name";
    /// N8: `let` on a local of the same scope.
    Error 107 DuplicateLocal "second definition of a local variable";
    /// N9: Assignment to a local defined without `mut`.
    Error 108 ImmutableLocal "assignment to an immutable local variable";
    /// N10: Assignment to a local that doesn't exist.
    Error 109 UnknownLocalAssignment "assignment to an unknown local variable";
    /// N12: `let mut X`.
    Error 110 MutableConstant "constants can't be mutable";
    /// A constant defined anywhere but at module level.
    Error 112 ConstantOutsideModule "constants are defined at module level only";
    /// A method defined twice in the same body.
    Error 114 DuplicateMethod "second definition of a method";
    /// Two arguments of one definition with the same name.
    Error 115 DuplicateArgument "second argument of the same name";
    /// The local is used before its definition has run.
    Error 116 UsedBeforeDefinition "used before its definition";
    /// Two type parameters with the same name.
    Error 117 DuplicateTypeParameter "second type parameter of the same name";
    /// An external function outside of the standard library.
    Error 118 ExternalOutsideLibrary "external function outside of the standard library";
    /// The name is brought by two `*` imports, or by one beside what every module has.
    Error 119 AmbiguousName "ambiguous name";
    /// N11: A local that is never read.
    Warning 100 UnusedLocal "unused local variable";
    /// The imported symbol is visible under that name already.
    Warning 101 RedundantImport "needless import";

    // Types: 200 to 299.

    /// T1: A value's type doesn't fit where it is used.
    Error 200 TypeMismatch "type mismatch";
    /// T2: The type has no such message; unknown identifiers too.
    Error 201 UnknownMessage "unknown message";
    /// T3: Read of an unknown attribute, or a constructor with one.
    Error 202 UnknownAttribute "unknown attribute";
    /// T4: Assignment to an unknown attribute.
    Error 203 UnknownAttributeAssignment "assignment to an unknown attribute";
    /// T6: An attribute is defined twice in a class.
    Error 205 DuplicateAttribute "second definition of an attribute";
    /// T7: The body's or the returned value doesn't fit the declared return type.
    Error 206 ReturnTypeMismatch "return type mismatch";
    /// T8: Too few or too many arguments.
    Error 207 WrongArgumentCount "wrong number of arguments";
    /// T9: A keyword argument that the method doesn't have.
    Error 208 UnknownKeywordArgument "unknown keyword argument";
    /// T10: An argument's type can't be inferred.
    Error 209 UninferableArgument "this argument needs a type or a default";
    /// T11: More than 255 arguments.
    Error 210 TooManyArguments "more than 255 arguments";
    /// T12: Wrong number of type arguments in an annotation.
    Error 211 WrongTypeArgumentCount "wrong number of type arguments";
    /// T13: Too many explicit type arguments for a method.
    Error 212 TooManyMethodTypeArguments "too many type arguments for a method";
    /// T14: A method bound on a name that is no type parameter.
    Error 213 UnknownTypeParameter "unknown type parameter";
    /// T15: A bound that isn't a trait.
    Error 214 BoundNotTrait "a bound must be a trait";
    /// T16: The bounds of a method aren't met.
    Error 215 BoundNotMet "bounds not met";
    /// T17: No cast between these types.
    Error 216 InvalidCast "invalid cast";
    /// T18: A constructor's name or the target of `impl` isn't a class.
    Error 217 NotAClass "not a class";
    /// T19: A built-in class is constructed with braces.
    Error 218 BuiltinConstructor "this class can't be constructed with braces";
    /// T20: A constructor without one of the attributes.
    Error 219 MissingAttribute "missing attribute";
    /// T21: An attribute is given twice in a constructor.
    Error 220 AttributeGivenTwice "attribute given twice";
    /// T22: A value in a template doesn't implement `ToString`.
    Error 221 NotEmbeddable "this value can't be embedded in a template";
    /// T24: A receiver is given for an external function.
    Error 223 ReceiverForExternal "external functions take no receiver";
    /// An argument is given twice, by position and keyword or by two keywords.
    Error 227 ArgumentGivenTwice "argument given twice";
    /// A constant is read as a value, but it only names a type.
    Error 228 TypeUsedAsValue "a type isn't a value";
    /// A name in type position isn't a type.
    Error 229 NotAType "not a type";
    /// A name that `impl ... for` or `trait T: ...` uses as a trait isn't one.
    Error 230 NotATrait "not a trait";
    /// An argument of a method has neither a type nor a default.
    Error 231 UntypedArgument "this argument needs a type or a default";
    /// An attribute is used where `self` has none.
    Error 232 AttributeWithoutObject "there are no attributes here";

    // Traits and definitions: 300 to 399.

    /// D1: `impl X {}` on something that isn't a class.
    Error 300 CannotReopen "this can't be reopened";
    /// D2: A method without a body outside a trait.
    Error 301 MissingBody "method without a body";
    /// D3: The class doesn't implement a trait that this trait requires.
    Error 302 MissingRequiredTrait "required trait isn't implemented";
    /// D4: A required method is missing or doesn't fit.
    Error 303 MissingRequiredMethod "required method is missing or doesn't fit";
    /// D5: A default method clashes with one the class has.
    Error 304 DefaultMethodClash "default method clashes with a present method";
    /// The trait is implemented twice for the class.
    Error 305 DuplicateImplementation "trait implemented twice";
    /// Traits that require one another.
    Error 306 CyclicTrait "trait requires itself";
    /// `static def` where it isn't allowed.
    Error 307 StaticNotAllowed "static method not allowed here";

    // Control flow: 400 to 499.

    /// C1: `return` outside a method or lambda.
    Error 400 ReturnOutsideMethod "`return` outside a method";
    /// C2: A value is thrown, but no throw type is declared.
    Error 401 ThrowUndeclared "thrown, but no throw type is declared";
    /// C3: A value is thrown at module level.
    Error 402 ThrowAtModuleLevel "thrown at module level";
    /// C4: `throw` outside a method.
    Error 403 ThrowOutsideMethod "`throw` outside a method";
    /// C5: A throw type is declared, but nothing is thrown.
    Error 404 NeverThrows "declared to throw, but never throws";
    /// C6: A send that can throw without `try`.
    Error 405 MissingTry "this can throw and needs `try`";
    /// C8: A return type and a yield type.
    Error 406 ReturnAndYield "return type and yield type both given";
    /// C9: A value is returned from a generator.
    Error 407 ReturnInGenerator "value returned from a generator";
    /// C10: `yield` outside a method.
    Error 408 YieldOutsideMethod "`yield` outside a method";
    /// C11: `yield` in a method without a yield type.
    Error 409 YieldUndeclared "`yield` in a method without a yield type";
    /// C12: A yield type is declared, but nothing is yielded.
    Error 410 NeverYields "declared to yield, but never yields";
    /// C7: `try` on an operand that can't throw.
    Warning 400 UselessTry "useless `try`";
    /// `return(x)` or `yield(x)`: without a blank the value isn't part of it.
    Warning 402 ReturnWithoutBlank "no blank before the value";
    /// `Name(x)`: constants take no arguments, so this is a value and then another one.
    Warning 403 ConstantWithArguments "arguments of a constant";

    // Pattern matching: 500 to 599.

    /// P1: A guard or a pattern without input isn't a Boolean.
    Error 500 ConditionNotBoolean "condition isn't a Boolean";
    /// P2: A pattern whose type doesn't implement `Match`.
    Error 501 NotAPattern "not usable as a pattern";
    /// P3: A type pattern without input.
    Error 502 TypePatternWithoutInput "type pattern without input";
    /// P4: An expression pattern on an input of type `Any`.
    Error 503 PatternOnAny "expression pattern on an `Any` input";

    // The compiler itself: 900 to 999.

    /// I1: An unknown intrinsic.
    Error 900 UnknownIntrinsic "unknown intrinsic";
    /// An external function that the runtime doesn't have.
    Error 901 UnknownExternal "unknown external function";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_are_unique() {
        let shown: HashSet<String> = Code::ALL.iter().map(Code::to_string).collect();
        assert_eq!(shown.len(), Code::ALL.len());
    }

    #[test]
    fn display_has_a_letter_and_four_digits() {
        assert_eq!(Code::UnexpectedEnd.to_string(), "E0001");
        assert_eq!(Code::UselessTry.to_string(), "W0400");
    }
}
