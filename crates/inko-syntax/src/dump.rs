//! The syntax tree as S-expressions: one line an item, for tests and for looking at what was parsed.
//!
//! *Invariant:* the text shows structure only, no spans, and two trees with the same text are the same
//! program.

use crate::ast::*;
use std::fmt::{self, Display, Write};

/// All items of a module, one a line.
pub fn dump(module: &Module) -> String {
    let mut out = String::new();
    for item in &module.items {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{}", Show(item));
    }
    out
}

/// Displays a node.
struct Show<'a, T: ?Sized>(&'a T);

/// Writes nodes with a blank before each.
fn each<'a, T: 'a>(f: &mut fmt::Formatter<'_>, nodes: impl IntoIterator<Item = &'a T>) -> fmt::Result
where
    Show<'a, T>: Display,
{
    nodes.into_iter().try_for_each(|node| write!(f, " {}", Show(node)))
}

/// Writes a mark and a node with blanks before them, if the node is there.
fn optional<'a, T: 'a>(f: &mut fmt::Formatter<'_>, mark: &str, node: Option<&'a T>) -> fmt::Result
where
    Show<'a, T>: Display,
{
    node.map_or(Ok(()), |node| write!(f, " {mark}{}", Show(node)))
}

impl Display for Show<'_, Item> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Item::Import(import) => Show(import).fmt(f),
            Item::Class(class) => {
                write!(f, "(class {}", class.name.name)?;
                type_params(f, &class.type_params)?;
                for attribute in &class.attributes {
                    write!(f, " @{}: {}", attribute.name.name, Show(&attribute.ty))?;
                }
                each(f, &class.methods)?;
                f.write_char(')')
            }
            Item::Trait(node) => {
                write!(f, "(trait {}", node.name.name)?;
                type_params(f, &node.type_params)?;
                bounds(f, &node.required)?;
                each(f, &node.methods)?;
                f.write_char(')')
            }
            Item::Impl(node) => {
                write!(f, "(impl {}", node.trait_name.name)?;
                type_args(f, &node.type_args)?;
                write!(f, " for {}", node.class.name)?;
                each(f, &node.methods)?;
                f.write_char(')')
            }
            Item::Reopen(node) => {
                write!(f, "(reopen {}", node.class.name)?;
                each(f, &node.methods)?;
                f.write_char(')')
            }
            Item::Method(method) => Show(method).fmt(f),
            Item::Extern(method) => write!(f, "(extern {})", Show(method)),
            Item::Expr(expr) => Show(expr).fmt(f),
        }
    }
}

impl Display for Show<'_, Import> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<&str> = self.0.path.iter().map(|segment| segment.name.as_str()).collect();
        write!(f, "(import {}", path.join("::"))?;
        match &self.0.selection {
            Selection::Module => {}
            Selection::Constant(name) => write!(f, " {}", name.name)?,
            Selection::All(_) => f.write_str(" *")?,
            Selection::Symbols(symbols) => {
                for symbol in symbols {
                    let mark = if symbol.is_self { "<self>" } else { symbol.name.name.as_str() };
                    write!(f, " {mark}")?;
                    if let Some(alias) = &symbol.alias {
                        write!(f, "={}", alias.name)?;
                    }
                }
            }
        }
        f.write_char(')')
    }
}

fn type_params(f: &mut fmt::Formatter<'_>, params: &[TypeParam]) -> fmt::Result {
    if params.is_empty() {
        return Ok(());
    }
    f.write_str("!(")?;
    separated(f, params)?;
    f.write_char(')')
}

fn type_args(f: &mut fmt::Formatter<'_>, args: &[Type]) -> fmt::Result {
    if args.is_empty() {
        return Ok(());
    }
    f.write_str("!(")?;
    separated(f, args)?;
    f.write_char(')')
}

fn bounds(f: &mut fmt::Formatter<'_>, bounds: &[Type]) -> fmt::Result {
    for (index, bound) in bounds.iter().enumerate() {
        write!(f, "{}{}", if index == 0 { ": " } else { " + " }, Show(bound))?;
    }
    Ok(())
}

