//! What lowering has declared so far: the functions, selectors and constants of the program under construction, and
//! what is left to lower.
//!
//! *Invariant:* whoever needs an item asks here and gets its number at once; its code comes later, when the worklist of
//! [`super::program`] arrives at it.

use super::emit::{Emitter, TraitCheck};
use super::layout::{self, Convention};
use super::resources::Resources;
use super::{cleanup, names};
use indexmap::{IndexMap, IndexSet};
use inko_abi::class;
use inko_ir::ir::{self, *};
use inko_ir::reflection::Arguments;
use inko_sema::tree::{self, Body, BodyId, BodyParam, ConstantId, MethodId, Owner};
use inko_sema::types::{ClassId, ModuleId, TraitId, Type, TypeId};
use inko_syntax::{FileId, Name, SourceMap, Span};
use std::collections::VecDeque;

/// The classes that the runtime makes instances of without being asked by name.
const ALWAYS_INSTANTIATED: &[u32] =
    &[class::INTEGER, class::FLOAT, class::STRING, class::BOOLEAN, class::NIL, class::ARRAY, class::BLOCK];

/// A function that is declared but not lowered yet.
pub(crate) enum Work {
    Method(MethodId, Option<ClassId>, FunctionId),
    Lambda(BodyId, FunctionId),
    Module(ModuleId, FunctionId),
}

/// A selector, and how many of the instantiated classes it has been completed for.
pub(crate) struct SelectorState {
    pub(crate) id: SelectorId,
    pub(crate) classes_seen: usize,
}

/// The state of lowering a program.
pub(crate) struct Lowering<'p> {
    pub(crate) program: &'p tree::Program,
    pub(crate) out: ir::Program,
    sources: &'p SourceMap,
    pub(crate) queue: VecDeque<Work>,
    symbols: IndexMap<String, u32>,
    files: IndexMap<FileId, Name>,
    instances: IndexMap<(MethodId, Option<ClassId>), FunctionId>,
    lambdas: IndexMap<BodyId, FunctionId>,
    globals: IndexMap<ConstantId, GlobalId>,
    pub(crate) selectors: IndexMap<MethodId, SelectorState>,
    pub(crate) instantiated: IndexSet<ClassId>,
    pub(crate) trait_checks: Vec<(FunctionId, TraitCheck)>,
    pub(crate) deferred_runner: Option<FunctionId>,
    /// Which types may hold a resource of the system.
    pub(crate) resources: Resources,
    /// Whether anything asks for what mirrors see.
    pub(crate) reflects: bool,
}

impl<'p> Lowering<'p> {
    pub(crate) fn new(program: &'p tree::Program, sources: &'p SourceMap) -> Self {
        let out = ir::Program { classes: layout::classes(program), ..ir::Program::default() };
        let always = ALWAYS_INSTANTIATED.iter().filter_map(|number| program.built_in.get(number));
        Self {
            program,
            out,
            sources,
            queue: VecDeque::new(),
            symbols: IndexMap::new(),
            files: IndexMap::new(),
            instances: IndexMap::new(),
            lambdas: IndexMap::new(),
            globals: IndexMap::new(),
            selectors: IndexMap::new(),
            instantiated: always.copied().collect(),
            trait_checks: Vec::new(),
            deferred_runner: None,
            resources: Resources::new(program),
            reflects: false,
        }
    }

    /// Whether the instances of a class implement a trait.
    pub(crate) fn implements(&self, class: ClassId, id: TraitId) -> bool {
        self.program.classes[class].traits.contains_key(&id)
    }

    pub(crate) fn is_module_class(&self, number: u32) -> bool {
        self.out.classes[number as usize].as_ref().is_some_and(|class| class.is_module)
    }

    /// Notes that instances of a class may exist.
    pub(crate) fn instantiate(&mut self, class: ClassId) {
        self.instantiated.insert(class);
    }

    /// Notes that the runtime gives instances of the built-in classes in a type.
    pub(crate) fn instantiate_type(&mut self, ty: TypeId) {
        let program = self.program;
        if let Type::Class(class, args) = program.types.get(ty) {
            if program.classes[*class].built_in.is_some() {
                self.instantiate(*class);
            }
            args.iter().for_each(|&arg| self.instantiate_type(arg));
        }
    }

    /// Notes that instances of the built-in class with this number may exist.
    pub(crate) fn instantiate_built_in(&mut self, number: u32) {
        if let Some(&class) = self.program.built_in.get(&number) {
            self.instantiate(class);
        }
    }

