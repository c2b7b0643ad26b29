//! The shapes that lowering makes of control flow, and what the optimizer must make of them.

use inko_interpret::interpret;
use inko_ir::ir::*;
use inko_ir::{parse, print, verify};
use inko_opt::{OptLevel, optimize};

/// The methods of std that the examples call, as lowering gives them.
const STD: &str = r#"
fn show(word) -> word
b0(v0: integer):
  v1: small = 10
  v2: String = call runtime integer_to_string(v0, v1)
  v3: word, v4: bool = call runtime stdout_write_string(v2)
  return v3

fn while(word, word) -> word
b0(v0: Block, v1: Block):
  jump b1(v0, v1)
b1(v2: Block, v3: Block):
  v4: word, v5: bool = call closure(v2)
  branch v5, b5, b2
b2:
  v6: Boolean = verify v4 Boolean "Boolean"
  v7: bool = unbox_bool v6
  branch v7, b3, b4
b3:
  v8: word, v9: bool = call closure(v3)
  branch v9, b5, b6
b4:
  v10: NilType = Nil
  return v10
b5:
  v11: String = "thrown"
  call runtime panic(v11)
  unreachable
b6:
  jump b1(v2, v3)

fn Boolean.if_true(bool, word) -> word
b0(v0: bool, v1: Block):
  branch v0, b1, b2
b1:
  v2: word, v3: bool = call closure(v1)
  branch v3, b3, b2
b2:
  v4: NilType = Nil
  return v4
b3:
  v5: String = "thrown"
  call runtime panic(v5)
  unreachable

fn Boolean.and(bool, word) -> bool
local l0: bool
b0(v0: bool, v1: Block):
  branch v0, b1, b2
b1:
  v2: word, v3: bool = call closure(v1)
  branch v3, b3, b4
b4:
  v6: Boolean = verify v2 Boolean "Boolean"
  v7: bool = unbox_bool v6
  set_local l0 = v7
  jump b5
b2:
  v8: bool = false
  set_local l0 = v8
  jump b5
b5:
  v9: bool = get_local l0
  return v9
b3:
  v10: String = "thrown"
  call runtime panic(v10)
  unreachable

fn Array.each(word, word) -> word
b0(v0: Array, v1: Block):
  v2: small = array_length v0
  v3: small = 0
  v4: word = new_cell v3
  v5: Block = closure Array.each.1(v4, v2)
  v6: Block = closure Array.each.2(v4, v0, v1)
  v7: word = call while(v5, v6)
  v8: NilType = Nil
  return v8

fn Array.each.1(word) -> word throws closure[2]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: integer = get_cell v1
  v3: integer = get_capture v0, 1
  v4: bool = integer less v2, v3
  v5: Boolean = box_bool v4
  return v5

fn Array.each.2(word) -> word throws closure[3]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: Array = get_capture v0, 1
  v3: Block = get_capture v0, 2
  v4: integer = get_cell v1
  v5: word = array_get v2, v4
  v6: word, v7: bool = call closure(v3, v5)
  branch v7, b2, b1
b1:
  v8: integer = get_cell v1
  v9: small = 1
  v10: integer = integer add v8, v9
  set_cell v1 = v10
  return v10
b2:
  throw v6
"#;

/// The dump of the main function of a program with the methods of std. At every stage it does what it did
/// before, which is to print `output`.
#[track_caller]
fn optimized(text: &str, output: &str) -> String {
    let parse = || parse::program(&format!("{text}\n{STD}")).unwrap_or_else(|error| panic!("{error}"));
    let mut program = parse();
    assert_eq!(verify::verify_program(&program), []);
    assert_eq!(run(&program), (0, output.to_owned()), "as lowered");
    optimize(&mut program, OptLevel::None);
    assert_eq!(verify::verify_program(&program), []);
    assert_eq!(run(&program), (0, output.to_owned()), "without optimizer");
    let mut program = parse();
    optimize(&mut program, OptLevel::Speed);
    assert_eq!(verify::verify_program(&program), []);
    let main = program.main.expect("the program has a main function");
    let dump = print::function(&program, &program.functions[main], false);
    assert_eq!(run(&program), (0, output.to_owned()), "{dump}");
    dump
}

/// The exit status and output of a program.
fn run(program: &Program) -> (i32, String) {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let status = interpret(program, &mut out, &mut err);
    out.extend(err);
    (status, String::from_utf8_lossy(&out).into_owned())
}

/// Asserts that nothing is left of closures and calls.
#[track_caller]
fn is_plain(dump: &str) {
    for word in ["closure ", "cell", "home", "call ", "invoke", "exit "] {
        let body = dump.lines().skip(1).collect::<Vec<_>>().join("\n");
        assert!(!body.replace("call runtime", "").contains(word), "{word:?} is left:\n{dump}");
    }
}

#[test]
fn a_while_with_closures_becomes_a_loop() {
    let dump = optimized(
        r#"main main
fn main(word) -> word throws lambda[0]
b0(v0: word):
  v1: small = 0
  v2: word = new_cell v1
  v3: Block = closure main.1(v2)
  v4: Block = closure main.2(v2)
  v5: word = call while(v3, v4)
  v6: integer = get_cell v2
  v7: word = call show(v6)
  return v6
fn main.1(word) -> word throws closure[1]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: integer = get_cell v1
  v3: small = 10
  v4: bool = integer less v2, v3
  v5: Boolean = box_bool v4
  return v5
fn main.2(word) -> word throws closure[1]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: integer = get_cell v1
  v3: small = 1
  v4: integer = integer add v2, v3
  set_cell v1 = v4
  return v4
"#,
        "10",
    );
    println!("{dump}");
    is_plain(&dump);
    assert!(dump.contains("poll"), "{dump}");
}

