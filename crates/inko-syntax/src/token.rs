//! Tokens: what the lexer hands to the parser, and how tokens are called in messages.
//!
//! *Invariant:* a token carries no text, only its place; the parser slices the source.

/// One token. The end of the file is a token too, so that every error has a token to point at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    /// Its kind.
    pub(crate) kind: TokenKind,
    /// Whether a line break stands between the token before it and this one. All layout rules of the
    /// language compare neighbours, so this is all they need to know about lines ...
    pub(crate) newline: bool,
    /// ... and this is all they need to know about columns: whether anything at all stands between.
    pub(crate) gap: bool,
    /// The offset of the first byte.
    pub(crate) start: u32,
    /// The offset one past the last byte.
    pub(crate) end: u32,
}

impl Token {
    /// Whether the token is on the line of the token before it.
    pub(crate) fn same_line(self) -> bool {
        !self.newline
    }

    /// Whether the token may be the first of an argument without parentheses: on the line of the token
    /// before it, after a blank, and the start of a value.
    pub(crate) fn starts_argument(self) -> bool {
        self.gap && !self.newline && self.kind.starts_value()
    }
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum TokenKind {
            $($(#[$doc])* $variant,)*
        }

        impl TokenKind {
            /// What the token is called in messages, with quotes where it is always the same text.
            pub fn describe(self) -> &'static str {
                match self {
                    $(TokenKind::$variant => $name,)*
                }
            }
        }
    };
}

tokens! {
    /// The end of the file.
    EndOfFile "the end of the file";
    /// Text that is no token; an error was reported.
    Error "invalid text";
    /// An integer, negative ones included.
    Integer "an integer";
    /// A float, negative ones included.
    Float "a float";
    /// A quoted string with its quotes.
    String "a string";
    /// The backtick that opens a template string.
    TemplateOpen "a template string";
    /// Text in a template string.
    TemplateText "text of a template string";
    /// The brace that opens an embedded expression.
    EmbedOpen "`{`";
    /// The brace that closes an embedded expression.
    EmbedClose "`}`";
    /// The backtick that closes a template string.
    TemplateClose "the closing backtick";
    /// An identifier.
    Identifier "an identifier";
    /// A constant.
    Constant "a constant";
    /// An attribute with its `@`.
    Attribute "an attribute";
    /// `as`
    As "`as`";
    /// `class`
    Class "`class`";
    /// `def`
    Def "`def`";
    /// `do`
    Do "`do`";
    /// `else`
    Else "`else`";
    /// `extern`
    Extern "`extern`";
    /// `fn`
    Fn "`fn`";
    /// `for`
    For "`for`";
    /// `impl`
    Impl "`impl`";
    /// `import`
    Import "`import`";
    /// `let`
    Let "`let`";
    /// `local`
    Local "`local`";
    /// `match`
    Match "`match`";
    /// `mut`
    Mut "`mut`";
    /// `return`
    Return "`return`";
    /// `self`
    SelfRef "`self`";
    /// `static`
    Static "`static`";
    /// `throw`
    Throw "`throw`";
    /// `trait`
    Trait "`trait`";
    /// `try`
    Try "`try`";
    /// `when`
    When "`when`";
    /// `yield`
    Yield "`yield`";
    /// `try!`
    TryBang "`try!`";
    /// `+`
    Add "`+`";
    /// `-`
    Sub "`-`";
    /// `*`
    Mul "`*`";
    /// `/`
    Div "`/`";
    /// `%`
    Mod "`%`";
    /// `**`
    Pow "`**`";
    /// `^`
    BitXor "`^`";
    /// `&`
    BitAnd "`&`";
    /// `|`
    BitOr "`|`";
    /// `<<`
    ShiftLeft "`<<`";
    /// `>>`
    ShiftRight "`>>`";
    /// `==`
    Equal "`==`";
    /// `!=`
    NotEqual "`!=`";
    /// `<`
    Less "`<`";
    /// `<=`
    LessEqual "`<=`";
    /// `>`
    Greater "`>`";
    /// `>=`
    GreaterEqual "`>=`";
    /// `=~`
    Matches "`=~`";
    /// `..`
    InclusiveRange "`..`";
    /// `...`
    ExclusiveRange "`...`";
    /// `&&`
    And "`&&`";
    /// `||`
    Or "`||`";
    /// `+=`
    AddAssign "`+=`";
    /// `-=`
    SubAssign "`-=`";
    /// `*=`
    MulAssign "`*=`";
    /// `/=`
    DivAssign "`/=`";
    /// `%=`
    ModAssign "`%=`";
    /// `**=`
    PowAssign "`**=`";
    /// `^=`
    BitXorAssign "`^=`";
    /// `&=`
    BitAndAssign "`&=`";
    /// `|=`
    BitOrAssign "`|=`";
    /// `<<=`
    ShiftLeftAssign "`<<=`";
    /// `>>=`
    ShiftRightAssign "`>>=`";
    /// `=`
    Assign "`=`";
    /// `->`
    Arrow "`->`";
    /// `=>`
    DoubleArrow "`=>`";
    /// `!!`
    Throws "`!!`";
    /// `!(`
    TypeArgsOpen "`!(`";
    /// `!`
    Bang "`!`";
    /// `?`
    Question "`?`";
    /// `??`
    DoubleQuestion "`??`";
    /// `:`
    Colon "`:`";
    /// `::`
    DoubleColon "`::`";
    /// `.`
    Dot "`.`";
    /// `,`
    Comma "`,`";
    /// `(`
    ParenOpen "`(`";
    /// `)`
    ParenClose "`)`";
    /// `[`
    BracketOpen "`[`";
    /// `]`
    BracketClose "`]`";
    /// `{`
    BraceOpen "`{`";
    /// `}`
    BraceClose "`}`";
}