fn separated<'a, T: 'a>(f: &mut fmt::Formatter<'_>, nodes: &'a [T]) -> fmt::Result
where
    Show<'a, T>: Display,
{
    for (index, node) in nodes.iter().enumerate() {
        write!(f, "{}{}", if index == 0 { "" } else { ", " }, Show(node))?;
    }
    Ok(())
}

impl Display for Show<'_, TypeParam> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.name.name)?;
        bounds(f, &self.0.bounds)
    }
}

impl Display for Show<'_, Type> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            TypeKind::Named(name, args) => {
                write!(f, "{}", name.name)?;
                type_args(f, args)
            }
            TypeKind::Optional(inner) => write!(f, "?{}", Show(&**inner)),
            TypeKind::Block { is_lambda, params, throws, returns } => {
                f.write_str(if *is_lambda { "fn(" } else { "do(" })?;
                separated(f, params)?;
                f.write_char(')')?;
                optional(f, "!! ", throws.as_deref())?;
                optional(f, "-> ", returns.as_deref())
            }
            TypeKind::Error => f.write_str("<error>"),
        }
    }
}

impl Display for Show<'_, Method> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.0;
        write!(f, "({}def {}", if method.is_static { "static " } else { "" }, method.name.name)?;
        type_params(f, &method.type_params)?;
        params(f, &method.params)?;
        optional(f, "!! ", method.throws.as_ref())?;
        optional(f, "-> ", method.returns.as_ref())?;
        optional(f, "=> ", method.yields.as_ref())?;
        if !method.bounds.is_empty() {
            f.write_str(" when ")?;
            separated(f, &method.bounds)?;
        }
        optional(f, "", method.body.as_ref())?;
        f.write_char(')')
    }
}

fn params(f: &mut fmt::Formatter<'_>, params: &[Param]) -> fmt::Result {
    if params.is_empty() {
        return Ok(());
    }
    f.write_str(" (")?;
    separated(f, params)?;
    f.write_char(')')
}

impl Display for Show<'_, Param> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.0.rest { "*" } else { "" }, self.0.name.name)?;
        if let Some(ty) = &self.0.ty {
            write!(f, ": {}", Show(ty))?;
        }
        optional(f, "= ", self.0.default.as_ref())
    }
}

impl Display for Show<'_, Body> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        each(f, &self.0.exprs)?;
        f.write_str(" }")
    }
}

impl Display for Show<'_, Arg> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.0.name {
            write!(f, "{}: ", name.name)?;
        }
        Show(&self.0.value).fmt(f)
    }
}