#[test]
fn each_with_a_return_becomes_a_loop() {
    let dump = optimized(
        r#"main main
fn main(word) -> word throws lambda[0]
b0(v0: word):
  v1: small = 1
  v2: small = 2
  v3: Array = new_array(v1, v2)
  v4: integer = call first_even(v3)
  v5: word = call show(v4)
  return v4
fn first_even(word) -> word
b0(v0: Array):
  v1: word = new_home b4
  v2: Block = closure first_even.1(v1)
  invoke Array.each(v0, v2) to b1 unwind b2
b1(v3: word):
  end_home v1
  v4: small = 0
  return v4
b2:
  v5: word, v6: word, v7: raw = landing_pad
  v8: bool = same v5, v1
  branch v8, b3, b5
b3:
  jump b4(v6)
b4(v9: word):
  end_home v1
  v10: integer = verify v9 Integer "Integer"
  return v10
b5:
  call runtime unwind(v5, v6, v7)
  unreachable
fn first_even.1(word, word) -> word throws closure[1]
b0(v0: word, v1: word):
  v2: integer = verify v1 Integer "Integer"
  v3: small = 2
  v4: integer = integer mod v2, v3
  v5: small = 0
  v6: bool = integer equal v4, v5
  v7: word = get_capture v0, 0
  v8: Block = closure first_even.2(v7, v2)
  invoke Boolean.if_true(v6, v8) to b1 unwind b2
b1(v9: word):
  return v9
b2:
  v10: word, v11: word, v12: raw = landing_pad
  call runtime unwind(v10, v11, v12)
  unreachable
fn first_even.2(word) -> word throws closure[2]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: integer = get_capture v0, 1
  exit v1, v2, 0
"#,
        "2",
    );
    println!("{dump}");
    is_plain(&dump);
}

#[test]
fn a_float_that_a_closure_sums_up_stays_raw() {
    let dump = optimized(
        r#"main main
fn main(word) -> word throws lambda[0]
b0(v0: word):
  v1: small = 1
  v2: small = 2
  v3: Array = new_array(v1, v2)
  v4: float = 0.0
  v5: Float = box_float v4
  v6: word = new_cell v5
  v7: Block = closure main.1(v6)
  v8: word = call Array.each(v3, v7)
  v9: Float = get_cell v6
  v10: float = unbox_float v9
  v11: integer = call runtime float_to_integer(v10)
  v12: word = call show(v11)
  return v9
fn main.1(word, word) -> word throws closure[1]
b0(v0: word, v1: word):
  v2: word = get_capture v0, 0
  v3: Float = get_cell v2
  v4: float = unbox_float v3
  v5: float = 1.5
  v6: float = float add v4, v5
  v7: Float = box_float v6
  set_cell v2 = v7
  return v7
"#,
        "3",
    );
    println!("{dump}");
    is_plain(&dump);
    assert_eq!(dump.matches("box_float").count(), 1, "{dump}");
}

#[test]
fn and_becomes_branches() {
    let dump = optimized(
        r#"main main
fn main(word) -> word throws lambda[0]
b0(v0: word):
  v20: small = 4
  set_global a = v20
  v19: word = get_global a
  v1: integer = verify v19 Integer "Integer"
  v2: small = 10
  v3: bool = integer less v1, v2
  v4: Block = closure main.1(v1)
  v5: bool = call Boolean.and(v3, v4)
  v6: small = 5
  v7: word = new_cell v6
  v8: Block = closure main.2(v7)
  v9: word = call Boolean.if_true(v5, v8)
  v10: integer = get_cell v7
  v11: word = call show(v10)
  return v10
fn main.1(word) -> word throws closure[1]
b0(v0: word):
  v1: integer = get_capture v0, 0
  v2: small = 3
  v3: bool = integer greater v1, v2
  v4: Boolean = box_bool v3
  return v4
fn main.2(word) -> word throws closure[1]
b0(v0: word):
  v1: word = get_capture v0, 0
  v2: small = 7
  set_cell v1 = v2
  return v2
"#,
        "7",
    );
    println!("{dump}");
    is_plain(&dump);
    assert!(!dump.contains("box_bool"), "{dump}");
}

#[test]
fn dumps_can_be_read_back() {
    let mut program = parse::program(&format!(
        "main main\nfn main(word) -> word throws lambda[0]\nb0(v0: word):\n  return v0\n{STD}"
    ))
    .expect("the text is valid");
    optimize(&mut program, OptLevel::None);
    let dump = print::program(&program);
    let again = parse::program(&dump).unwrap_or_else(|error| panic!("{error}\n{dump}"));
    assert!(verify::verify_program(&again).is_empty(), "{dump}");
    // Passes leave gaps in the numbers of blocks and values, which who reads them numbers anew.
    let numbered = print::program(&again);
    let words = |text: &str| -> Vec<String> {
        let number =
            |word: &str| word.starts_with(['v', 'b']) && word[1..].starts_with(|c: char| c.is_ascii_digit());
        let words = text.split([' ', ',', '(', ')', ':', '\n']).filter(|word| !number(word));
        let mut words: Vec<String> = words.map(str::to_string).collect();
        words.sort_unstable();
        words
    };
    assert_eq!(words(&numbered), words(&dump));
    let _: Option<FunctionId> = again.main;
}
