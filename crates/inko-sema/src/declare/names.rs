//! First step: an id for every module, class, trait, constant and module method, and for the methods in
//! the bodies of classes and traits.

use super::{Declared, Stub};
use crate::errors::{Problem, What};
use crate::loader::{BOOTSTRAP, Collected, ParsedModule};
use crate::resolve::is_literal_constant;
use crate::tree::{self, Body, BodyOwner, Expr, ExprKind, MethodId, Owner};
use crate::types::{ClassId, ModuleId, ParamId, TraitId, Type};
use crate::world::{ConstantState, ModuleScope, Symbol, World};
use cranelift_entity::{EntityRef, PrimaryMap};
use indexmap::IndexMap;
use inko_abi::class;
use inko_syntax::ast::{self, Item};
use inko_syntax::{Name, Span};

/// Where a built-in class is declared.
fn home_of_built_in(number: u32) -> &'static str {
    match number {
        class::PROCESS => "std::process",
        class::HASHER => "std::hash",
        class::GENERATOR => "std::iterator",
        class::READ_ONLY_FILE | class::WRITE_ONLY_FILE | class::READ_WRITE_FILE => "std::fs::file",
        class::CHILD_PROCESS => "std::os",
        class::LIBRARY | class::FUNCTION | class::POINTER => "std::ffi",
        class::IP_SOCKET => "std::net::socket",
        class::UNIX_SOCKET => "std::net::unix",
        _ => BOOTSTRAP,
    }
}

/// Names that no definition may have (§3.4).
fn is_reserved(name: &str) -> bool {
    matches!(name, "Self" | "Never" | "Any" | "ThisModule" | "_INKOC") || is_literal_constant(name)
}

pub(super) fn declare<'a>(world: &mut World<'a>, collected: &'a Collected, declared: &mut Declared<'a>) {
    for parsed in &collected.modules {
        let module = declare_module(world, parsed);
        world.sources.push(&parsed.module);
        world.program.order.push(module);
    }
    for (index, parsed) in collected.modules.iter().enumerate() {
        let module = ModuleId::new(index);
        for item in &parsed.module.items {
            declare_item(world, module, item, declared);
        }
    }
}

fn declare_module(world: &mut World<'_>, parsed: &ParsedModule) -> ModuleId {
    let module = world.program.modules.next_key();
    let span = Span::new(parsed.file, 0, 0);
    let class = world.program.classes.push(tree::Class {
        name: parsed.name.clone(),
        module,
        built_in: None,
        type_params: Vec::new(),
        attributes: Vec::new(),
        methods: IndexMap::new(),
        statics: IndexMap::new(),
        traits: IndexMap::new(),
        span,
    });
    let body = empty_body(world, BodyOwner::Module, module, span);
    world.program.modules.push(tree::Module { name: parsed.name.clone(), file: parsed.file, class, body });
    world.scopes.push(ModuleScope::default());
    world.by_name.insert(parsed.name.clone(), module);
    module
}

/// A body to be filled in later.
pub(super) fn empty_body(
    world: &mut World<'_>,
    owner: BodyOwner,
    module: ModuleId,
    span: Span,
) -> tree::BodyId {
    let ty = world.core.error;
    world.program.bodies.push(Body {
        owner,
        module,
        self_type: ty,
        locals: PrimaryMap::new(),
        params: Vec::new(),
        throws: None,
        returns: ty,
        ignore_return: false,
        code: Expr { kind: ExprKind::Error, ty, span },
        closures: 0,
        span,
    })
}

fn declare_item<'a>(world: &mut World<'a>, module: ModuleId, item: &'a Item, declared: &mut Declared<'a>) {
    match item {
        Item::Class(source) => declare_class(world, module, source, declared),
        Item::Trait(source) => declare_trait(world, module, source, declared),
        Item::Method(source) => {
            let id = new_method(world, Owner::Module(module), module, source);
            if unique_in_module(world, module, source) {
                world.scopes[module].methods.insert(source.name.name.clone(), id);
            }
            declared.stubs.push(Stub { id, source, is_extern: false });
        }
        Item::Extern(source) => {
            let id = new_method(world, Owner::Module(module), module, source);
            if unique_in_module(world, module, source) {
                world.scopes[module].externs.insert(source.name.name.clone(), id);
            }
            declared.stubs.push(Stub { id, source, is_extern: true });
        }
        Item::Expr(expr) => declare_constant(world, module, expr),
        Item::Impl(ast::Impl { class, methods, .. }) | Item::Reopen(ast::Reopen { class, methods, .. })
            if class.name == "ThisModule" =>
        {
            // Methods of the module object can be imported, so they must be known before imports are.
            let own = world.program.modules[module].class;
            for method in methods {
                add_method(world, own, module, method, declared);
            }
        }
        Item::Import(_) | Item::Impl(_) | Item::Reopen(_) => {}
    }
}

