//! Everything that is known before any body is checked: names, imports, bounds, attributes,
//! implementations and signatures, of all modules together, so that order and import cycles don't matter.
//!
//! *Invariant:* each step runs over all modules before the next one begins.

mod headers;
mod impls;
mod imports;
mod names;
mod signatures;

pub(crate) use headers::param_bounds;
pub(crate) use names::type_params;
pub(crate) use signatures::duplicates;

use crate::loader::Collected;
use crate::map::Map;
use crate::tree::{MethodId, Owner};
use crate::types::{ClassId, ModuleId, ParamId, TraitId, Type, TypeId};
use crate::world::World;
use inko_syntax::ast;
use inko_syntax::{Name, Span};

/// A method that has an id but no signature yet.
#[derive(Clone, Copy)]
struct Stub<'a> {
    id: MethodId,
    source: &'a ast::Method,
    /// Whether it is an external function.
    is_extern: bool,
}

/// One `impl Trait for Class`, to be checked when all signatures are known.
struct Implementation {
    class: ClassId,
    id: TraitId,
    args: Vec<TypeId>,
    span: Span,
}

/// What the steps hand on.
#[derive(Default)]
struct Declared<'a> {
    stubs: Vec<Stub<'a>>,
    implementations: Vec<Implementation>,
    /// Where each of them is, by class and trait.
    by_pair: Map<(ClassId, TraitId), Span>,
}

/// Declares all modules.
pub(crate) fn declare<'a>(world: &mut World<'a>, collected: &'a Collected) {
    let mut declared = Declared::default();
    names::declare(world, collected, &mut declared);
    imports::bind(world, collected);
    names::find_core(world);
    headers::declare(world, &mut declared);
    signatures::declare(world, &declared);
    impls::cut_cycles(world);
    signatures::infer_defaults(world, &declared);
    impls::check(world, &declared);
    for pending in world.pending_bounds.take().unwrap_or_default() {
        world.extra_bounds = pending.method.map(|method| world.when_bounds(method)).unwrap_or_default();
        world.check_type_bounds(pending.ty, pending.span, pending.self_type);
    }
    world.extra_bounds.clear();
}

impl World<'_> {
    /// The bounds of a method's `when` clause in the form in which its body sees them.
    pub(crate) fn when_bounds(&mut self, method: MethodId) -> Vec<(ParamId, TypeId)> {
        let bounds = self.program.methods[method].bounds.clone();
        let mut all = Vec::new();
        for (param, bounds) in bounds {
            for bound in bounds {
                all.push((param, self.rigid(bound)));
            }
        }
        all
    }

    /// The type parameters that a method's signature and body can name, outer ones first.
    pub(crate) fn params_in_scope(&self, method: MethodId) -> Vec<(Name, ParamId)> {
        let method = &self.program.methods[method];
        let outer: &[ParamId] = match method.owner {
            Owner::Class(class) => &self.program.classes[class].type_params,
            Owner::Trait(id) => &self.program.traits[id].type_params,
            Owner::Module(_) => &[],
        };
        let all = outer.iter().chain(&method.type_params);
        all.map(|&param| (self.program.params[param].name.clone(), param)).collect()
    }

    /// The type that `Self` names in a method's signature, where it isn't late.
    pub(crate) fn owner_type(&mut self, owner: Owner) -> TypeId {
        match owner {
            Owner::Class(class) => match self.module_of_class(class) {
                Some(module) => self.intern(Type::Module(module)),
                None => self.class_self(class),
            },
            Owner::Trait(id) => self.trait_self(id),
            Owner::Module(module) => self.intern(Type::Module(module)),
        }
    }

    /// The module whose object's class this is.
    pub(crate) fn module_of_class(&self, class: ClassId) -> Option<ModuleId> {
        let module = self.program.classes[class].module;
        (self.program.modules[module].class == class).then_some(module)
    }
}
