//! Scopes that keep resources alive leave the optimizer its freedom: tail calls are loops, objects and cells are taken
//! apart; and what is in scope around a call stays so on every way out of the inlined code.

use inko_ir::graph::successors;
use inko_ir::ir::*;
use inko_opt::{OptLevel, optimize};
use inko_testing::{assert_valid, lowered};
use std::collections::HashSet;

/// Adds what the programs have in common, and optimises one.
fn optimized(source: &str) -> Program {
    let source = format!(
        "import std::fs::file::ReadOnlyFile
         import std::stdio::stdout
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
    program
}

/// The function that the code with the text `here` in it has become a part of.
fn here(program: &Program) -> &Function {
    let is_here = |op: &Op| matches!(op, Op::Constant(Constant::String(text)) if text == "here");
    program.functions.values().find(|function| count(function, is_here) > 0).expect("the code is there")
}

fn count(function: &Function, wanted: impl Fn(&Op) -> bool) -> usize {
    function.blocks.values().flat_map(|block| &block.insts).filter(|inst| wanted(&inst.op)).count()
}

fn keeps(function: &Function) -> usize {
    count(function, |op| matches!(op, Op::KeepAlive(_)))
}

#[test]
fn a_tail_call_that_inlining_finds_is_a_loop() {
    let program = optimized(
        "def last(file: ReadOnlyFile, rounds: Integer) -> Integer {
           (rounds == 0).if(true: { 0 }, false: {
             let same = file
             last(same, rounds - 1)
           })
         }
         last(try! ReadOnlyFile.new('a'), 3)
         last(try! ReadOnlyFile.new('b'), 4)",
    );
    for (id, function) in program.functions.iter().filter(|(_, one)| one.symbol == "main.last") {
        let again = |op: &Op| matches!(op, Op::Call(call) if call.callee == Callee::Function(id));
        assert_eq!(count(function, again), 0);
    }
}

#[test]
fn an_object_is_taken_apart() {
    let program = optimized(
        "def log(file: ReadOnlyFile) -> Integer {
           let log = Log.new(file)
           log.count
           stdout.print('here')
           log.count
         }
         log(try! ReadOnlyFile.new('a'))",
    );
    let is_log = |class: &Option<Class>| class.as_ref().is_some_and(|class| class.name == "Log");
    let log = program.classes.iter().position(is_log).expect("the class is there") as u32;
    let here = here(&program);
    assert_eq!(count(here, |op| matches!(op, Op::New(class, _) if *class == log)), 0);
    assert!(keeps(here) > 0);
}

#[test]
fn a_cell_is_taken_apart() {
    let program = optimized(
        "def swap(one: ReadOnlyFile, two: ReadOnlyFile, really: Boolean) -> ReadOnlyFile {
           let mut file = one
           really.if_true { file = two }
           stdout.print('here')
           file
         }
         swap(try! ReadOnlyFile.new('a'), try! ReadOnlyFile.new('a'), stdout.print('') == 1)",
    );
    let here = here(&program);
    assert_eq!(count(here, |op| matches!(op, Op::NewCell(_))), 0);
    assert!(keeps(here) > 0);
}

#[test]
fn an_endless_loop_is_in_scope() {
    let program = optimized(
        "def serve(_file: ReadOnlyFile) {
           while({ True }) { stdout.print('here') }
         }
         serve(try! ReadOnlyFile.new('a'))",
    );
    let here = here(&program);
    let in_a_loop = |block: BlockId| {
        let mut seen = HashSet::new();
        let mut work: Vec<BlockId> = successors(here, block).collect();
        while let Some(next) = work.pop() {
            if seen.insert(next) {
                work.extend(successors(here, next));
            }
        }
        seen.contains(&block)
    };
    let keeps = |block: &Block| block.insts.iter().any(|inst| matches!(inst.op, Op::KeepAlive(_)));
    assert!(here.blocks.iter().any(|(id, block)| keeps(block) && in_a_loop(id)));
}
