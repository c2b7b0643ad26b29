//! Traits, classes and methods of the module.

use super::types::Ty;
use super::writer::{Callable, Class, Frame, Items, ROUNDS, Variable, Writer};

/// How often code in a method may run in one call.
const METHOD: u32 = 60;
/// The same for methods of classes, which methods call in loops.
const MEMBER: u32 = 12;
/// How deeply expressions nest.
const DEPTH: usize = 3;

/// A trait: what its implementations have to define and what it gives them.
pub struct Shape {
    /// The parameter and the result of the required method `r`.
    required: (Ty, Ty),
    /// The text of the trait.
    pub text: String,
}

/// Writes a trait. It comes before all classes.
pub fn shape(choices: &[u8], number: usize, items: &mut Items) -> Shape {
    let empty = Items::default();
    let mut writer = Writer::new(choices, &empty, Frame { dispatches: false, ..Frame::outermost(MEMBER) });
    let (param, result) = (Ty::scalar(&mut writer.tape), Ty::scalar(&mut writer.tape));
    let other = Ty::scalar(&mut writer.tape);
    writer.frame.repeated = true;
    writer.frame.returns = Some(other.clone());
    writer.indent = 1;
    let lines = writer.nested(1, |writer| {
        writer.scope.push(Variable { name: "p0".into(), ty: param.clone(), mutable: false });
        let argument = writer.expression(&param, 1);
        let inner = writer.bind("v", &result);
        let mut lines = vec![format!("let {inner} = r({argument})")];
        writer.statements(&mut lines, 1, 2);
        lines.push(writer.expression(&other, DEPTH - 1));
        lines
    });
    let text = format!(
        "trait Shape{number} {{\n  def show -> String\n\n  def r(p0: {param}) -> {result}\n\n  \
         def d{number}(p0: {param}) -> {other} {}\n}}\n",
        writer.braces(&lines)
    );
    for (name, result) in [("r".into(), &result), (format!("d{number}"), &other)] {
        items.callables.push(Callable {
            receiver: Some(Ty::Trait(number)),
            name,
            params: vec![param.clone()],
            defaults: 0,
            rest: None,
            result: result.clone(),
            throws: None,
            generator: false,
            cost: 2 * MEMBER,
        });
    }
    Shape { required: (param, result), text }
}

/// Writes a class with its accessors, a method that shows it, one or two others, and its implementation
/// of a trait.
pub fn class(choices: &[u8], number: usize, items: &mut Items, shapes: &[Shape]) -> String {
    let mut writer = Writer::new(choices, items, Frame::outermost(MEMBER));
    // The first classes see to it that each trait is implemented.
    let implements = match number < shapes.len() {
        true => Some(number),
        false => (!shapes.is_empty()).then(|| writer.tape.below(shapes.len())),
    };
    let amount = writer.tape.below(4);
    let attributes: Vec<Ty> = (0..amount).map(|_| Ty::plain(&mut writer.tape, number)).collect();
    let mut text = format!("class Thing{number} {{\n");
    let mut shown = String::new();
    for (index, ty) in attributes.iter().enumerate() {
        text += &format!("  @a{index}: {ty}\n");
        shown += &format!(" {{{}}}", writer.shown(&format!("@a{index}"), ty));
    }
    let params: Vec<String> =
        attributes.iter().enumerate().map(|(index, ty)| format!("a{index}: {ty}")).collect();
    let values: Vec<String> = (0..amount).map(|index| format!("@a{index} = a{index}")).collect();
    text += &format!(
        "\n  static def new({}) -> Self {{\n    Self {{ {} }}\n  }}\n\n  def show -> String {{ \
         `(Thing{number}{shown})` }}\n",
        params.join(", "),
        values.join(", ")
    );
    for (index, ty) in attributes.iter().enumerate() {
        text += &format!(
            "\n  def a{index} -> {ty} {{ @a{index} }}\n\n  def a{index}=(value: {ty}) -> {ty} {{ @a{index} = value }}\n"
        );
    }
    let variables: Vec<Variable> = attributes
        .iter()
        .enumerate()
        .map(|(index, ty)| Variable { name: format!("@a{index}"), ty: ty.clone(), mutable: true })
        .collect();
    let (param, result) = (Ty::plain(&mut writer.tape, number), Ty::plain(&mut writer.tape, number));
    let (body, cost) = member(&mut writer, &variables, &param, &result);
    text += &format!("\n  def m{number}(p0: {param}) -> {result} {body}\n}}\n");
    let method = Callable {
        receiver: Some(Ty::Class(number)),
        name: format!("m{number}"),
        params: vec![param],
        defaults: 0,
        rest: None,
        result,
        throws: None,
        generator: false,
        cost,
    };
    if let Some(shape) = implements {
        let (param, result) = &shapes[shape].required;
        let (body, _) = member(&mut writer, &variables, param, result);
        text += &format!(
            "\nimpl Shape{shape} for Thing{number} {{\n  def r(p0: {param}) -> {result} {body}\n}}\n"
        );
    }
    items.callables.push(method);
    items.callables.extend(attributes.iter().enumerate().map(|(index, ty)| Callable {
        receiver: Some(Ty::Class(number)),
        name: format!("a{index}"),
        params: Vec::new(),
        defaults: 0,
        rest: None,
        result: ty.clone(),
        throws: None,
        generator: false,
        cost: 1,
    }));
    items.classes.push(Class { attributes, implements });
    text
}

