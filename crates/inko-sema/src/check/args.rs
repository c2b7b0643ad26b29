//! Arguments: which parameter each of them binds (§5.3 of the reference, normative), and whether they fit.

use super::Checker;
use crate::errors::Problem;
use crate::holes::HoleValue;
use crate::suggest;
use crate::transform::Subst;
use crate::tree::{Call, Expr, ExprKind, MethodId, Target};
use crate::types::{BlockType, Type, TypeId};
use crate::world::{View, flag};
use inko_syntax::{Name, Span, ast};

/// The value of an argument.
pub(super) enum Value<'s> {
    /// Not checked yet.
    Source(&'s ast::Expr),
    /// Made by the checker.
    Ready(Expr),
}

/// An argument of a send.
pub(super) struct Arg<'s> {
    name: Option<&'s ast::Ident>,
    value: Value<'s>,
}

impl<'s> Arg<'s> {
    pub(super) fn positional(value: &'s ast::Expr) -> Self {
        Self { name: None, value: Value::Source(value) }
    }

    pub(super) fn ready(value: Expr) -> Self {
        Self { name: None, value: Value::Ready(value) }
    }

    /// Whether it is a block literal that ends in an assignment.
    fn is_block_for_effect(&self) -> bool {
        let Value::Source(ast::Expr { kind: ast::ExprKind::Block(block), .. }) = &self.value else {
            return false;
        };
        matches!(
            block.body.exprs.last().map(|last| &last.kind),
            Some(
                ast::ExprKind::Assign(..)
                    | ast::ExprKind::AssignAttribute(..)
                    | ast::ExprKind::CompoundAssign(..)
                    | ast::ExprKind::CompoundAssignAttribute(..)
            )
        )
    }
}

impl<'s> From<&'s ast::Arg> for Arg<'s> {
    fn from(arg: &'s ast::Arg) -> Self {
        Self { name: arg.name.as_ref(), value: Value::Source(&arg.value) }
    }
}

/// An argument that doesn't fit its parameter.
struct Misfit {
    /// The parameter's type as declared.
    declared: TypeId,
    /// What the argument must fit.
    want: TypeId,
    /// The array that collects the argument, if it is one of the rest.
    rest: Option<TypeId>,
    have: TypeId,
    place: Span,
    index: usize,
}

/// Whose parameters are bound.
#[derive(Clone, Copy)]
pub(super) enum Callee {
    Method(MethodId),
    /// A block of this type.
    Block(TypeId),
}

/// A parameter as a call sees it.
#[derive(Clone, Copy)]
struct Slot {
    ty: TypeId,
    optional: bool,
}

impl Checker<'_, '_> {
    /// The number of parameters, and whether the last one collects the rest.
    fn shape(&self, callee: Callee) -> (usize, bool) {
        match callee {
            Callee::Method(id) => {
                let params = &self.world.program.methods[id].params;
                (params.len(), params.last().is_some_and(|param| param.rest))
            }
            Callee::Block(ty) => {
                self.world.block(ty).map_or((0, false), |block| (block.params.len(), block.rest))
            }
        }
    }

    fn slot(&self, callee: Callee, index: usize) -> Slot {
        let error = Slot { ty: self.world.core.error, optional: true };
        match callee {
            Callee::Method(id) => self.world.program.methods[id]
                .params
                .get(index)
                .map_or(error, |param| Slot { ty: param.ty, optional: param.optional }),
            Callee::Block(ty) => self.world.block(ty).map_or(error, |block| Slot {
                ty: block.params.get(index).copied().unwrap_or(error.ty),
                optional: block.optional.get(index).copied().unwrap_or(false),
            }),
        }
    }

    fn param_name(&self, callee: Callee, index: usize) -> Option<Name> {
        match callee {
            Callee::Method(id) => {
                self.world.program.methods[id].params.get(index).map(|param| param.name.clone())
            }
            Callee::Block(ty) => self.world.block(ty)?.names.get(index).cloned(),
        }
    }

    fn param_named(&self, callee: Callee, name: &Name) -> Option<usize> {
        match callee {
            Callee::Method(id) => {
                self.world.program.methods[id].params.iter().position(|param| param.name == *name)
            }
            Callee::Block(ty) => self.world.block(ty)?.names.iter().position(|one| one == name),
        }
    }