fn unique_in_module(world: &mut World<'_>, module: ModuleId, source: &ast::Method) -> bool {
    let scope = &world.scopes[module];
    let name = &source.name.name;
    let own = &world.program.classes[world.program.modules[module].class];
    let functions = scope.methods.get(name).or_else(|| scope.externs.get(name));
    let earlier = functions.or_else(|| own.methods.get(name)).copied();
    let Some(earlier) = earlier else { return true };
    let first = world.program.methods[earlier].name_span;
    world.report(source.name.span, Problem::Duplicate { what: What::Method, name: name.clone(), first });
    false
}

/// Gives a constant name to a definition of a module, unless it is taken or reserved. What has no name
/// is not looked into, so that one mistake gives one message.
fn bind(world: &mut World<'_>, module: ModuleId, name: &ast::Ident, symbol: Symbol, what: What) -> bool {
    if is_reserved(&name.name) {
        world.report(name.span, Problem::Reserved { name: name.name.clone() });
        return false;
    }
    if let Some(&earlier) = world.scopes[module].members.get(&name.name) {
        if let Some(first) = world.place(earlier) {
            world.report(name.span, Problem::Duplicate { what, name: name.name.clone(), first });
        }
        return false;
    }
    world.scopes[module].members.insert(name.name.clone(), symbol);
    true
}

/// Declares type parameters, without their bounds.
pub(crate) fn type_params(world: &mut World<'_>, source: &[ast::TypeParam]) -> Vec<ParamId> {
    let mut ids = Vec::with_capacity(source.len());
    for (index, param) in source.iter().enumerate() {
        let (name, span) = (param.name.name.clone(), param.name.span);
        if is_reserved(&name) {
            world.report(span, Problem::Reserved { name: name.clone() });
        } else if let Some(first) = source[..index].iter().find(|one| one.name.name == name) {
            let problem = Problem::DuplicateTypeParam { name: name.clone(), first: first.name.span };
            world.report(span, problem);
        }
        ids.push(world.program.params.push(tree::TypeParam { name, bounds: Vec::new(), span }));
    }
    ids
}

fn declare_class<'a>(
    world: &mut World<'a>,
    module: ModuleId,
    source: &'a ast::Class,
    declared: &mut Declared<'a>,
) {
    let name = source.name.name.clone();
    let home = &world.program.modules[module].name;
    let is_this = |&(one, number): &(&str, u32)| one == name && home_of_built_in(number) == home;
    let number = class::BUILT_IN.iter().copied().find(is_this).map(|(_, number)| number);
    let type_params = type_params(world, &source.type_params);
    let id = world.program.classes.push(tree::Class {
        name,
        module,
        built_in: number,
        type_params,
        attributes: Vec::new(),
        methods: IndexMap::new(),
        statics: IndexMap::new(),
        traits: IndexMap::new(),
        span: source.name.span,
    });
    if let Some(number) = number {
        world.program.built_in.entry(number).or_insert(id);
    }
    if !bind(world, module, &source.name, Symbol::Class(id), What::Class) {
        return;
    }
    for method in &source.methods {
        add_method(world, id, module, method, declared);
    }
}

