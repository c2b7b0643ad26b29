//! Which method a send means, by the static type of its receiver (§4.10.1 of the reference).

use crate::transform::Subst;
use crate::tree::MethodId;
use crate::types::{ClassId, ModuleId, TraitId, Type, TypeId};
use crate::world::{View, World};
use inko_syntax::Name;

/// How a method was found, which decides how it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Via {
    /// By the receiver's class.
    Class(ClassId),
    /// By a trait: the class of the value decides at run time.
    Trait,
    /// A static method of a class object.
    Static(ClassId),
    /// A method of a module.
    Module(ModuleId),
    /// An external function of a module.
    Extern,
}

/// A method with the type arguments that its receiver gives to its owner's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) method: MethodId,
    pub(crate) via: Via,
    /// Type arguments for the parameters of the method's owner (class or trait).
    pub(crate) subst: Subst,
}

impl World<'_> {
    /// The method that `name` means for a receiver of a type. `Self` in the result's substitution is the
    /// receiver.
    pub(crate) fn find_method(&mut self, receiver: TypeId, name: &Name) -> Option<Found> {
        let receiver = self.shallow(receiver);
        let mut found = match self.view(receiver) {
            View::Class(class) => self.in_class(class, receiver, name),
            View::Trait(id) => self.in_trait(id, receiver, name),
            View::Param(_) | View::Rigid(_) => self.in_bounds(receiver, name),
            View::Hole(hole) => {
                let (bounds, _) = self.hole_bounds(hole);
                bounds.into_iter().find_map(|bound| self.find_method(bound, name))
            }
            View::Module(module) => self.in_module(module, name),
            View::Block => {
                let block = self.class_type(self.core.block, Vec::new());
                self.in_class(self.core.block, block, name)
            }
            View::ClassObject(class) => self.in_class_object(class, name),
            View::Any | View::Never | View::SelfType | View::Error => None,
        }?;
        if found.subst.self_type.is_none() {
            found.subst.self_type = Some(receiver);
        }
        Some(found)
    }

    fn in_class(&mut self, class: ClassId, receiver: TypeId, name: &Name) -> Option<Found> {
        let via = Via::Class(class);
        let own = self.program.classes[class].methods.get(name).copied();
        if let Some(method) = own {
            let subst = Subst::new(&self.program.classes[class].type_params, self.args(receiver));
            return Some(Found { method, via, subst });
        }
        let method = self.program.find_method(class, name);
        let (method, id, via) = match method {
            Some(method) => match self.program.methods[method].owner {
                crate::tree::Owner::Trait(id) => (method, id, via),
                _ => return None,
            },
            // A requirement that the class fails to meet, which was reported at the `impl`.
            None => {
                let mut traits = self.program.classes[class].traits.keys();
                let (method, id) = traits
                    .find_map(|&id| self.program.traits[id].methods.get(name).map(|&method| (method, id)))?;
                (method, id, Via::Trait)
            }
        };
        let outer = Subst::new(&self.program.classes[class].type_params, self.args(receiver));
        let args = self.program.classes[class].traits.get(&id).cloned().unwrap_or_default();
        let args: Vec<TypeId> = args.into_iter().map(|arg| self.substitute(arg, &outer)).collect();
        let subst = Subst::new(&self.program.traits[id].type_params, &args);
        Some(Found { method, via, subst })
    }

    fn in_trait(&mut self, id: TraitId, own: TypeId, name: &Name) -> Option<Found> {
        if let Some(found) = self.in_trait_only(id, own, name) {
            return Some(found);
        }
        // Every trait type answers the messages of `Object`.
        let object = self.core.object;
        let method = *self.program.traits.get(object)?.methods.get(name)?;
        Some(Found { method, via: Via::Trait, subst: Subst::default() })
    }

    /// A trait's own methods, then those of the traits it requires.
    fn in_trait_only(&mut self, id: TraitId, own: TypeId, name: &Name) -> Option<Found> {
        let mut place = self.program.traits[id].methods.get(name).map(|&method| (method, id, own));
        if place.is_none() && !self.program.traits[id].required.is_empty() {
            let required = self.all_required(own);
            place = required.into_iter().find_map(|(id, ty)| {
                self.program.traits[id].methods.get(name).map(|&method| (method, id, ty))
            });
        }
        let (method, id, ty) = place?;
        let subst = Subst::new(&self.program.traits[id].type_params, self.args(ty));
        Some(Found { method, via: Via::Trait, subst })
    }

    fn in_bounds(&mut self, receiver: TypeId, name: &Name) -> Option<Found> {
        let bounds = self.bounds_of(receiver);
        let own = bounds.iter().find_map(|&bound| match self.view(bound) {
            View::Trait(id) => self.in_trait_only(id, bound, name),
            _ => None,
        });
        own.or_else(|| {
            bounds.iter().find_map(|&bound| match self.view(bound) {
                View::Trait(id) => self.in_trait(id, bound, name),
                _ => None,
            })
        })
    }

    /// Methods that a module's value answers to others.
    pub(crate) fn in_module(&mut self, module: ModuleId, name: &Name) -> Option<Found> {
        if let Some(&method) = self.scopes[module].methods.get(name) {
            return Some(Found { method, via: Via::Module(module), subst: Subst::default() });
        }
        let class = self.program.modules[module].class;
        let receiver = self.intern(Type::Class(class, Vec::new()));
        let mut found = self.in_class(class, receiver, name)?;
        found.subst.self_type = Some(self.intern(Type::Module(module)));
        Some(found)
    }

    fn in_class_object(&mut self, class: ClassId, name: &Name) -> Option<Found> {
        let method = *self.program.classes[class].statics.get(name)?;
        let params = self.program.classes[class].type_params.clone();
        // Every send to a class object works on a fresh instance of the class's parameters.
        let mut subst = Subst::default();
        self.instantiate(&params, &mut subst);
        let args = subst.params.iter().map(|(_, ty)| *ty).collect();
        subst.self_type = Some(self.class_type(class, args));
        Some(Found { method, via: Via::Static(class), subst })
    }

    /// All message names that a type answers, for suggestions.
    pub(crate) fn message_names(&mut self, receiver: TypeId) -> Vec<Name> {
        let receiver = self.shallow(receiver);
        let mut names = Vec::new();
        match self.view(receiver) {
            View::Class(class) => self.class_messages(class, &mut names),
            View::Block => {
                names.push("call".into());
                self.class_messages(self.core.block, &mut names);
            }
            View::ClassObject(class) => {
                names.extend(self.program.classes[class].statics.keys().cloned());
            }
            View::Module(module) => {
                names.extend(self.scopes[module].methods.keys().cloned());
                self.class_messages(self.program.modules[module].class, &mut names);
            }
            View::Trait(id) => self.trait_messages(id, receiver, &mut names),
            View::Param(_) | View::Rigid(_) => {
                for bound in self.bounds_of(receiver) {
                    if let View::Trait(id) = self.view(bound) {
                        self.trait_messages(id, bound, &mut names);
                    }
                }
            }
            _ => {}
        }
        names
    }

    fn class_messages(&self, class: ClassId, names: &mut Vec<Name>) {
        let class = &self.program.classes[class];
        names.extend(class.methods.keys().cloned());
        for &id in class.traits.keys() {
            names.extend(self.program.traits[id].methods.keys().cloned());
        }
    }

    fn trait_messages(&mut self, id: TraitId, own: TypeId, names: &mut Vec<Name>) {
        names.extend(self.program.traits[id].methods.keys().cloned());
        for (id, _) in self.all_required(own) {
            names.extend(self.program.traits[id].methods.keys().cloned());
        }
    }
}
