//! Everything known about the program so far: the tables being filled, what each module can see, and the
//! diagnostics. `report` fills those; this file knows nothing of what can be wrong.
//!
//! *Invariant:* every type is made by [`World::intern`], which keeps the summary flags beside the table.

use crate::holes::{HoleValue, Holes};
use crate::map::Map;
use crate::tree::{BodyId, ConstantId, MethodId, Program};
use crate::types::{BlockType, ClassId, HoleId, ModuleId, ParamId, TraitId, Type, TypeId};
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use inko_diagnostics::Diagnostic;
use inko_syntax::{Name, Span, ast};
use std::cell::Cell;

/// What a type contains, so that most types need no walk.
pub(crate) mod flag {
    /// A type parameter seen from outside.
    pub(crate) const PARAM: u8 = 1;
    /// A type parameter seen from inside.
    pub(crate) const RIGID: u8 = 2;
    /// A late `Self`.
    pub(crate) const SELF: u8 = 4;
    /// A hole.
    pub(crate) const HOLE: u8 = 8;
}

/// The outermost part of a type, without its arguments; cheap to copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum View {
    Class(ClassId),
    ClassObject(ClassId),
    Trait(TraitId),
    Param(ParamId),
    Rigid(ParamId),
    Block,
    Module(ModuleId),
    Any,
    Never,
    SelfType,
    Error,
    Hole(HoleId),
}

/// What a name at module level stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Symbol {
    Class(ClassId),
    Trait(TraitId),
    Constant(ConstantId),
    /// A method of a module object, with the module.
    Method(ModuleId, MethodId),
    Module(ModuleId),
    /// Different things, of which `*` imports bring at least one. Only [`World::lookup`] sees it, which reports the use.
    Ambiguous,
    /// An import that failed; using it gives no further error.
    Poison,
}

/// Where a global of a module came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// The language's implicit imports.
    Implicit,
    /// An import by name at this place.
    Import(Span),
    /// A `*` import at this place.
    All(Span),
    /// A `*` import at the first place, and what it clashes with: another `*` import, or an implicit one.
    Several(Span, Option<Span>),
}

impl Origin {
    /// Where the import is, unless it is implicit.
    pub(crate) fn place(self) -> Option<Span> {
        match self {
            Origin::Implicit => None,
            Origin::Import(span) | Origin::All(span) | Origin::Several(span, _) => Some(span),
        }
    }
}

/// What the code of one module can name without a receiver.
#[derive(Default)]
pub(crate) struct ModuleScope {
    /// Classes, traits and constants that the module defines.
    pub(crate) members: Map<Name, Symbol>,
    /// Its methods.
    pub(crate) methods: Map<Name, MethodId>,
    /// Its external functions.
    pub(crate) externs: Map<Name, MethodId>,
    /// What it imports.
    pub(crate) globals: Map<Name, (Symbol, Origin)>,
}

/// The types and classes that the language itself refers to.
pub(crate) struct Core {
    pub(crate) any: TypeId,
    pub(crate) never: TypeId,
    pub(crate) self_type: TypeId,
    pub(crate) error: TypeId,
    pub(crate) nil: TypeId,
    pub(crate) boolean: TypeId,
    pub(crate) integer: TypeId,
    pub(crate) float: TypeId,
    pub(crate) string: TypeId,
    pub(crate) array: ClassId,
    pub(crate) block: ClassId,
    pub(crate) nil_class: ClassId,
    pub(crate) string_class: ClassId,
    pub(crate) generator: ClassId,
    pub(crate) option: ClassId,
    pub(crate) object: TraitId,
    pub(crate) to_string: Option<TraitId>,
    pub(crate) match_trait: Option<TraitId>,
}

/// How far a constant is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum ConstantState {
    /// Its type isn't known yet: its initialiser wasn't checked.
    #[default]
    Pending,
    /// Its type is known, as the initialiser is a literal or was checked.
    Ready,
}

/// A method whose body, and the defaults of whose arguments, wait to be checked.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) method: MethodId,
    pub(crate) source: &'a ast::Method,
    /// A required method has none.
    pub(crate) body: Option<(&'a ast::Body, BodyId)>,
}

/// A written type whose arguments have yet to be compared with the bounds of the parameters.
pub(crate) struct PendingBounds {
    pub(crate) ty: TypeId,
    pub(crate) span: Span,
    pub(crate) method: Option<MethodId>,
    /// What `Self` names there.
    pub(crate) self_type: Option<TypeId>,
}