    /// The function of a method, compiled for receivers of `class`.
    pub(crate) fn method(
        &mut self,
        method: MethodId,
        class: Option<ClassId>,
        convention: &Convention,
    ) -> FunctionId {
        let class = convention.receiver.and(layout::self_class(self.program, method, class));
        if let Some(&id) = self.instances.get(&(method, class)) {
            return id;
        }
        let tree = &self.program.methods[method];
        let position = self.position(&tree.name, tree.name_span);
        let symbol = names::method_symbol(self.program, method, class);
        let id = self.declare(tree.name.clone(), symbol, convention.signature(), position);
        self.instances.insert((method, class), id);
        self.queue.push_back(Work::Method(method, class, id));
        id
    }

    /// The function of a lambda.
    pub(crate) fn lambda(&mut self, body: BodyId, symbol: &str) -> FunctionId {
        if let Some(&id) = self.lambdas.get(&body) {
            return id;
        }
        let tree = &self.program.bodies[body];
        let explicit = matches!(tree.owner, tree::BodyOwner::Lambda { explicit: true });
        let name = Name::new_static(if explicit { "<lambda>" } else { "<block>" });
        let position = self.position(&name, tree.span);
        let signature = Signature::closure(tree.params.len());
        let id = self.declare(name, format!("{symbol}.<lambda>"), signature, position);
        let arguments = arguments(tree, &tree.params);
        self.out.functions[id].block = Some(BlockLiteral { is_lambda: true, captures: 0, arguments });
        self.lambdas.insert(body, id);
        self.queue.push_back(Work::Lambda(body, id));
        id
    }

    /// The function of a module's body.
    pub(crate) fn module(&mut self, module: ModuleId) -> FunctionId {
        let tree = &self.program.modules[module];
        let position = self.position(&tree.name, self.program.bodies[tree.body].span);
        let signature = Signature { params: Vec::new(), returns: Ty::Word, throws: false };
        let id = self.declare(tree.name.clone(), tree.name.to_string(), signature, position);
        self.queue.push_back(Work::Module(module, id));
        id
    }

    /// The selector of a trait's method.
    pub(crate) fn selector(&mut self, method: MethodId) -> SelectorId {
        if let Some(state) = self.selectors.get(&method) {
            return state.id;
        }
        let tree = &self.program.methods[method];
        let Owner::Trait(owner) = tree.owner else { unreachable!("selectors are methods of traits") };
        let id = self.out.selectors.push(Selector {
            name: format!("{}.{}", self.program.traits[owner].name, tree.name).into(),
            signature: layout::convention(self.program, method, None).signature(),
            targets: Default::default(),
        });
        self.selectors.insert(method, SelectorState { id, classes_seen: 0 });
        id
    }

    /// The global of a constant.
    pub(crate) fn global(&mut self, constant: ConstantId) -> GlobalId {
        let name = &self.program.constants[constant].name;
        let globals = &mut self.out.globals;
        *self.globals.entry(constant).or_insert_with(|| globals.push(Global { name: name.clone() }))
    }

    /// Declares a function; its symbol is made unique.
    pub(crate) fn declare(
        &mut self,
        name: Name,
        symbol: String,
        signature: Signature,
        position: PositionId,
    ) -> FunctionId {
        let count = self.symbols.entry(symbol.clone()).or_insert(0);
        *count += 1;
        let symbol = if *count == 1 { symbol } else { format!("{symbol}#{count}") };
        self.out.functions.push(Function::new(name, symbol.into(), signature, position))
    }

    /// Starts the code of a declared function.
    pub(crate) fn emitter(&self, id: FunctionId) -> Emitter {
        Emitter::new(self.out.functions[id].clone())
    }

    /// Finishes a declared function.
    pub(crate) fn define(&mut self, id: FunctionId, emit: Emitter) {
        let mut function = emit.function;
        cleanup::run(&mut function);
        self.out.functions[id] = function;
        self.trait_checks.extend(emit.trait_checks.into_iter().map(|check| (id, check)));
    }

    /// The path of a file.
    pub(crate) fn file(&mut self, id: FileId) -> Name {
        self.files.entry(id).or_insert_with(|| Name::from(&**self.sources.file(id).path())).clone()
    }

    /// The position of the start of a span in code of the given name.
    pub(crate) fn position(&mut self, function: &Name, span: Span) -> PositionId {
        let path = self.file(span.file);
        let line = self.sources.file(span.file).line(span.start);
        self.out.positions.intern(Position { function: function.clone(), file: path, line, caller: None })
    }

    /// The position of a function's definition, for code that stands for no source line.
    pub(crate) fn hidden_position(&mut self, id: FunctionId) -> PositionId {
        let mut position = self.out.positions.get(self.out.functions[id].position);
        position.function = Name::default();
        self.out.positions.intern(position)
    }
}

/// The arguments of a block.
pub(crate) fn arguments(body: &Body, params: &[BodyParam]) -> Arguments {
    Arguments {
        names: params.iter().map(|param| body.locals[param.local].name.clone()).collect(),
        required: params.iter().filter(|param| param.default.is_none() && !param.rest).count() as u32,
    }
}
