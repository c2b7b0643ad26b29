//! Third step: bounds of type parameters, required traits, attributes, and which class implements which
//! trait. Methods of reopenings and implementations get their ids here, as their class is known now.

use super::names::add_method;
use super::{Declared, Implementation};
use crate::errors::{Problem, What};
use crate::resolve::{SelfUse, TypeScope};
use crate::tree::Attribute;
use crate::types::{ClassId, ModuleId, ParamId, TypeId};
use crate::world::{Symbol, View, World};
use cranelift_entity::EntityRef;
use inko_abi::class;
use inko_syntax::Name;
use inko_syntax::ast::{self, Item};

pub(super) fn declare<'a>(world: &mut World<'a>, declared: &mut Declared<'a>) {
    let modules: Vec<ModuleId> = world.sources.keys().collect();
    for &module in &modules {
        for item in &world.sources[module].items {
            match item {
                Item::Class(source) => class_header(world, module, source),
                Item::Trait(source) => trait_header(world, module, source),
                _ => {}
            }
        }
    }
    give_object(world);
    for &module in &modules {
        for item in &world.sources[module].items {
            match item {
                Item::Impl(source) => implementation(world, module, source, declared),
                Item::Reopen(source) => reopen(world, module, source, declared),
                _ => {}
            }
        }
    }
}

/// Type parameters by name.
fn named(world: &World<'_>, params: &[ParamId]) -> Vec<(Name, ParamId)> {
    params.iter().map(|&param| (world.program.params[param].name.clone(), param)).collect()
}

/// Resolves the bounds written at the definition of type parameters.
pub(crate) fn param_bounds(
    world: &mut World<'_>,
    scope: &TypeScope<'_>,
    ids: &[ParamId],
    source: &[ast::TypeParam],
) {
    for (&id, param) in ids.iter().zip(source) {
        let bounds = world.resolve_bounds(scope, &param.bounds);
        world.program.params[id].bounds = bounds;
    }
}

fn class_header(world: &mut World<'_>, module: ModuleId, source: &ast::Class) {
    // A duplicate has no name of its own any more; it was reported.
    let Some(&Symbol::Class(id)) = world.scopes[module].members.get(&source.name.name) else { return };
    if world.program.classes[id].span != source.name.span {
        return;
    }
    let params = named(world, &world.program.classes[id].type_params);
    let self_type = Some(world.class_self(id));
    let scope = TypeScope { module, params: &params, self_type, method: None };
    let ids = world.program.classes[id].type_params.clone();
    param_bounds(world, &scope, &ids, &source.type_params);
    for attribute in &source.attributes {
        let ty = world.resolve_type(&scope, &attribute.ty, SelfUse::Early);
        let name = attribute.name.name.clone();
        let class = &world.program.classes[id];
        match class.attributes.iter().find(|one| one.name == name).map(|one| one.span) {
            None => {
                let span = attribute.name.span;
                world.program.classes[id].attributes.push(Attribute { name, ty, span });
            }
            Some(first) => {
                let problem = Problem::Duplicate { what: What::Attribute, name, first };
                world.report(attribute.name.span, problem);
            }
        }
    }
}

fn trait_header(world: &mut World<'_>, module: ModuleId, source: &ast::Trait) {
    let Some(&Symbol::Trait(id)) = world.scopes[module].members.get(&source.name.name) else { return };
    if world.program.traits[id].span != source.name.span {
        return;
    }
    let ids = world.program.traits[id].type_params.clone();
    let params = named(world, &ids);
    let self_type = Some(world.trait_self(id));
    let scope = TypeScope { module, params: &params, self_type, method: None };
    param_bounds(world, &scope, &ids, &source.type_params);
    for required in world.resolve_bounds(&scope, &source.required) {
        let args = world.args(required).to_vec();
        if let View::Trait(other) = world.view(required) {
            world.program.traits[id].required.insert(other, args);
        } else {
            world.broken_traits.insert(id, ());
        }
    }
}

/// Every class but `ChildProcess` implements `Object`; the classes of modules do so only if they implement another
/// trait, whose values answer `Object`'s messages.
fn give_object(world: &mut World<'_>) {
    let object = world.core.object;
    for index in 0..world.program.classes.len() {
        let class = ClassId::new(index);
        let is_child = world.program.classes[class].built_in == Some(class::CHILD_PROCESS);
        if world.module_of_class(class).is_none() && !is_child {
            world.program.classes[class].traits.insert(object, Vec::new());
        }
    }
}