/// See the module's documentation.
pub(crate) struct World<'a> {
    pub(crate) program: Program,
    /// The syntax trees.
    pub(crate) sources: PrimaryMap<ModuleId, &'a ast::Module>,
    pub(crate) scopes: PrimaryMap<ModuleId, ModuleScope>,
    pub(crate) by_name: Map<Name, ModuleId>,
    pub(crate) core: Core,
    pub(crate) holes: Holes,
    /// The bounds that the method being checked adds (`when`), in rigid form.
    pub(crate) extra_bounds: Vec<(ParamId, TypeId)>,
    pub(crate) constant_states: SecondaryMap<ConstantId, ConstantState>,
    pub(crate) jobs: Vec<Job<'a>>,
    /// The types of constants that were asked for before their module was checked, as far as there is one.
    pub(crate) early_constants: Map<ConstantId, Option<TypeId>>,
    /// Type arguments to compare with bounds once all implementations are known; `None` from then on.
    pub(crate) pending_bounds: Option<Vec<PendingBounds>>,
    /// The variables of module bodies, which nothing else can reach, for messages.
    pub(crate) module_locals: Map<(ModuleId, Name), Span>,
    /// Classes with an implementation that was rejected: what follows from it isn't reported.
    pub(crate) broken: Map<ClassId, ()>,
    /// Traits that require something that was rejected.
    pub(crate) broken_traits: Map<TraitId, ()>,
    /// Whether a type was printed that isn't known because of another mistake.
    pub(crate) printed_error: Cell<bool>,
    flags: Vec<u8>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Problems with a type that isn't known because of another mistake.
    pub(crate) follow_ups: Vec<Diagnostic>,
    /// While above zero, problems are dropped: the same code is checked again later.
    pub(crate) silent: u32,
}

impl<'a> World<'a> {
    pub(crate) fn new() -> Self {
        let mut program = Program::default();
        let mut intern = |ty| program.types.intern(ty);
        let error = intern(Type::Error);
        let core = Core {
            any: intern(Type::Any),
            never: intern(Type::Never),
            self_type: intern(Type::SelfType),
            error,
            nil: error,
            boolean: error,
            integer: error,
            float: error,
            string: error,
            array: ClassId::new(0),
            block: ClassId::new(0),
            nil_class: ClassId::new(0),
            string_class: ClassId::new(0),
            generator: ClassId::new(0),
            option: ClassId::new(0),
            object: TraitId::new(0),
            to_string: None,
            match_trait: None,
        };
        // In the order of interning above: the error type, `Any`, `Never`, `Self`.
        let flags = vec![0, 0, 0, flag::SELF];
        Self {
            program,
            sources: PrimaryMap::new(),
            scopes: PrimaryMap::new(),
            by_name: Map::default(),
            core,
            holes: Holes::default(),
            extra_bounds: Vec::new(),
            constant_states: SecondaryMap::new(),
            jobs: Vec::new(),
            early_constants: Map::default(),
            pending_bounds: Some(Vec::new()),
            module_locals: Map::default(),
            broken: Map::default(),
            broken_traits: Map::default(),
            printed_error: Cell::new(false),
            flags,
            diagnostics: Vec::new(),
            follow_ups: Vec::new(),
            silent: 0,
        }
    }

    /// Whether a place is in the standard library while the program isn't.
    pub(crate) fn is_foreign(&self, place: Span) -> bool {
        let main = self.program.order.last().copied();
        let home = self.program.modules.iter().find(|(_, one)| one.file == place.file);
        home.is_some_and(|(id, _)| self.is_library(id)) && !main.is_some_and(|id| self.is_library(id))
    }

    /// Whether a module belongs to the standard library: only there are intrinsics and external functions.
    pub(crate) fn is_library(&self, module: ModuleId) -> bool {
        self.program.modules[module].name.starts_with("std::")
    }

    /// Where a class or trait of the program is defined.
    pub(crate) fn definition(&self, ty: TypeId) -> Option<Span> {
        let span = match self.view(ty) {
            View::Class(class) | View::ClassObject(class) => self.program.classes[class].span,
            View::Trait(id) => self.program.traits[id].span,
            View::Param(param) | View::Rigid(param) => self.program.params[param].span,
            _ => return None,
        };
        (!self.is_foreign(span)).then_some(span)
    }

    /// The id of a type.
    pub(crate) fn intern(&mut self, ty: Type) -> TypeId {
        let flags = self.flags_of(&ty);
        let id = self.program.types.intern(ty);
        if id.index() == self.flags.len() {
            self.flags.push(flags);
        }
        id
    }

