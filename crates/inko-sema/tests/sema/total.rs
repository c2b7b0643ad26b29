//! Checking is total: whatever the parser makes of damaged programs, the checker neither panics nor
//! loops.

use crate::support::{STD, Sources, check};
use inko_sema::ParsedModule;
use inko_syntax::parse;

/// Programs that use everything once.
const SEEDS: &[&str] = &[
    "import std::process::(self, Process)\nimport a::*\nlet X = Array.new(1, 2)\n\
     class C!(T: Object) { @a: Array!(T) static def new -> Self { Self { @a = Array.new } }\n\
     def m(x: T, y = 1, *z: Integer) !! String -> ?Self { @a.push(x) throw 'x' } }\n\
     trait T: Object { def r!(R)(b: do (Integer) -> R) -> R def d { self.r do (x) { x + 1 } } }\n\
     impl T for C { def r!(R)(b: do (Integer) -> R) -> R { b.call(1) } }\n\
     impl C { def g => Integer when T: Object { @a.each do (_) { yield 1 } } }\n\
     let c = C.new\ntry! c.m(10)\nc.d\nc.g.map do (x) { x * 2 }\n",
    "let X = 1\ndef f(a: Integer, b: do (Integer) !! String -> Any) -> Integer {\n\
     let mut i = 0\nwhile({ i < a }) { i += 1 (i == 3).if_true { return i } }\n\
     match(let x = try b.call(1) else (e) e.bytesize as Any) { as Integer when 1 < x -> { x }\n\
     as String -> { x.bytesize } else -> { fn (y: Integer) { return y }.call(1) } } }\n\
     let k = do (z = 1, *r: String) { local throw `{z} {r.length}` }\ntry! k.call\nlet l: ?Integer = Option.none\n\
     l.let do (v) { v + ::X }\nf(b: do (_) { 1 }, a: 2)\nself.f(1, do (x) { x })\nThisModule.f(1, do (_) { 1 })\n",
];

/// A small generator of numbers (Marsaglia, "Xorshift RNGs", 2003); the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Splits a text into words and single other characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut in_word = false;
    for (at, character) in text.char_indices() {
        let word = character.is_alphanumeric() || character == '_';
        if at > start && !(word && in_word) {
            pieces.push(&text[start..at]);
            start = at;
        }
        in_word = word;
    }
    pieces.push(&text[start..]);
    pieces
}

/// Removes, repeats, swaps and overwrites a few pieces of a text.
fn damage(text: &str, numbers: &mut Numbers) -> String {
    let mut list = pieces(text);
    for _ in 0..=numbers.below(4) {
        let (from, to) = (numbers.below(list.len()), numbers.below(list.len()));
        match numbers.below(4) {
            0 => drop(list.remove(from)),
            1 => list.insert(to, list[from]),
            2 => list.swap(from, to),
            _ => list[from] = list[to],
        }
    }
    list.concat()
}

fn survives(text: &str, mut sources: Sources) {
    sources.tolerant = true;
    let file = sources.map.add("main.inko", text);
    let module = parse(file, text).module;
    inko_sema::check(&mut sources, ParsedModule { name: "main".into(), file, module });
}

#[test]
fn damaged_programs() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for round in 0..1500 {
        let text = damage(SEEDS[round % SEEDS.len()], &mut numbers);
        survives(&text, Sources::new("### a\ndef f2 {}\nclass D {}"));
    }
}

/// A damaged library may lack everything that the language relies on.
#[test]
fn damaged_library() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for _ in 0..300 {
        survives(SEEDS[1], Sources::new(&damage(STD, &mut numbers)));
    }
    let modules: Vec<&str> = STD.split("### ").skip(1).collect();
    for (index, module) in modules.iter().enumerate() {
        for _ in 0..20 {
            let name = module.split('\n').next().unwrap_or_default();
            let text = module.get(name.len()..).unwrap_or_default();
            let damaged = damage(text, &mut numbers);
            survives(SEEDS[index % SEEDS.len()], Sources::new(&format!("### {name}\n{damaged}")));
        }
        // Without it altogether.
        let name = module.split('\n').next().unwrap_or_default();
        survives(SEEDS[1], Sources::new(&format!("### {name}\n")));
    }
}

#[test]
fn undamaged_programs() {
    check(&format!("{}### a\ndef f2 {{}}\nclass D {{}}", SEEDS[0]), &[]);
    check(SEEDS[1], &[]);
}
