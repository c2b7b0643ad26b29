//! Constructors and attributes.

use super::Checker;
use crate::errors::{Because, Problem};
use crate::map::Map;
use crate::suggest;
use crate::transform::Subst;
use crate::tree::{Expr, ExprKind};
use crate::types::{ClassId, TypeId};
use crate::world::{Symbol, View};
use inko_syntax::{Name, Span, ast};

impl Checker<'_, '_> {
    /// `C { @a = x }`
    pub(super) fn construct(
        &mut self,
        name: &ast::Ident,
        values: &[(ast::Ident, ast::Expr)],
        span: Span,
    ) -> Expr {
        let Some(class) = self.constructed_class(name) else {
            for (_, value) in values {
                self.expr(value);
            }
            return self.failed(span);
        };
        let params = self.world.program.classes[class].type_params.clone();
        let mut subst = Subst::default();
        self.world.instantiate(&params, &mut subst);
        let args = subst.params.iter().map(|(_, ty)| *ty).collect();
        let ty = self.world.class_type(class, args);
        let mut given: Map<u32, Span> = Map::default();
        let mut list = Vec::with_capacity(values.len());
        for (attribute, value) in values {
            let place = value.span;
            let value = self.expr(value);
            let Some((index, declared)) = self.attribute_of(class, &attribute.name) else {
                self.unknown_attribute(ty, class, attribute, false);
                continue;
            };
            let want = self.world.substitute(declared, &subst);
            let because = self.attribute_place(class, index);
            self.require(value.ty, want, place, because);
            if let Some(first) = given.insert(index, attribute.span) {
                let name = attribute.name.clone();
                self.report(attribute.span, Problem::AttributeGivenTwice { name, first });
                continue;
            }
            list.push((index, value));
        }
        let missing: Vec<Name> = self.world.program.classes[class]
            .attributes
            .iter()
            .enumerate()
            .filter(|(index, _)| !given.contains_key(&(*index as u32)))
            .map(|(_, attribute)| attribute.name.clone())
            .collect();
        if !missing.is_empty() {
            self.report(name.span, Problem::MissingAttributes { ty, names: missing });
        }
        Expr { kind: ExprKind::Construct(class, list), ty, span }
    }

    /// Whether instances of a class only come from the runtime.
    fn is_special(&self, class: ClassId) -> bool {
        let built_in = self.world.program.classes[class].built_in.is_some();
        let program = &self.world.program;
        built_in || [program.module_class, program.trait_class].contains(&Some(class))
    }

    fn constructed_class(&mut self, name: &ast::Ident) -> Option<ClassId> {
        let text = &name.name;
        let class = if *text == "Self" {
            match self.world.view(self.instance) {
                View::Class(class) => Ok(class),
                _ => Err(Problem::NotAClass { name: text.clone() }),
            }
        } else if *text == "Nil" {
            Ok(self.world.core.nil_class)
        } else if self.params.iter().any(|(param, _)| param == text) {
            Err(Problem::NotAClass { name: text.clone() })
        } else {
            match self.world.lookup(self.module, text, name.span) {
                Some(Symbol::Class(class)) => Ok(class),
                Some(Symbol::Poison | Symbol::Ambiguous) => return None,
                Some(Symbol::Trait(id)) => {
                    let related = self.world.program.traits[id].span;
                    Err(Problem::TraitAsClass { name: text.clone(), related })
                }
                Some(_) => Err(Problem::NotAClass { name: text.clone() }),
                None => Err(self.world.unknown_constant(self.module, text)),
            }
        };
        match class {
            Ok(class) if self.is_special(class) => {
                self.report(name.span, Problem::BuiltInConstructor { name: text.clone() });
                None
            }
            Ok(class) => Some(class),
            Err(problem) => {
                self.report(name.span, problem);
                None
            }
        }
    }

    fn attribute_of(&self, class: ClassId, name: &Name) -> Option<(u32, TypeId)> {
        let attributes = &self.world.program.classes[class].attributes;
        let index = attributes.iter().position(|attribute| attribute.name == *name)?;
        Some((index as u32, attributes[index].ty))
    }

    fn attribute_place(&self, class: ClassId, index: u32) -> Because {
        let attribute = self.world.program.classes[class].attributes.get(index as usize)?;
        Some((attribute.span, "the attribute is defined here"))
    }

    fn unknown_attribute(&mut self, ty: TypeId, class: ClassId, name: &ast::Ident, assigned: bool) {
        let attributes = &self.world.program.classes[class].attributes;
        let names: Vec<Name> = attributes.iter().map(|attribute| attribute.name.clone()).collect();
        let similar = suggest::closest(&name.name, names.iter());
        let problem = Problem::UnknownAttribute { ty, name: name.name.clone(), assigned, similar };
        self.report(name.span, problem);
    }

    /// The attribute of `self` with its type as seen from inside, or an error.
    fn own_attribute(&mut self, name: &ast::Ident, assigned: bool) -> Option<(u32, TypeId)> {
        let own = self.self_type();
        let View::Class(class) = self.world.view(own) else {
            self.report(name.span, Problem::NoAttributes { ty: own, name: name.name.clone() });
            return None;
        };
        match self.attribute_of(class, &name.name) {
            Some((index, ty)) => Some((index, self.world.rigid(ty))),
            None => {
                self.unknown_attribute(own, class, name, assigned);
                None
            }
        }
    }

    /// `@a`
    pub(super) fn attribute(&mut self, name: &ast::Ident) -> Expr {
        match self.own_attribute(name, false) {
            Some((index, ty)) => Expr { kind: ExprKind::Attribute(index), ty, span: name.span },
            None => self.failed(name.span),
        }
    }

    /// `@a = v`
    pub(super) fn set_attribute(&mut self, name: &ast::Ident, value: Expr, place: Span, span: Span) -> Expr {
        let Some((index, want)) = self.own_attribute(name, true) else { return self.failed(span) };
        let because = match self.world.view(self.self_type()) {
            View::Class(class) => self.attribute_place(class, index),
            _ => None,
        };
        self.require(value.ty, want, place, because);
        let ty = value.ty;
        Expr { kind: ExprKind::SetAttribute(index, Box::new(value)), ty, span }
    }
}