impl Display for Show<'_, Expr> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ExprKind::Integer(digits) => f.write_str(digits),
            ExprKind::Float(value) => write!(f, "{value:?}"),
            ExprKind::String(text) => write!(f, "{text:?}"),
            ExprKind::Template(parts) => {
                f.write_str("(template")?;
                each(f, parts)?;
                f.write_char(')')
            }
            ExprKind::SelfRef => f.write_str("self"),
            ExprKind::Attribute(name) => write!(f, "@{}", name.name),
            ExprKind::Constant(name) => f.write_str(&name.name),
            ExprKind::Global(name) => write!(f, "::{}", name.name),
            ExprKind::Identifier { name, type_args: types, args } => {
                let plain = types.is_empty() && args.is_none();
                write!(f, "{}{}", if plain { "" } else { "(call " }, name.name)?;
                type_args(f, types)?;
                each(f, args.as_deref().unwrap_or_default())?;
                f.write_str(if plain { "" } else { ")" })
            }
            ExprKind::Send(_) => {
                let (start, links) = self.0.links();
                write!(f, "{}{}", "(send ".repeat(links.len()), Show(start))?;
                for (link, _) in links {
                    write!(f, " {}", link.name.name)?;
                    type_args(f, &link.type_args)?;
                    each(f, &link.args)?;
                    f.write_char(')')?;
                }
                Ok(())
            }
            ExprKind::Assign(name, value) => write!(f, "(= {} {})", name.name, Show(&**value)),
            ExprKind::AssignAttribute(name, value) => write!(f, "(= @{} {})", name.name, Show(&**value)),
            ExprKind::CompoundAssign(name, operator, value) => {
                write!(f, "({}= {} {})", operator.name, name.name, Show(&**value))
            }
            ExprKind::CompoundAssignAttribute(name, operator, value) => {
                write!(f, "({}= @{} {})", operator.name, name.name, Show(&**value))
            }
            ExprKind::Let { name, mutable, ty, value, .. } => {
                write!(f, "(let {}{}", if mutable.is_some() { "mut " } else { "" }, name.name)?;
                if let Some(ty) = ty {
                    write!(f, ": {}", Show(ty))?;
                }
                write!(f, " {})", Show(&**value))
            }
            ExprKind::Construct(name, values) => {
                write!(f, "(new {}", name.name)?;
                for (name, value) in values {
                    write!(f, " @{} {}", name.name, Show(value))?;
                }
                f.write_char(')')
            }
            ExprKind::Block(block) => Show(&**block).fmt(f),
            ExprKind::Cast(value, ty) => write!(f, "(as {} {})", Show(&**value), Show(ty)),
            ExprKind::Group(inner) => write!(f, "(group {})", Show(&**inner)),
            ExprKind::Return(value) => keyword(f, "return", value.as_deref()),
            ExprKind::Yield(value) => keyword(f, "yield", value.as_deref()),
            ExprKind::Throw { local, value } => {
                keyword(f, if *local { "local throw" } else { "throw" }, Some(&**value))
            }
            ExprKind::Try { local, operand, handler } => {
                write!(f, "({}try {}", if *local { "local " } else { "" }, Show(&**operand))?;
                if let Some(handler) = handler {
                    f.write_str(" else")?;
                    if let Some(variable) = &handler.variable {
                        write!(f, " ({})", variable.name)?;
                    }
                    write!(f, " {}", Show(&handler.body))?;
                }
                f.write_char(')')
            }
            ExprKind::TryPanic(operand) => keyword(f, "try!", Some(&**operand)),
            ExprKind::Match(node) => Show(&**node).fmt(f),
            ExprKind::Error => f.write_str("<error>"),
        }
    }
}

fn keyword(f: &mut fmt::Formatter<'_>, word: &str, value: Option<&Expr>) -> fmt::Result {
    write!(f, "({word}")?;
    optional(f, "", value)?;
    f.write_char(')')
}

impl Display for Show<'_, TemplatePart> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TemplatePart::Text(text, _) => write!(f, "{text:?}"),
            TemplatePart::Expr(expr) => Show(expr).fmt(f),
        }
    }
}

impl Display for Show<'_, Block> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let block = self.0;
        match block.form {
            BlockForm::Brace => return Show(&block.body).fmt(f),
            BlockForm::Do => f.write_str("(do")?,
            BlockForm::Fn => f.write_str("(fn")?,
        }
        type_params(f, &block.type_params)?;
        params(f, &block.params)?;
        optional(f, "!! ", block.throws.as_ref())?;
        optional(f, "-> ", block.returns.as_ref())?;
        write!(f, " {})", Show(&block.body))
    }
}

impl Display for Show<'_, Match> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(match")?;
        if let Some(binding) = &self.0.binding {
            write!(f, " {} =", binding.name)?;
        }
        optional(f, "", self.0.input.as_ref())?;
        each(f, &self.0.arms)?;
        optional(f, "else -> ", self.0.otherwise.as_ref())?;
        f.write_char(')')
    }
}

impl Display for Show<'_, MatchArm> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        match &self.0.pattern {
            Pattern::Type(name) => write!(f, "as {}", name.name)?,
            Pattern::Exprs(exprs) => separated(f, exprs)?,
        }
        optional(f, "when ", self.0.guard.as_ref())?;
        write!(f, " -> {}]", Show(&self.0.body))
    }
}
