//! Fourth step: the signatures of all methods and external functions.

use super::headers::param_bounds;
use super::{Declared, Stub};
use crate::errors::Problem;
use crate::resolve::{SelfUse, TypeScope};
use crate::suggest;
use crate::transform::Subst;
use crate::tree::{MethodId, Owner, Param};
use crate::types::{Type, TypeId};
use crate::world::{Job, World};
use inko_abi::entry::{Entry, Returns, SIGNATURES};
use inko_syntax::Name;
use inko_syntax::ast;

/// The most arguments that a method may have (T11).
const MAX_PARAMS: usize = 255;

pub(super) fn declare<'a>(world: &mut World<'a>, declared: &Declared<'a>) {
    for stub in &declared.stubs {
        signature(world, stub);
        let body = stub.source.body.as_ref().zip(world.program.methods[stub.id].body);
        world.jobs.push(Job { method: stub.id, source: stub.source, body });
        if stub.is_extern {
            external(world, stub);
        } else if body.is_none() && !matches!(world.program.methods[stub.id].owner, Owner::Trait(_)) {
            let name = stub.source.name.name.clone();
            world.report(stub.source.name.span, Problem::MissingBody { name });
        }
    }
}

fn signature(world: &mut World<'_>, stub: &Stub<'_>) {
    let Stub { id, source, .. } = *stub;
    let module = world.program.methods[id].module;
    let owner = world.program.methods[id].owner;
    let params = world.params_in_scope(id);
    let self_type = Some(world.owner_type(owner));
    let scope = TypeScope { module, params: &params, self_type, method: Some(id) };
    duplicates(world, &source.params);
    let ids = world.program.methods[id].type_params.clone();
    param_bounds(world, &scope, &ids, &source.type_params);
    // The bounds come first: types in the signature may depend on them.
    when_clause(world, &scope, id, owner, source);
    let no_statics = match owner {
        Owner::Trait(_) => Some("a trait"),
        Owner::Class(class) if world.module_of_class(class).is_some() => Some("a module"),
        _ => None,
    };
    if let Some(place) = no_statics.filter(|_| source.is_static) {
        world.report(source.name.span, Problem::StaticOutsideClass { place });
    }
    if source.params.len() > MAX_PARAMS {
        world.report(source.name.span, Problem::TooManyArguments);
    }
    let mut list = Vec::with_capacity(source.params.len());
    for param in &source.params {
        list.push(parameter(world, &scope, param));
    }
    let throws = source.throws.as_ref().map(|ty| world.resolve_type(&scope, ty, SelfUse::Early));
    let returns = source.returns.as_ref().map(|ty| world.resolve_type(&scope, ty, SelfUse::Late));
    let yields = source.yields.as_ref().map(|ty| world.resolve_type(&scope, ty, SelfUse::Late));
    if let (Some(_), Some(second)) = (&source.returns, &source.yields) {
        world.report(second.span, Problem::ReturnAndYield);
    }
    let nil = world.core.nil;
    let method = &mut world.program.methods[id];
    method.params = list;
    method.throws = throws;
    method.returns = if yields.is_some() { nil } else { returns.unwrap_or(nil) };
    method.yields = yields;
}

fn parameter(world: &mut World<'_>, scope: &TypeScope<'_>, param: &ast::Param) -> Param {
    let ty = match (&param.ty, &param.default) {
        (Some(ty), _) => world.resolve_type(scope, ty, SelfUse::Early),
        // Others than literals get their type in `infer_defaults`.
        (None, Some(default)) => world.literal_type(default).unwrap_or(world.core.error),
        (None, None) => {
            world.report(param.name.span, Problem::UntypedArgument { name: param.name.name.clone() });
            world.core.error
        }
    };
    let ty = if param.rest { world.array_type(ty) } else { ty };
    let optional = param.default.is_some() && !param.rest;
    Param { name: param.name.name.clone(), ty, optional, rest: param.rest, span: param.name.span }
}

/// Reports arguments of the same name; `_` may be given to several.
pub(crate) fn duplicates(world: &mut World<'_>, params: &[ast::Param]) {
    for (index, param) in params.iter().enumerate() {
        let name = &param.name.name;
        let first = params[..index].iter().find(|one| one.name.name == *name);
        if let Some(first) = first.filter(|_| name != "_") {
            let problem = Problem::DuplicateArgument { name: name.clone(), first: first.name.span };
            world.report(param.name.span, problem);
        }
    }
}