/// The class that an `impl` names.
fn target(world: &mut World<'_>, module: ModuleId, name: &ast::Ident) -> Result<ClassId, Option<Problem>> {
    if name.name == "ThisModule" {
        return Ok(world.program.modules[module].class);
    }
    if name.name == "Nil" {
        return Ok(world.core.nil_class);
    }
    match world.lookup(module, &name.name, name.span) {
        Some(Symbol::Class(class)) => Ok(class),
        Some(Symbol::Poison | Symbol::Ambiguous) => Err(None),
        Some(Symbol::Trait(id)) => {
            let related = world.program.traits[id].span;
            Err(Some(Problem::TraitAsClass { name: name.name.clone(), related }))
        }
        Some(_) => Err(Some(Problem::NotAClass { name: name.name.clone() })),
        None => Err(Some(world.unknown_constant(module, &name.name))),
    }
}

fn reopen<'a>(world: &mut World<'a>, module: ModuleId, source: &'a ast::Reopen, declared: &mut Declared<'a>) {
    match target(world, module, &source.class) {
        Ok(class) => {
            add_methods(world, class, module, &source.methods, declared);
        }
        Err(Some(Problem::TraitAsClass { name, related })) => {
            world.report(source.class.span, Problem::ReopenedTrait { name, related });
        }
        Err(Some(problem)) => world.report(source.class.span, problem),
        Err(None) => {}
    }
}

fn implementation<'a>(
    world: &mut World<'a>,
    module: ModuleId,
    source: &'a ast::Impl,
    declared: &mut Declared<'a>,
) {
    let class = match target(world, module, &source.class) {
        Ok(class) => Some(class),
        Err(problem) => {
            if let Some(problem) = problem {
                world.report(source.class.span, problem);
            }
            None
        }
    };
    let params = class.map(|class| named(world, &world.program.classes[class].type_params));
    let self_type = class.map(|class| world.owner_type(crate::tree::Owner::Class(class)));
    let scope = TypeScope { module, params: params.as_deref().unwrap_or(&[]), self_type, method: None };
    // The trait's name isn't looked up among the class's type parameters, its arguments are.
    let (name, args) = (&source.trait_name, &source.type_args);
    let ty = world.resolve_global(&scope, name, args, name.span, SelfUse::Early);
    let Some(class) = class else { return };
    if world.is_error(ty) {
        world.broken.insert(class, ());
    }
    match world.view(ty) {
        View::Trait(id) => {
            let args = world.args(ty).to_vec();
            register(
                world,
                source,
                Implementation { class, id, args, span: source.trait_name.span },
                declared,
            );
        }
        View::Error => {}
        _ => world.report(source.trait_name.span, Problem::NotATrait { ty }),
    }
    add_methods(world, class, module, &source.methods, declared);
}

/// Adds the methods of a reopening or an implementation; those of the module's own object have ids.
fn add_methods<'a>(
    world: &mut World<'a>,
    class: ClassId,
    module: ModuleId,
    methods: &'a [ast::Method],
    declared: &mut Declared<'a>,
) {
    if world.module_of_class(class).is_none() {
        for method in methods {
            add_method(world, class, module, method, declared);
        }
    }
}

/// Notes that a class implements a trait, unless it does already.
fn register(
    world: &mut World<'_>,
    source: &ast::Impl,
    implementation: Implementation,
    declared: &mut Declared<'_>,
) {
    let (class, id) = (implementation.class, implementation.id);
    let args: Vec<TypeId> = implementation.args.clone();
    let object = world.core.object;
    if let Some(&first) = declared.by_pair.get(&(class, id)) {
        let name = source.trait_name.name.clone();
        let problem = Problem::Duplicate { what: What::Implementation, name, first };
        world.report(source.trait_name.span, problem);
        return;
    }
    declared.by_pair.insert((class, id), implementation.span);
    world.program.classes[class].traits.entry(object).or_default();
    world.program.classes[class].traits.insert(id, args);
    declared.implementations.push(implementation);
}