/// Adds a method of a class body, a reopening or an implementation.
pub(super) fn add_method<'a>(
    world: &mut World<'a>,
    class: ClassId,
    module: ModuleId,
    source: &'a ast::Method,
    declared: &mut Declared<'a>,
) {
    let id = new_method(world, Owner::Class(class), module, source);
    let name = source.name.name.clone();
    let entry = &mut world.program.classes[class];
    let table = if source.is_static { &mut entry.statics } else { &mut entry.methods };
    let mut earlier = table.get(&name).copied();
    if earlier.is_none() {
        table.insert(name.clone(), id);
        // Methods of `impl ... for ThisModule` share their names with the module's own methods.
        if let Some(module) = world.module_of_class(class) {
            earlier = world.scopes[module].methods.get(&name).copied();
        }
    }
    if let Some(earlier) = earlier {
        let first = world.program.methods[earlier].name_span;
        world.report(source.name.span, Problem::Duplicate { what: What::Method, name, first });
    }
    declared.stubs.push(Stub { id, source, is_extern: false });
}

fn declare_trait<'a>(
    world: &mut World<'a>,
    module: ModuleId,
    source: &'a ast::Trait,
    declared: &mut Declared<'a>,
) {
    let type_params = type_params(world, &source.type_params);
    let id: TraitId = world.program.traits.push(tree::Trait {
        name: source.name.name.clone(),
        module,
        type_params,
        required: IndexMap::new(),
        methods: IndexMap::new(),
        span: source.name.span,
    });
    if !bind(world, module, &source.name, Symbol::Trait(id), What::Trait) {
        return;
    }
    for method in &source.methods {
        let method_id = new_method(world, Owner::Trait(id), module, method);
        let name = method.name.name.clone();
        match world.program.traits[id].methods.get(&name).copied() {
            None => {
                world.program.traits[id].methods.insert(name, method_id);
            }
            Some(earlier) => {
                let first = world.program.methods[earlier].name_span;
                world.report(method.name.span, Problem::Duplicate { what: What::Method, name, first });
            }
        }
        declared.stubs.push(Stub { id: method_id, source: method, is_extern: false });
    }
}

fn new_method(world: &mut World<'_>, owner: Owner, module: ModuleId, source: &ast::Method) -> MethodId {
    let returns = world.core.error;
    let type_params = type_params(world, &source.type_params);
    let id = world.program.methods.next_key();
    let body = source.body.as_ref().map(|_| empty_body(world, BodyOwner::Method(id), module, source.span));
    world.program.methods.push(tree::Method {
        name: source.name.name.clone(),
        owner,
        module,
        is_static: source.is_static,
        type_params,
        params: Vec::new(),
        throws: None,
        returns,
        ignore_return: source.returns.is_none() && source.yields.is_none(),
        yields: None,
        bounds: Vec::new(),
        body,
        external: None,
        span: source.span,
        name_span: source.name.span,
    })
}

fn declare_constant(world: &mut World<'_>, module: ModuleId, expr: &ast::Expr) {
    let ast::ExprKind::Let { name, is_constant: true, .. } = &expr.kind else { return };
    let ty = world.core.error;
    let (text, span) = (name.name.clone(), name.span);
    let id = world.program.constants.push(tree::Constant { name: text, module, ty, span });
    bind(world, module, name, Symbol::Constant(id), What::Constant);
}

/// Finds the definitions that the language refers to; missing ones (a broken standard library) are
/// replaced by empty ones, so that everything after this can rely on them.
pub(super) fn find_core(world: &mut World<'_>) {
    for &(name, number) in class::BUILT_IN {
        if !world.program.built_in.contains_key(&number) {
            let id = empty_class(world, name, Some(number));
            world.program.built_in.insert(number, id);
        }
    }
    let of = |world: &World<'_>, number: u32| {
        world.program.built_in.get(&number).copied().unwrap_or_else(|| ClassId::new(0))
    };
    let plain = |world: &mut World<'_>, number: u32| {
        let class = of(world, number);
        world.class_self(class)
    };
    world.core.integer = plain(world, class::INTEGER);
    world.core.float = plain(world, class::FLOAT);
    world.core.string = plain(world, class::STRING);
    world.core.boolean = plain(world, class::BOOLEAN);
    world.core.nil = plain(world, class::NIL);
    world.core.nil_class = of(world, class::NIL);
    world.core.string_class = of(world, class::STRING);
    world.core.array = of(world, class::ARRAY);
    world.core.block = of(world, class::BLOCK);
    world.core.generator = of(world, class::GENERATOR);
    require_params(world, world.core.array, 1);
    require_params(world, world.core.generator, 2);
    world.core.option = match world.member("std::option", "Option") {
        Some(Symbol::Class(class)) => class,
        _ => empty_class(world, "Option", None),
    };
    require_params(world, world.core.option, 1);
    world.program.option = Some(world.core.option);
    world.core.object = match world.member(BOOTSTRAP, "Object") {
        Some(Symbol::Trait(id)) => id,
        _ => world.program.traits.push(tree::Trait {
            name: "Object".into(),
            module: ModuleId::new(0),
            type_params: Vec::new(),
            required: IndexMap::new(),
            methods: IndexMap::new(),
            span: world.program.classes[ClassId::new(0)].span,
        }),
    };
    let find_trait = |world: &World<'_>, module: &str, name: &str| match world.member(module, name) {
        Some(Symbol::Trait(id)) => Some(id),
        _ => None,
    };
    world.core.to_string = find_trait(world, "std::conversion", "ToString");
    world.core.match_trait = find_trait(world, "std::operators", "Match");
    let find_class = |module, name| match world.member(module, name) {
        Some(Symbol::Class(class)) => Some(class),
        _ => None,
    };
    let (of_modules, of_traits) =
        (find_class("std::module", "Module"), find_class("std::bootstrap", "Trait"));
    (world.program.module_class, world.program.trait_class) = (of_modules, of_traits);
}