fn when_clause(
    world: &mut World<'_>,
    scope: &TypeScope<'_>,
    id: MethodId,
    owner: Owner,
    source: &ast::Method,
) {
    for bound in &source.bounds {
        let outer = match owner {
            Owner::Class(class) => world.program.classes[class].type_params.clone(),
            Owner::Trait(id) => world.program.traits[id].type_params.clone(),
            Owner::Module(_) => Vec::new(),
        };
        let name = &bound.name.name;
        let param = outer.into_iter().find(|&param| world.program.params[param].name == *name);
        let Some(param) = param else {
            let ty = scope.self_type.unwrap_or(world.core.error);
            world.report(bound.name.span, Problem::UnknownTypeParam { ty, name: name.clone() });
            continue;
        };
        let bounds = world.resolve_bounds(scope, &bound.bounds);
        world.program.methods[id].bounds.push((param, bounds));
    }
}

/// Connects an external function with its row in the runtime's table.
fn external(world: &mut World<'_>, stub: &Stub<'_>) {
    let Stub { id, source, .. } = *stub;
    let name = &source.name.name;
    let span = source.name.span;
    if !world.is_library(world.program.methods[id].module) {
        world.report(span, Problem::ExternalOutsideLibrary);
        return;
    }
    let Some(entry) = Entry::from_name(name) else {
        let names: Vec<Name> = SIGNATURES.iter().map(|row| Name::from(row.name)).collect();
        let similar = suggest::closest(name, names.iter());
        world.report(span, Problem::UnknownExternal { name: name.clone(), similar });
        return;
    };
    let row = entry.signature();
    let (want, have) = (row.params.len(), source.params.len());
    let throws = row.returns == Returns::Throws;
    if want != have {
        world.report(span, Problem::ExternalArguments { name: name.clone(), want, have });
    } else if throws != source.throws.is_some() {
        world.report(span, Problem::ExternalThrows { name: name.clone(), throws });
    }
    world.program.methods[id].external = Some(entry);
}

/// When all signatures are known: types for arguments that have a default which isn't a literal, and no type. The
/// defaults are checked twice; here problems are dropped, with the body they are reported.
pub(super) fn infer_defaults(world: &mut World<'_>, declared: &Declared<'_>) {
    let of_trait =
        |world: &World<'_>, stub: &Stub<'_>| matches!(world.program.methods[stub.id].owner, Owner::Trait(_));
    // What implements a trait may need the types of the trait's own methods.
    for first in [true, false] {
        for stub in &declared.stubs {
            if of_trait(world, stub) == first {
                infer_defaults_of(world, stub);
            }
        }
    }
}

fn infer_defaults_of(world: &mut World<'_>, stub: &Stub<'_>) {
    for (index, param) in stub.source.params.iter().enumerate() {
        let (None, Some(default)) = (&param.ty, &param.default) else { continue };
        if world.literal_type(default).is_some() {
            continue;
        }
        let wanted = wanted_types(world, stub.id, index);
        let ty = crate::check::default_type(world, stub.id, stub.source, index, &wanted);
        if let Some(ty) = ty {
            world.program.methods[stub.id].params[index].ty = ty;
        }
    }
}

/// The types that the traits which a method implements give to one of its arguments.
fn wanted_types(world: &mut World<'_>, id: MethodId, index: usize) -> Vec<TypeId> {
    let method = &world.program.methods[id];
    let Owner::Class(class) = method.owner else { return Vec::new() };
    let (name, own) = (method.name.clone(), method.type_params.clone());
    let traits = world.program.classes[class].traits.clone();
    let mut types = Vec::new();
    for (trait_id, args) in traits {
        let Some(&wanted) = world.program.traits[trait_id].methods.get(&name) else { continue };
        let wanted = &world.program.methods[wanted];
        let Some(ty) = wanted.params.get(index).map(|param| param.ty) else { continue };
        let params = wanted.type_params.clone();
        let mut subst = Subst::new(&world.program.traits[trait_id].type_params, &args);
        for (from, &to) in params.into_iter().zip(&own) {
            subst.params.push((from, world.intern(Type::Param(to))));
        }
        types.push(world.substitute(ty, &subst));
    }
    types
}
