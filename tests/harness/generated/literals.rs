//! Values that need nothing but themselves, and the text that shows a value.

use super::types::Ty;
use super::writer::Writer;

/// Numbers at the borders of their representations among simple ones.
const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "-7",
    "255",
    "4611686018427387903",
    "4611686018427387904",
    "-4611686018427387904",
    "-4611686018427387905",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "100_000_000_000_000_000_000_000_000_000",
    "0x7fff_ffff",
    "-2_147_483_648",
];
const FLOATS: &[&str] =
    &["0.0", "1.0", "0.5", "-1.5", "3.25", "1e10", "-0.0", "1e308", "2.5e-3", "123456.789"];
const STRINGS: &[&str] = &["'a'", "''", "'xyz'", "\"two\\nlines\"", "'Ärger'", "'{'", "'😀'", "'12'", "' '"];

impl Writer<'_> {
    /// A literal, or whatever is simplest.
    pub fn literal(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Integer => (*self.tape.pick(INTEGERS)).into(),
            Ty::Float => (*self.tape.pick(FLOATS)).into(),
            Ty::String => (*self.tape.pick(STRINGS)).into(),
            Ty::Boolean => (*self.tape.pick(&["True", "False"])).into(),
            Ty::Array(item) => {
                let items: Vec<String> = (0..self.tape.below(5)).map(|_| self.leaf(item)).collect();
                if items.is_empty() {
                    format!("Array.new!({item})")
                } else {
                    format!("Array.new!({item})({})", items.join(", "))
                }
            }
            Ty::Map(key, value) => {
                let mut map = format!("(Map.new as {ty})");
                for _ in 0..self.tape.below(3) {
                    let (key, value) = (self.leaf(key), self.leaf(value));
                    map += &format!(".set({key}, {value})");
                }
                map
            }
            Ty::Option(item) if self.tape.below(3) == 0 => format!("(Option.none as ?{item})"),
            Ty::Option(item) => format!("Option.some({})", self.leaf(item)),
            Ty::Cell(item) => format!("Cell.new({})", self.leaf(item)),
            Ty::Pair(first, second) => format!("Pair.new({}, {})", self.leaf(first), self.leaf(second)),
            Ty::Class(number) => {
                let attributes = &self.items.classes[*number].attributes;
                let values: Vec<String> = attributes.iter().map(|attribute| self.leaf(attribute)).collect();
                format!("Thing{number}.new({})", values.join(", "))
            }
            Ty::Trait(number) => {
                let class = self.implementer(*number);
                format!("({} as {ty})", self.leaf(&class))
            }
            Ty::Block(params, result) => {
                let params = params.iter().enumerate();
                let params: Vec<String> = params.map(|(index, param)| format!("_{index}: {param}")).collect();
                let params =
                    if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
                format!("do {params} -> {result} {{ {} }}", self.leaf(result))
            }
        }
    }

    /// A class that implements a trait.
    pub fn implementer(&mut self, wanted: usize) -> Ty {
        let classes = self.items.classes.iter().enumerate();
        let found: Vec<usize> =
            classes.filter(|(_, class)| class.implements == Some(wanted)).map(|(number, _)| number).collect();
        Ty::Class(*self.tape.pick(&found))
    }

    /// An expression whose value can be printed and shows what is in it. The order of maps is not
    /// specified, so only their size is shown.
    pub fn shown(&mut self, value: &str, ty: &Ty) -> String {
        match ty {
            Ty::Integer | Ty::Float | Ty::String | Ty::Boolean => value.into(),
            Ty::Array(item) | Ty::Option(item) => {
                let kind = if matches!(ty, Ty::Array(_)) { "array" } else { "option" };
                let name = self.name("i");
                let shown = self.shown(&name, item);
                format!("show_{kind}({value}) do ({name}: {item}) {{ `{{{shown}}}` }}")
            }
            Ty::Map(..) => format!("{value}.length"),
            Ty::Cell(item) => {
                let shown = self.shown(&format!("{value}.get"), item);
                format!("`<{{{shown}}} {{{value}.changes}}>`")
            }
            Ty::Pair(first, second) => {
                let first = self.shown(&format!("{value}.first"), first);
                let second = self.shown(&format!("{value}.second"), second);
                format!("`({{{first}}}, {{{second}}})`")
            }
            Ty::Class(_) | Ty::Trait(_) => format!("{value}.show"),
            Ty::Block(..) => "'a block'".into(),
        }
    }
}