    /// Binds and checks arguments, in written order.
    pub(super) fn arguments(
        &mut self,
        callee: Callee,
        subst: &Subst,
        args: Vec<Arg<'_>>,
        name: &ast::Ident,
    ) -> Vec<(u32, Expr)> {
        if let Some(local) = args.last().and_then(|last| self.block_after_local(&last.value)) {
            let (span, name, local) = (local.span, name.name.clone(), local.name.clone());
            self.report(span, Problem::BlockAfterLocal { name, local });
            self.silently(args);
            return Vec::new();
        }
        let (count, has_rest) = self.shape(callee);
        let fixed = count - usize::from(has_rest);
        let given = args.len();
        let for_effect = args.iter().any(Arg::is_block_for_effect);
        let mut bound: Vec<Option<Span>> = vec![None; fixed];
        let mut checked = Vec::with_capacity(given);
        // After one mistake in the binding, missing arguments aren't reported as another one.
        let mut sound = true;
        for (position, arg) in args.into_iter().enumerate() {
            let index = match arg.name {
                Some(keyword) => self.keyword(callee, keyword, fixed, name),
                None if position < fixed => Some(position),
                None if has_rest => Some(fixed),
                None => {
                    if sound {
                        self.wrong_count(callee, given, name, Vec::new());
                    }
                    None
                }
            };
            let place = arg.name.map_or_else(|| arg.value.span(), |name| name.span);
            let Some(index) = index else {
                sound = false;
                self.unchecked_args(vec![arg]);
                continue;
            };
            match bound.get_mut(index) {
                Some(Some(first)) => {
                    let first = *first;
                    sound = false;
                    let param = self.param_name(callee, index).unwrap_or_default();
                    self.report(place, Problem::ArgumentGivenTwice { name: param, first });
                    self.unchecked_args(vec![arg]);
                    continue;
                }
                Some(free) => *free = Some(place),
                None => {}
            }
            let (value, misfit) = self.argument(callee, index, has_rest && index == fixed, subst, arg.value);
            if let Some(misfit) = misfit {
                self.misfit(callee, misfit, for_effect);
            }
            checked.push((index as u32, value));
        }
        let missing: Vec<Name> = (0..fixed)
            .filter(|&index| bound[index].is_none() && !self.slot(callee, index).optional)
            .map(|index| self.param_name(callee, index).unwrap_or_default())
            .collect();
        if sound && !missing.is_empty() {
            self.wrong_count(callee, given, name, missing);
        }
        checked
    }

    fn keyword(
        &mut self,
        callee: Callee,
        keyword: &ast::Ident,
        fixed: usize,
        name: &ast::Ident,
    ) -> Option<usize> {
        let index = self.param_named(callee, &keyword.name);
        if let Some(index) = index.filter(|&index| index < fixed) {
            return Some(index);
        }
        let names: Vec<Name> = (0..fixed).filter_map(|index| self.param_name(callee, index)).collect();
        let problem = Problem::UnknownKeyword {
            method: name.name.clone(),
            name: keyword.name.clone(),
            is_rest: index.is_some(),
            similar: suggest::closest(&keyword.name, names.iter()),
        };
        self.report(keyword.span, problem);
        None
    }

    fn wrong_count(&mut self, callee: Callee, have: usize, name: &ast::Ident, missing: Vec<Name>) {
        let (count, has_rest) = self.shape(callee);
        let fixed = count - usize::from(has_rest);
        let least = (0..fixed).filter(|&index| !self.slot(callee, index).optional).count();
        let most = (!has_rest).then_some(fixed);
        let related = match callee {
            Callee::Method(id) => Some(self.world.program.methods[id].name_span),
            Callee::Block(_) => None,
        };
        let name_text = name.name.clone();
        self.report(
            name.span,
            Problem::ArgumentCount { name: name_text, least, most, have, missing, related },
        );
    }

    /// Checks one argument against its parameter; also gives how it fails to fit.
    fn argument(
        &mut self,
        callee: Callee,
        index: usize,
        is_rest: bool,
        subst: &Subst,
        value: Value<'_>,
    ) -> (Expr, Option<Misfit>) {
        let declared = self.slot(callee, index).ty;
        let whole = self.world.substitute(declared, subst);
        let want = if is_rest {
            self.world.args(whole).first().copied().unwrap_or(self.world.core.error)
        } else {
            whole
        };
        let place = value.span();
        let value = match value {
            Value::Ready(value) => value,
            Value::Source(source) => match &source.kind {
                ast::ExprKind::Block(block) => self.block_literal(block, Some(want), source.span),
                _ => self.expr(source),
            },
        };
        let fits = self.world.fits(value.ty, want);
        let misfit = (!fits).then_some(Misfit {
            declared,
            want,
            rest: is_rest.then_some(whole),
            have: value.ty,
            place,
            index,
        });
        (value, misfit)
    }

