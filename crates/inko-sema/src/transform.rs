//! Replacing parts of types: type arguments for parameters, the receiver for `Self`, filled holes by what
//! they stand for, and parameters seen from outside by those seen from inside.

use crate::holes::HoleValue;
use crate::types::{BlockType, ParamId, Type, TypeId};
use crate::world::{World, flag};

/// What to put in place of parameters and of a late `Self`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subst {
    /// For `Self`; `None` leaves it.
    pub(crate) self_type: Option<TypeId>,
    /// For parameters; those not listed stay.
    pub(crate) params: Vec<(ParamId, TypeId)>,
}

impl Subst {
    /// Replaces parameters by arguments, pairwise.
    pub(crate) fn new(params: &[ParamId], args: &[TypeId]) -> Self {
        Self { self_type: None, params: params.iter().copied().zip(args.iter().copied()).collect() }
    }

    fn get(&self, param: ParamId) -> Option<TypeId> {
        self.params.iter().find(|(one, _)| *one == param).map(|(_, ty)| *ty)
    }
}

/// What a walk over a type replaces.
enum Rule<'s> {
    Subst(&'s Subst),
    /// Parameters become rigid.
    Rigid,
    /// The listed rigid parameters become plain ones: a block's own, seen from outside.
    Loose(&'s [ParamId]),
    /// Holes become what they stand for, open ones `Any`.
    Close,
}

impl Rule<'_> {
    /// The flags of the types that the rule may change.
    fn mask(&self) -> u8 {
        match self {
            Rule::Subst(_) => flag::PARAM | flag::SELF,
            Rule::Rigid => flag::PARAM,
            Rule::Loose(_) => flag::RIGID,
            Rule::Close => flag::HOLE,
        }
    }
}

/// Types nested deeper than this (only possible by inference gone round in circles) are cut off.
const DEPTH: u32 = 256;

impl World<'_> {
    /// Replaces parameters and `Self`.
    pub(crate) fn substitute(&mut self, ty: TypeId, subst: &Subst) -> TypeId {
        self.walk(ty, &Rule::Subst(subst), 0)
    }

    /// A type of a signature as the body of that signature sees it.
    pub(crate) fn rigid(&mut self, ty: TypeId) -> TypeId {
        self.walk(ty, &Rule::Rigid, 0)
    }

    /// A type from inside a block literal as the outside sees it.
    pub(crate) fn loose(&mut self, ty: TypeId, params: &[ParamId]) -> TypeId {
        if params.is_empty() { ty } else { self.walk(ty, &Rule::Loose(params), 0) }
    }

    /// A type without holes, for the finished tree.
    pub(crate) fn closed(&mut self, ty: TypeId) -> TypeId {
        self.walk(ty, &Rule::Close, 0)
    }

    fn walk(&mut self, ty: TypeId, rule: &Rule<'_>, depth: u32) -> TypeId {
        // Substitution must also reach into what holes stand for.
        let mask = rule.mask() | if matches!(rule, Rule::Close) { 0 } else { flag::HOLE };
        if self.flags(ty) & mask == 0 {
            return ty;
        }
        if depth > DEPTH {
            return self.core.any;
        }
        let next = depth + 1;
        match self.program.types.get(ty).clone() {
            Type::Class(class, args) => {
                let args = self.walk_all(args, rule, next);
                self.intern(Type::Class(class, args))
            }
            Type::Trait(id, args) => {
                let args = self.walk_all(args, rule, next);
                self.intern(Type::Trait(id, args))
            }
            Type::Block(block) => {
                let params = self.walk_all(block.params, rule, next);
                let throws = block.throws.map(|throws| self.walk(throws, rule, next));
                // A block that throws `Never` doesn't throw.
                let throws = throws.filter(|&throws| throws != self.core.never);
                let returns = self.walk(block.returns, rule, next);
                self.intern(Type::Block(BlockType { params, throws, returns, ..block }))
            }
            Type::Param(param) => match rule {
                Rule::Subst(subst) => subst.get(param).unwrap_or(ty),
                Rule::Rigid => self.intern(Type::Rigid(param)),
                _ => ty,
            },
            Type::Rigid(param) => match rule {
                Rule::Loose(params) if params.contains(&param) => self.intern(Type::Param(param)),
                _ => ty,
            },
            Type::SelfType => match rule {
                Rule::Subst(Subst { self_type: Some(own), .. }) => *own,
                _ => ty,
            },
            Type::Hole(hole) => match (self.holes.get(hole).map(|hole| hole.value), rule) {
                (Some(HoleValue::Filled(filled)), _) => self.walk(filled, rule, next),
                (Some(HoleValue::Never), Rule::Close) => self.core.never,
                (_, Rule::Close) => self.core.any,
                _ => ty,
            },
            _ => ty,
        }
    }

    fn walk_all(&mut self, types: Vec<TypeId>, rule: &Rule<'_>, depth: u32) -> Vec<TypeId> {
        types.into_iter().map(|ty| self.walk(ty, rule, depth)).collect()
    }

    /// Fresh holes for type parameters, with their bounds; added to `subst`.
    pub(crate) fn instantiate(&mut self, params: &[ParamId], subst: &mut Subst) {
        let first = subst.params.len();
        for &param in params {
            let hole = self.holes.fresh(Some(param));
            let ty = self.intern(Type::Hole(hole));
            subst.params.push((param, ty));
        }
        for index in first..subst.params.len() {
            let (param, ty) = subst.params[index];
            if self.program.params[param].bounds.is_empty() {
                continue;
            }
            let bounds = self.program.params[param].bounds.clone();
            let bounds: Vec<TypeId> = bounds.into_iter().map(|bound| self.substitute(bound, subst)).collect();
            if let Type::Hole(hole) = *self.program.types.get(ty) {
                self.holes.change(hole, |hole| hole.bounds = bounds.into());
            }
        }
    }
}
