//! Debuggers find Inko files, lines and functions: gdb stops at a line and shows the calls above it.

use crate::support::{Build, Linked, child};
use inko_abi::entry::Entry;
use inko_ir::ir::*;

#[test]
fn gdb_shows_files_lines_and_functions() {
    let mut build = Build::new();
    let mut body = build.method("greet", &[Ty::Word], Ty::Word, false);
    body.position = build.position("greet", 12);
    let greeting = body.string("hello ");
    let name = body.param(0);
    let text = body.call(Callee::Entry(Entry::string_concat), &[greeting, name]);
    body.position = build.position("greet", 13);
    let end = body.string("!");
    let text = body.call(Callee::Entry(Entry::string_concat), &[text, end]);
    body.give(text);
    let greet = build.add(body);
    let mut main = build.closure("main", 0, 0);
    main.position = build.position("main", 21);
    let name = main.string("world");
    let text = main.call(Callee::Function(greet), &[name]);
    main.position = build.position("main", 22);
    main.give(text);
    build.main(main);
    build.expect("\"hello world!\"");

    let linked = Linked::new(&build.output().object);
    let gdb = |commands: &[&str]| {
        let mut gdb = child("gdb");
        gdb.args(["--batch", "--nx"]);
        commands.iter().for_each(|command| {
            gdb.args(["-ex", command]);
        });
        gdb.arg(linked.directory.path().join("program")).output().ok()
    };
    let Some(output) = gdb(&["break test.inko:13", "run", "backtrace", "info symbol $pc", "step"]) else {
        eprintln!("gdb is not installed");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "Breakpoint 1, test::greet () at src/test.inko:13",
        "#0  test::greet () at src/test.inko:13",
        " in test::main () at src/test.inko:21",
        " in inko_call_closure ()",
        " in main (argc=1",
    ] {
        assert!(text.contains(part), "`{part}` is missing:\n{text}");
    }
}