    /// Reports an argument that doesn't fit, with one exception: `x.if(true: { a = 1 }, false: { b = '' })`.
    /// Blocks that end in an assignment are run for their effect, so where several blocks share the type
    /// that the method returns, they may differ in it; the call is of type `Any` then.
    fn misfit(&mut self, callee: Callee, misfit: Misfit, for_effect: bool) {
        let Misfit { declared, want, rest, have, place, index } = misfit;
        let shares_result = match (callee, self.world.block(declared)) {
            (Callee::Method(id), Some(block)) => {
                let returns = self.world.program.methods[id].returns;
                matches!(self.world.view(returns), View::Param(_)) && block.returns == returns
            }
            _ => false,
        };
        if for_effect
            && shares_result
            && let Some(block) = self.world.block(want).cloned()
        {
            let any = self.world.core.any;
            let loose = self.world.intern(Type::Block(BlockType { returns: any, ..block }));
            if self.world.fits(have, loose) {
                self.mixed = true;
                return;
            }
        }
        let because = match callee {
            Callee::Method(id) => self.world.program.methods[id]
                .params
                .get(index)
                .map(|param| (param.span, "the argument is declared here")),
            Callee::Block(_) => None,
        };
        self.report(
            place,
            match rest {
                Some(rest) => Problem::RestMismatch { rest, want, have, because },
                None => Problem::Mismatch { want, have, because },
            },
        );
        // A type parameter that the first argument didn't fit isn't held against the others.
        if let View::Hole(hole) = self.world.view(want) {
            let error = self.world.core.error;
            self.world.holes.change(hole, |hole| hole.value = HoleValue::Filled(error));
        }
    }

    /// Checks an argument that no parameter gives a type.
    pub(super) fn bare_argument(&mut self, arg: Arg<'_>) -> (Expr, Span) {
        let place = arg.value.span();
        let value = match arg.value {
            Value::Ready(value) => value,
            Value::Source(source) => self.expr(source),
        };
        (value, place)
    }

    /// Checks arguments that no parameter takes, after an error: only for the mistakes in them. Block
    /// literals are left alone, as the types of their arguments can't be told.
    pub(super) fn unchecked_args(&mut self, args: Vec<Arg<'_>>) {
        for arg in args {
            if let Value::Source(source) = arg.value {
                let is_block = matches!(source.kind, ast::ExprKind::Block(_));
                self.world.silent += u32::from(is_block);
                self.expr(source);
                self.world.silent -= u32::from(is_block);
            }
        }
    }

    /// Checks arguments for nothing but the variables that they read, after an error that explains all others in them.
    pub(super) fn silently(&mut self, args: Vec<Arg<'_>>) {
        self.world.silent += 1;
        self.unchecked_args(args);
        self.world.silent -= 1;
    }

    /// The variable at the end of an argument that a block follows, as in `while a < b { ... }`: the block was to be an
    /// argument of the call.
    fn block_after_local<'s>(&mut self, value: &Value<'s>) -> Option<&'s ast::Ident> {
        let Value::Source(mut last) = *value else { return None };
        loop {
            last = match &last.kind {
                ast::ExprKind::Send(message) => &message.args.last()?.value,
                ast::ExprKind::Identifier { name, args: Some(args), .. } => {
                    let [ast::Arg { name: None, value }] = &args[..] else { return None };
                    let is_brace = matches!(
                        &value.kind,
                        ast::ExprKind::Block(block) if block.form == ast::BlockForm::Brace
                    );
                    return (is_brace && self.read_local(name).is_some()).then_some(name);
                }
                _ => return None,
            }
        }
    }

    /// `block.call(args)`
    pub(super) fn call_block(&mut self, receiver: Expr, name: &ast::Ident, args: Vec<Arg<'_>>) -> Expr {
        let ty = self.world.shallow(receiver.ty);
        let mut subst = Subst::default();
        if self.world.flags(ty) & flag::PARAM != 0 {
            let params = self.world.params_in(ty);
            self.world.instantiate(&params, &mut subst);
        }
        let args = self.arguments(Callee::Block(ty), &subst, args, name);
        let block = self.world.block(ty);
        let (throws, returns) =
            block.map_or((None, self.world.core.error), |block| (block.throws, block.returns));
        let returns = self.world.substitute(returns, &subst);
        let returns = self.world.settled(returns);
        let throws_declared = throws.is_some();
        let throws = throws.map(|throws| {
            let throws = self.world.substitute(throws, &subst);
            self.world.settled(throws)
        });
        let throws = throws.filter(|&throws| self.world.view(throws) != View::Never);
        self.send_throws(throws, throws_declared, &name.name, name.span, None);
        let call = Call { target: Target::Block, receiver: Some(receiver), args, throws };
        Expr { kind: ExprKind::Call(Box::new(call)), ty: returns, span: name.span }
    }
}

impl Value<'_> {
    fn span(&self) -> Span {
        match self {
            Value::Source(source) => source.span,
            Value::Ready(value) => value.span,
        }
    }
}

impl crate::world::World<'_> {
    /// The plain type parameters that occur in a type: in a body, those of a block literal.
    fn params_in(&self, ty: TypeId) -> Vec<crate::types::ParamId> {
        let mut found = Vec::new();
        let mut open = vec![self.shallow(ty)];
        while let Some(next) = open.pop() {
            if self.flags(next) & (flag::PARAM | flag::HOLE) == 0 {
                continue;
            }
            match self.program.types.get(self.shallow(next)) {
                Type::Param(param) if !found.contains(param) => found.push(*param),
                Type::Class(_, args) | Type::Trait(_, args) => open.extend(args),
                Type::Block(block) => {
                    open.extend(block.params.iter().chain(&block.throws).chain([&block.returns]));
                }
                _ => {}
            }
        }
        found
    }
}