impl TokenKind {
    /// The keyword of that text. `try!` is not among them; the lexer forms it.
    pub(crate) fn keyword(text: &str) -> Option<TokenKind> {
        use TokenKind::*;
        Some(match text {
            "as" => As,
            "class" => Class,
            "def" => Def,
            "do" => Do,
            "else" => Else,
            "extern" => Extern,
            "fn" => Fn,
            "for" => For,
            "impl" => Impl,
            "import" => Import,
            "let" => Let,
            "local" => Local,
            "match" => Match,
            "mut" => Mut,
            "return" => Return,
            "self" => SelfRef,
            "static" => Static,
            "throw" => Throw,
            "trait" => Trait,
            "try" => Try,
            "when" => When,
            "yield" => Yield,
            _ => return None,
        })
    }

    /// Whether this is a keyword, `try!` included.
    pub fn is_keyword(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            As | Class
                | Def
                | Do
                | Else
                | Extern
                | Fn
                | For
                | Impl
                | Import
                | Let
                | Local
                | Match
                | Mut
                | Return
                | SelfRef
                | Static
                | Throw
                | Trait
                | Try
                | When
                | Yield
                | TryBang
        )
    }

    /// Whether this is one of the binary operators, all of one precedence.
    pub fn is_binary_operator(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Add | Sub
                | Mul
                | Div
                | Mod
                | Pow
                | BitXor
                | BitAnd
                | BitOr
                | ShiftLeft
                | ShiftRight
                | Equal
                | NotEqual
                | Less
                | LessEqual
                | Greater
                | GreaterEqual
                | Matches
                | InclusiveRange
                | ExclusiveRange
                | And
                | Or
        )
    }

    /// Whether this is a compound assignment.
    pub fn is_compound_assignment(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            AddAssign
                | SubAssign
                | MulAssign
                | DivAssign
                | ModAssign
                | PowAssign
                | BitXorAssign
                | BitAndAssign
                | BitOrAssign
                | ShiftLeftAssign
                | ShiftRightAssign
        )
    }

    /// Whether a message or method may have this name: a name or any keyword but five.
    pub(crate) fn is_message_word(self) -> bool {
        use TokenKind::*;
        match self {
            Def | Static | Local | Extern | TryBang => false,
            Identifier | Constant => true,
            _ => self.is_keyword(),
        }
    }

    /// Whether a value may start with this token. `def` and `static` are left out: a definition is no value
    /// here, and `foo def bar {}` is better read as an expression and a definition.
    pub fn starts_value(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Integer
                | Float
                | String
                | TemplateOpen
                | Identifier
                | Constant
                | Attribute
                | BraceOpen
                | ParenOpen
                | Do
                | Fn
                | Let
                | Return
                | Local
                | SelfRef
                | Throw
                | Try
                | TryBang
                | DoubleColon
                | Match
                | Yield
                | Error
        )
    }

    /// Whether a block literal starts with this token.
    pub(crate) fn starts_block(self) -> bool {
        matches!(self, TokenKind::BraceOpen | TokenKind::Do | TokenKind::Fn)
    }

    /// Whether a definition or an import starts with this token.
    pub fn starts_definition(self) -> bool {
        use TokenKind::*;
        matches!(self, Def | Static | Class | Trait | Impl | Import | Extern)
    }

    /// The token that closes what this one opens.
    pub(crate) fn closer(self) -> Option<TokenKind> {
        use TokenKind::*;
        Some(match self {
            ParenOpen | TypeArgsOpen => ParenClose,
            BracketOpen => BracketClose,
            BraceOpen => BraceClose,
            EmbedOpen => EmbedClose,
            TemplateOpen => TemplateClose,
            _ => return None,
        })
    }

    /// Whether this token closes a bracket, a body or a template.
    pub(crate) fn is_closer(self) -> bool {
        use TokenKind::*;
        matches!(self, ParenClose | BracketClose | BraceClose | EmbedClose | TemplateClose)
    }
}