/// The body of a method of a class, and its cost.
fn member(writer: &mut Writer<'_>, variables: &[Variable], param: &Ty, result: &Ty) -> (String, u32) {
    let before = writer.cost;
    writer.indent = 1;
    writer.frame = Frame { dispatches: false, repeated: true, ..Frame::outermost(MEMBER) };
    writer.frame.returns = Some(result.clone());
    let lines = writer.nested(1, |writer| {
        writer.scope.extend(variables.iter().cloned());
        writer.scope.push(Variable { name: "p0".into(), ty: param.clone(), mutable: false });
        let mut lines = Vec::new();
        writer.statements(&mut lines, DEPTH - 1, 3);
        lines.push(writer.expression(result, DEPTH));
        lines
    });
    (writer.braces(&lines), writer.cost - before + 1)
}

/// Writes a method of the module.
pub fn function(choices: &[u8], number: usize, items: &mut Items) -> String {
    let mut writer = Writer::new(choices, items, Frame { repeated: true, ..Frame::outermost(METHOD) });
    let kind = writer.tape.below(8);
    let params: Vec<Ty> = (0..writer.tape.below(4)).map(|_| writer.some_type()).collect();
    let generator = kind == 6;
    let recursive = kind == 7;
    let result = if generator { Ty::scalar(&mut writer.tape) } else { writer.some_type() };
    let throws = matches!(kind, 4 | 5) || (generator && writer.tape.once_in(3));
    let throws = throws.then(|| writer.tape.pick(&[Ty::Integer, Ty::String]).clone());
    let defaults = if recursive { 0 } else { writer.tape.below(params.len() + 1).saturating_sub(1) };
    let rest = (kind == 3).then(|| Ty::scalar(&mut writer.tape));
    writer.frame.throws = throws.clone();
    if generator {
        writer.frame.yields = Some(result.clone());
        writer.frame.leaves = true;
    } else {
        writer.frame.returns = Some(result.clone());
    }
    let mut head = Vec::new();
    for (index, ty) in params.iter().enumerate() {
        let name = format!("p{index}");
        let default = index >= params.len() - defaults;
        let default = if default { format!(" = {}", writer.leaf(ty)) } else { String::new() };
        head.push(format!("{name}: {ty}{default}"));
        writer.scope.push(Variable { name, ty: ty.clone(), mutable: false });
    }
    if let Some(rest) = &rest {
        head.push(format!("*rest: {rest}"));
        let ty = Ty::Array(Box::new(rest.clone()));
        writer.scope.push(Variable { name: "rest".into(), ty, mutable: false });
    }
    let text = if recursive {
        recursion(&mut writer, number, &params, &head, &result)
    } else {
        let body = writer.nested(1, |writer| body(writer, &result, throws.as_ref(), generator));
        let throws = throws.as_ref().map_or(String::new(), |ty| format!(" !! {ty}"));
        let arrow = if generator { "=>" } else { "->" };
        format!("def f{number}({}){throws} {arrow} {result} {}\n", head.join(", "), writer.braces(&body))
    };
    let cost = writer.cost + 1;
    let name = format!("f{number}");
    let callable = Callable { receiver: None, name, params, defaults, rest, result, throws, generator, cost };
    items.callables.push(callable);
    text
}

/// The lines of a method.
fn body(writer: &mut Writer<'_>, result: &Ty, throws: Option<&Ty>, generator: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(ty) = throws {
        // A method that is declared to throw has to.
        let condition = writer.expression(&Ty::Boolean, 1);
        lines.push(format!("{condition}.if_true {{ throw {} }}", writer.leaf(ty)));
    }
    let variables = writer.scope.len();
    writer.statements(&mut lines, DEPTH, 5);
    if writer.tape.below(2) == 1 {
        writer.say_all(&mut lines, variables);
    }
    if generator {
        lines.push(format!("yield {}", writer.expression(result, DEPTH)));
        writer.statements(&mut lines, DEPTH - 1, 2);
    } else {
        lines.push(writer.expression(result, DEPTH));
    }
    lines
}

/// A method that calls itself a few times, in the last place or before that, and one that starts it.
fn recursion(writer: &mut Writer<'_>, number: usize, params: &[Ty], head: &[String], result: &Ty) -> String {
    let last = writer.tape.below(2) == 0;
    let lines = writer.nested(ROUNDS, |writer| {
        writer.scope.push(Variable { name: "round".into(), ty: Ty::Integer, mutable: false });
        let mut lines = vec![format!("(round == 0).if_true {{ return {} }}", writer.leaf(result))];
        writer.statements(&mut lines, DEPTH - 1, 3);
        let mut values = vec!["round - 1".to_string()];
        values.extend(params.iter().map(|param| writer.expression(param, 1)));
        let call = format!("f{number}_round({})", values.join(", "));
        if last {
            lines.push(call);
        } else {
            let name = writer.bind("v", result);
            lines.push(format!("let {name} = {call}"));
            writer.statements(&mut lines, 1, 2);
            lines.push(writer.expression(result, DEPTH));
        }
        lines
    });
    let names: Vec<String> = (0..params.len()).map(|index| format!(", p{index}")).collect();
    let inner: Vec<String> = head.iter().map(|param| format!(", {param}")).collect();
    format!(
        "def f{number}_round(round: Integer{}) -> {result} {}\n\ndef f{number}({}) -> {result} \
         {{ f{number}_round({}{}) }}\n",
        inner.concat(),
        writer.braces(&lines),
        head.join(", "),
        ROUNDS - 1,
        names.concat()
    )
}

/// Writes a part of the module's body: one statement and what it needs.
pub fn main_part(writer: &mut Writer<'_>, lines: &mut Vec<String>) {
    writer.statement(lines, DEPTH);
}