    fn flags_of(&self, ty: &Type) -> u8 {
        let all = |types: &[TypeId]| types.iter().fold(0, |flags, &one| flags | self.flags(one));
        match ty {
            Type::Class(_, args) | Type::Trait(_, args) => all(args),
            Type::Block(block) => {
                let throws = block.throws.map_or(0, |throws| self.flags(throws));
                all(&block.params) | throws | self.flags(block.returns)
            }
            Type::Param(_) => flag::PARAM,
            Type::Rigid(_) => flag::RIGID,
            Type::SelfType => flag::SELF,
            Type::Hole(_) => flag::HOLE,
            Type::ClassObject(_) | Type::Module(_) | Type::Any | Type::Never | Type::Error => 0,
        }
    }

    /// What a type contains.
    pub(crate) fn flags(&self, id: TypeId) -> u8 {
        self.flags.get(id.index()).copied().unwrap_or(0)
    }

    /// An instance of a class.
    pub(crate) fn class_type(&mut self, class: ClassId, args: Vec<TypeId>) -> TypeId {
        self.intern(Type::Class(class, args))
    }

    /// `?T`
    pub(crate) fn option_type(&mut self, inner: TypeId) -> TypeId {
        self.class_type(self.core.option, vec![inner])
    }

    /// `Array!(T)`
    pub(crate) fn array_type(&mut self, inner: TypeId) -> TypeId {
        self.class_type(self.core.array, vec![inner])
    }

    /// What a filled hole stands for, else the type itself.
    pub(crate) fn shallow(&self, mut id: TypeId) -> TypeId {
        while let Type::Hole(hole) = self.program.types.get(id) {
            match self.holes.get(*hole).map(|hole| hole.value) {
                Some(HoleValue::Filled(next)) => id = next,
                _ => break,
            }
        }
        id
    }

    /// Like [`Self::shallow`], with holes that only ever met `Never` taken for it.
    pub(crate) fn settled(&self, id: TypeId) -> TypeId {
        let id = self.shallow(id);
        match self.program.types.get(id) {
            Type::Hole(hole) if self.holes.get(*hole).map(|hole| hole.value) == Some(HoleValue::Never) => {
                self.core.never
            }
            _ => id,
        }
    }

    /// The outermost part of a type; filled holes are looked through.
    pub(crate) fn view(&self, id: TypeId) -> View {
        match self.program.types.get(self.shallow(id)) {
            Type::Class(class, _) => View::Class(*class),
            Type::ClassObject(class) => View::ClassObject(*class),
            Type::Trait(id, _) => View::Trait(*id),
            Type::Param(param) => View::Param(*param),
            Type::Rigid(param) => View::Rigid(*param),
            Type::Block(_) => View::Block,
            Type::Module(module) => View::Module(*module),
            Type::Any => View::Any,
            Type::Never => View::Never,
            Type::SelfType => View::SelfType,
            Type::Error => View::Error,
            Type::Hole(hole) => View::Hole(*hole),
        }
    }

    /// The type arguments of a class or trait type.
    pub(crate) fn args(&self, id: TypeId) -> &[TypeId] {
        match self.program.types.get(self.shallow(id)) {
            Type::Class(_, args) | Type::Trait(_, args) => args,
            _ => &[],
        }
    }

    /// The parts of a block type.
    pub(crate) fn block(&self, id: TypeId) -> Option<&BlockType> {
        match self.program.types.get(self.shallow(id)) {
            Type::Block(block) => Some(block),
            _ => None,
        }
    }

    /// Whether a type is the error type.
    pub(crate) fn is_error(&self, id: TypeId) -> bool {
        self.view(id) == View::Error
    }

    /// Whether a type is `Never`.
    pub(crate) fn is_never(&self, id: TypeId) -> bool {
        self.view(id) == View::Never
    }

    /// The class's own type, with its parameters as arguments.
    pub(crate) fn class_self(&mut self, class: ClassId) -> TypeId {
        let params = self.program.classes[class].type_params.clone();
        let args = params.into_iter().map(|param| self.intern(Type::Param(param))).collect();
        self.intern(Type::Class(class, args))
    }

    /// The trait's own type, with its parameters as arguments.
    pub(crate) fn trait_self(&mut self, id: TraitId) -> TypeId {
        let params = self.program.traits[id].type_params.clone();
        let args = params.into_iter().map(|param| self.intern(Type::Param(param))).collect();
        self.intern(Type::Trait(id, args))
    }
}
