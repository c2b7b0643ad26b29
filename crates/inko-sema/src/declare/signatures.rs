//! Fourth step: the signatures of all methods and external functions.

use super::headers::param_bounds;
use super::{Declared, Stub};
use crate::errors::Problem;
use crate::resolve::{SelfUse, TypeScope};
use crate::suggest;
use crate::tree::{MethodId, Owner, Param};
use crate::types::TypeId;
use crate::world::{Job, World};
use inko_abi::entry::{Entry, Returns, SIGNATURES};
use inko_syntax::Name;
use inko_syntax::ast::{self, ExprKind};

/// The most arguments that a method may have (T11).
const MAX_PARAMS: usize = 255;

pub(super) fn declare<'a>(world: &mut World<'a>, declared: &Declared<'a>) {
    for stub in &declared.stubs {
        signature(world, stub);
        let body = world.program.methods[stub.id].body;
        if let (Some(id), Some(body)) = (body, &stub.source.body) {
            world.jobs.push(Job { method: stub.id, source: stub.source, body, id });
        } else if stub.is_extern {
            external(world, stub);
        } else if !matches!(world.program.methods[stub.id].owner, Owner::Trait(_)) {
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
    unique_names(world, source);
    let ids = world.program.methods[id].type_params.clone();
    param_bounds(world, &scope, &ids, &source.type_params);
    // The bounds come first: types in the signature may depend on them.
    when_clause(world, &scope, id, owner, source);
    if matches!(owner, Owner::Trait(_)) && source.is_static {
        world.report(source.name.span, Problem::StaticInTrait);
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

/// Reports arguments and type parameters of the same name.
fn unique_names(world: &mut World<'_>, source: &ast::Method) {
    duplicates(world, &source.params);
    for (index, param) in source.type_params.iter().enumerate() {
        let name = &param.name.name;
        let first = source.type_params[..index].iter().find(|one| one.name.name == *name);
        if let Some(first) = first {
            let problem = Problem::DuplicateTypeParam { name: name.clone(), first: first.name.span };
            world.report(param.name.span, problem);
        }
    }
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

/// Last step, when everything else is known: types for arguments that have a default which isn't a
/// literal, and no type. The defaults are checked twice; here problems are dropped, with the body they
/// are reported.
pub(super) fn infer_defaults(world: &mut World<'_>, declared: &Declared<'_>) {
    for stub in &declared.stubs {
        for (index, param) in stub.source.params.iter().enumerate() {
            let (None, Some(default)) = (&param.ty, &param.default) else { continue };
            if world.literal_type(default).is_some() {
                continue;
            }
            let ty = constant_type(world, stub, default)
                .or_else(|| crate::check::default_type(world, stub.id, stub.source, index));
            match ty {
                Some(ty) => world.program.methods[stub.id].params[index].ty = ty,
                None => {
                    world.report(param.name.span, Problem::UntypedArgument { name: param.name.name.clone() })
                }
            }
        }
    }
}

/// The type of a default that is a constant with a literal value.
fn constant_type(world: &World<'_>, stub: &Stub<'_>, default: &ast::Expr) -> Option<TypeId> {
    let ExprKind::Constant(name) = &default.kind else { return None };
    let module = world.program.methods[stub.id].module;
    match world.symbol(module, &name.name) {
        Some(crate::world::Symbol::Constant(id)) if world.literal_constants.contains_key(&id) => {
            Some(world.program.constants[id].ty)
        }
        _ => None,
    }
}
