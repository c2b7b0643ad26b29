//! What mirrors see, from the typed tree.

use super::items::Lowering;
use super::layout::{self, Shape};
use inko_abi::class;
use inko_ir::reflection::{Arguments, Class, Method, Module, Reflection, Trait};
use inko_sema::tree::{self, MethodId, Owner};
use inko_sema::types::ClassId;

/// Everything that mirrors see.
pub(super) fn reflection(lowering: &mut Lowering<'_>) -> Reflection {
    let program = lowering.program;
    let mut classes: Vec<Option<Class>> = Vec::new();
    classes.resize_with(lowering.out.classes.len(), || None);
    for id in program.classes.keys() {
        classes[layout::number(program, id) as usize] = Some(class_mirror(lowering, id));
    }
    for method in program.methods.values().filter(|method| method.body.is_some()) {
        if let Owner::Module(module) = method.owner {
            let mirror = method_mirror(lowering, method);
            let number = layout::number(program, program.modules[module].class);
            classes[number as usize].get_or_insert_default().methods.push(mirror);
        }
    }
    let traits = program.trait_class.map(|class| layout::number(program, class));
    let traits = program
        .traits
        .values()
        .map(|data| Trait { class: traits.unwrap_or(class::NONE), name: data.name.clone() });
    let traits = traits.collect();
    let modules = program.modules.values().map(|module| Module {
        class: layout::number(program, module.class),
        name: module.name.clone(),
        file: lowering.file(module.file),
    });
    Reflection { classes, modules: modules.collect(), traits }
}

fn class_mirror(lowering: &mut Lowering<'_>, id: ClassId) -> Class {
    let program = lowering.program;
    let data = &program.classes[id];
    let attributes = (0..data.attributes.len()).map(|index| match layout::field_shape(program, id, index) {
        Shape::Erased | Shape::Never => class::NONE,
        Shape::Integer => class::INTEGER,
        Shape::Float => class::FLOAT,
        Shape::Boolean => class::BOOLEAN,
        Shape::Class(number) => number,
        Shape::Block { .. } => class::BLOCK,
    });
    let attributes = attributes.collect();
    let defaults = data.traits.keys().flat_map(|&id| program.traits[id].methods.values());
    let defaults = defaults.filter(|&&method| program.methods[method].body.is_some());
    let mut methods: indexmap::IndexMap<&str, MethodId> = indexmap::IndexMap::new();
    for &method in data.methods.values().chain(data.statics.values()).chain(defaults) {
        methods.entry(&program.methods[method].name).or_insert(method);
    }
    Class {
        attributes,
        methods: methods.values().map(|&method| method_mirror(lowering, &program.methods[method])).collect(),
        traits: data.traits.keys().map(|id| id.as_u32()).collect(),
    }
}

fn method_mirror(lowering: &mut Lowering<'_>, method: &tree::Method) -> Method {
    let required = method.params.iter().filter(|param| !param.optional && !param.rest).count();
    let names = method.params.iter().map(|param| param.name.clone()).collect();
    Method {
        name: method.name.clone(),
        position: lowering.position(&method.name, method.name_span),
        arguments: Arguments { names, required: required as u32 },
    }
}
