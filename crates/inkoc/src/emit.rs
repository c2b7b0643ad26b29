//! What `--emit` writes of the stages before machine code: the syntax tree, and the intermediate representation as a
//! whole or after each pass. (The typed tree is in `tree_text.rs`.)

use inko_ir::ir::{Function, Program};
use inko_ir::print;
use inko_opt::{OptLevel, Options};
use inko_sema::tree;
use inko_syntax::SourceMap;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// The syntax tree of the main module, one line an item.
pub fn ast(program: &tree::Program, sources: &SourceMap) -> String {
    let Some(&main) = program.order.last() else { return String::new() };
    let file = program.modules[main].file;
    inko_syntax::dump::dump(&inko_syntax::parse(file, sources.file(file).text()).module)
}

/// The representation, or those functions of it that have a name.
pub fn ir(program: &Program, only: Option<&str>) -> String {
    if only.is_none() {
        return print::program(program);
    }
    let functions = program.functions.values().filter(|function| is_wanted(function, only));
    functions.map(|function| print::function(program, function, false)).collect::<Vec<_>>().join("\n")
}

/// Optimises a program; gives its functions as they were lowered and after each pass that changed them.
pub fn passes(program: &mut Program, level: OptLevel, only: Option<&str>) -> String {
    // What was written, and each function as it was last, by symbol: some passes don't know whether they changed something.
    let written = Mutex::new((String::new(), BTreeMap::new()));
    let show = |pass: &'static str, program: &Program, function: &Function| {
        if !is_wanted(function, only) {
            return;
        }
        let now = without_removed_blocks(&print::function(program, function, false));
        let (text, last) = &mut *written.lock().unwrap_or_else(PoisonError::into_inner);
        if last.get(&function.symbol) != Some(&now) {
            let _ = writeln!(text, "; {} after {pass}\n{now}", function.symbol);
            last.insert(function.symbol.clone(), now);
        }
    };
    for function in program.functions.values() {
        show("lowering", program, function);
    }
    // On one thread the functions come in the same order each time.
    inko_opt::optimize_with(program, &Options { level, threads: 1, observer: Some(&show) });
    written.into_inner().unwrap_or_else(PoisonError::into_inner).0
}

fn is_wanted(function: &Function, only: Option<&str>) -> bool {
    only.is_none_or(|name| *function.symbol == *name)
}

/// Leaves out the blocks that nothing leads to and that hold nothing: they keep the numbers of others as they are.
fn without_removed_blocks(text: &str) -> String {
    let words = text.lines().filter(|line| line.starts_with("  "));
    let words = words.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric()));
    let used: BTreeSet<&str> = words.collect();
    let lines: Vec<&str> = text.lines().collect();
    let removed = |at: usize| {
        let name = lines[at].strip_suffix(':').filter(|name| name.starts_with('b') && *name != "b0");
        name.is_some_and(|name| !used.contains(name)) && lines.get(at + 1) == Some(&"  unreachable")
    };
    let kept = (0..lines.len()).filter(|&at| !(removed(at) || at > 0 && removed(at - 1)));
    kept.flat_map(|at| [lines[at], "\n"]).collect()
}