fn empty_class(world: &mut World<'_>, name: &str, built_in: Option<u32>) -> ClassId {
    let span = world.program.classes[ClassId::new(0)].span;
    world.program.classes.push(tree::Class {
        name: name.into(),
        module: ModuleId::new(0),
        built_in,
        type_params: Vec::new(),
        attributes: Vec::new(),
        methods: IndexMap::new(),
        statics: IndexMap::new(),
        traits: IndexMap::new(),
        span,
    })
}

/// Gives a class that the language builds types of the number of parameters that those types have.
fn require_params(world: &mut World<'_>, class: ClassId, count: usize) {
    let span = world.program.classes[class].span;
    while world.program.classes[class].type_params.len() < count {
        let param = world.program.params.push(tree::TypeParam { name: "T".into(), bounds: Vec::new(), span });
        world.program.classes[class].type_params.push(param);
    }
}

impl World<'_> {
    /// The type of a literal.
    pub(crate) fn literal_type(&self, expr: &ast::Expr) -> Option<crate::types::TypeId> {
        match &expr.kind {
            ast::ExprKind::Integer(_) => Some(self.core.integer),
            ast::ExprKind::Float(_) => Some(self.core.float),
            ast::ExprKind::String(_) | ast::ExprKind::Template(_) => Some(self.core.string),
            ast::ExprKind::Constant(name) => match name.name.as_str() {
                "True" | "False" => Some(self.core.boolean),
                "Nil" => Some(self.core.nil),
                _ => None,
            },
            ast::ExprKind::Group(inner) => self.literal_type(inner),
            _ => None,
        }
    }

    /// A definition of a module, by the names of both.
    pub(crate) fn member(&self, module: &str, name: &str) -> Option<Symbol> {
        let module = *self.by_name.get(module)?;
        self.scopes[module].members.get(name).copied()
    }

    /// Where something is defined.
    pub(crate) fn place(&self, symbol: Symbol) -> Option<Span> {
        Some(match symbol {
            Symbol::Class(class) => self.program.classes[class].span,
            Symbol::Trait(id) => self.program.traits[id].span,
            Symbol::Constant(constant) => self.program.constants[constant].span,
            Symbol::Method(_, method) => self.program.methods[method].name_span,
            Symbol::Module(_) | Symbol::Ambiguous | Symbol::Poison => return None,
        })
    }

    /// Marks a constant whose initialiser was checked.
    pub(crate) fn constant_ready(&mut self, id: tree::ConstantId, ty: crate::types::TypeId) {
        self.program.constants[id].ty = ty;
        self.constant_states[id] = ConstantState::Ready;
    }

    /// The type of a module object, unique for each module.
    pub(crate) fn module_type(&mut self, module: ModuleId) -> crate::types::TypeId {
        self.intern(Type::Module(module))
    }

    /// The full name of a module.
    pub(crate) fn module_name(&self, module: ModuleId) -> Name {
        self.program.modules[module].name.clone()
    }
}
