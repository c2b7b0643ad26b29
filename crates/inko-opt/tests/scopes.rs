//! Scopes that keep resources alive leave the optimizer its freedom: tail calls are loops, objects and cells are taken
//! apart; and what is in scope around a call stays so on every way out of the inlined code.

use inko_ir::ir::*;
use inko_opt::{OptLevel, optimize};
use inko_testing::{assert_valid, lowered};

/// Adds what the programs have in common, optimises one, and gives the function of the name.
fn optimized(source: &str, name: &str) -> Function {
    let source = format!(
        "import std::fs::file::ReadOnlyFile
         class Log {{
           @file: ReadOnlyFile
           @lines: Integer
           static def new(file: ReadOnlyFile) -> Self {{ Self {{ @file = file, @lines = 0 }} }}
           def count -> Integer {{ @lines += 1 }}
         }}
         {source}"
    );
    let mut program = lowered(&source);
    optimize(&mut program, OptLevel::Speed);
    assert_valid(&program);
    let mut functions = program.functions.values();
    functions.find(|function| function.symbol == name).expect("the function is there").clone()
}

fn count(function: &Function, wanted: impl Fn(&Op) -> bool) -> usize {
    function.blocks.values().flat_map(|block| &block.insts).filter(|inst| wanted(&inst.op)).count()
}

fn calls(function: &Function) -> usize {
    count(function, |op| matches!(op, Op::Call(Call { callee: Callee::Function(_), .. })))
}

fn keeps(function: &Function) -> usize {
    count(function, |op| matches!(op, Op::KeepAlive(_)))
}

#[test]
fn a_tail_call_that_inlining_finds_is_a_loop() {
    let last = optimized(
        "def last(file: ReadOnlyFile, rounds: Integer) -> Integer {
           (rounds == 0).if(true: { 0 }, false: {
             let same = file
             last(same, rounds - 1)
           })
         }
         last(try! ReadOnlyFile.new('a'), 3)
         last(try! ReadOnlyFile.new('b'), 4)",
        "main.last",
    );
    assert_eq!(calls(&last), 0);
}

#[test]
fn an_object_is_taken_apart() {
    let log = optimized(
        "def log(file: ReadOnlyFile) -> Integer {
           let log = Log.new(file)
           log.count
           log.count
         }
         log(try! ReadOnlyFile.new('a'))
         log(try! ReadOnlyFile.new('b'))",
        "main.log",
    );
    assert_eq!(count(&log, |op| matches!(op, Op::New(..))), 0);
    assert!(keeps(&log) > 0);
}

#[test]
fn a_cell_is_taken_apart() {
    let swap = optimized(
        "def swap(one: ReadOnlyFile, two: ReadOnlyFile) -> ReadOnlyFile {
           let mut file = one
           True.if_true { file = two }
           file
         }
         swap(try! ReadOnlyFile.new('a'), try! ReadOnlyFile.new('a'))
         swap(try! ReadOnlyFile.new('b'), try! ReadOnlyFile.new('b'))",
        "main.swap",
    );
    assert_eq!(count(&swap, |op| matches!(op, Op::NewCell(_))), 0);
    assert!(keeps(&swap) > 0);
}

#[test]
fn an_endless_loop_is_in_scope() {
    let serve = optimized(
        "def serve(file: ReadOnlyFile) -> Never { loop { log('waiting') } }
         def log(text: String) { text.to_upper }
         serve(try! ReadOnlyFile.new('a'))
         serve(try! ReadOnlyFile.new('b'))",
        "main.serve",
    );
    let ends = serve.blocks.values().any(|block| matches!(block.terminator, Terminator::Return(_)));
    assert!(!ends);
    assert!(keeps(&serve) > 0);
}

#[test]
fn numbers_and_texts_are_not_kept() {
    let add = optimized(
        "def add(a: Any, text: String) -> Any { a }
         add(1, 'a')
         def sum(file: ReadOnlyFile) -> Integer {
           let one = 1 as Any
           let text = 'a' as Any
           (one as Integer) + (text as String).bytesize
         }
         sum(try! ReadOnlyFile.new('a'))
         sum(try! ReadOnlyFile.new('b'))",
        "main.sum",
    );
    let file = add.blocks[add.entry].params[0];
    assert!(count(&add, |op| matches!(op, Op::KeepAlive(value) if *value != file)) == 0);
}
