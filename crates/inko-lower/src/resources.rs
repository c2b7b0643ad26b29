//! Which types may hold a resource: something of the system that is given back when a collection finds its object dead, as
//! others can see.
//!
//! A class does that is one, and one whose attributes may; a trait does that such a class implements. `Any` and generators
//! may hold whatever there is. Type parameters count as nothing: what they stand for is known where the value comes from; so does
//! `Any` in the attributes of a generic class, such as the tables of maps. Blocks count as nothing too: the variables that they
//! capture have scopes of their own.

use cranelift_entity::SecondaryMap;
use inko_abi::class;
use inko_sema::tree::Program;
use inko_sema::types::{ClassId, TraitId, Type, TypeId};

/// The classes whose objects own a resource. Processes go on without their handles.
const RESOURCES: &[u32] = &[
    class::READ_ONLY_FILE,
    class::WRITE_ONLY_FILE,
    class::READ_WRITE_FILE,
    class::IP_SOCKET,
    class::UNIX_SOCKET,
    class::CHILD_PROCESS,
    class::LIBRARY,
    class::FUNCTION,
    class::POINTER,
];

/// What may hold a resource.
#[derive(Default)]
pub(crate) struct Resources {
    /// Whether the program has any.
    any: bool,
    classes: SecondaryMap<ClassId, bool>,
    traits: SecondaryMap<TraitId, bool>,
}

/// A class that is found to hold resources makes those that mention it hold some.
#[derive(Default)]
struct Mentions {
    /// The classes with an attribute that mentions a class.
    classes: SecondaryMap<ClassId, Vec<ClassId>>,
    /// The classes with an attribute that mentions a trait.
    traits: SecondaryMap<TraitId, Vec<ClassId>>,
}

impl Resources {
    /// Examines the classes of a program.
    pub(crate) fn new(program: &Program) -> Self {
        let mut this = Self::default();
        // A class whose module isn't part of the program is empty.
        let is_used = |class: &&ClassId| !program.classes[**class].methods.is_empty();
        let own = RESOURCES.iter().filter_map(|number| program.built_in.get(number)).filter(is_used);
        let own: Vec<ClassId> = own.copied().collect();
        if own.is_empty() {
            return this;
        }
        this.any = true;
        let mut work = own;
        work.extend(program.built_in.get(&class::GENERATOR));
        let mut mentions = Mentions::default();
        for (id, class) in &program.classes {
            for attribute in &class.attributes {
                if mentions.note(program, attribute.ty, id) {
                    work.push(id);
                }
            }
        }
        while let Some(id) = work.pop() {
            if std::mem::replace(&mut this.classes[id], true) {
                continue;
            }
            work.extend(&mentions.classes[id]);
            for &implemented in program.classes[id].traits.keys() {
                if !std::mem::replace(&mut this.traits[implemented], true) {
                    work.extend(&mentions.traits[implemented]);
                }
            }
        }
        this
    }

    /// Whether instances of a class may hold a resource, whatever its type arguments are.
    pub(crate) fn has_class(&self, class: ClassId) -> bool {
        self.classes[class]
    }

    /// Whether values of a type may hold one, where `Self` is an instance of `self_class`.
    pub(crate) fn may_hold(&self, program: &Program, ty: TypeId, self_class: Option<ClassId>) -> bool {
        let among = |args: &[TypeId]| args.iter().any(|&arg| self.may_hold(program, arg, self_class));
        self.any
            && match program.types.get(ty) {
                Type::Class(class, args) => self.classes[*class] || among(args),
                Type::Trait(id, args) => self.traits[*id] || among(args),
                Type::SelfType => self_class.is_some_and(|class| self.classes[class]),
                Type::Any => true,
                Type::ClassObject(_)
                | Type::Param(_)
                | Type::Rigid(_)
                | Type::Block(_)
                | Type::Module(_)
                | Type::Never
                | Type::Error
                | Type::Hole(_) => false,
            }
    }
}

impl Mentions {
    /// Notes what the type of an attribute mentions; tells whether it holds resources by itself.
    fn note(&mut self, program: &Program, ty: TypeId, by: ClassId) -> bool {
        let args = match program.types.get(ty) {
            Type::Class(class, args) => {
                self.classes[*class].push(by);
                args
            }
            Type::Trait(id, args) => {
                self.traits[*id].push(by);
                args
            }
            Type::Any => return program.classes[by].type_params.is_empty(),
            _ => return false,
        };
        args.iter().fold(false, |any, &arg| self.note(program, arg, by) | any)
    }
}
