//! What programs do at their limits: too much memory, too deep a recursion, messages to nobody, and ends that come
//! while others are at work. Each must be told apart from a crash.

use inko_testing::suite::{Finished, Program, child};
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};

/// What a stack that is full says.
const STACK_FULL: &str = "the stack is full: is there a recursion without end?";
/// What a process says that has more alive than it may.
const OVER_LIMIT: &str = "the heap of the process is larger than INKO_MAX_HEAP allows";

/// Keeps a chain of objects of about 100 bytes for each round.
const KEEPS_MUCH: &str = "
    import std::loop::(repeat)
    import std::stdio::stdout

    class Link {
      @next: ?Link
      @values: Array!(Integer)

      static def new(next: ?Link, values: Array!(Integer)) -> Self { Self { @next = next, @values = values } }

      def first -> Integer { @values[0] }
    }

    def chain(length: Integer) -> ?Link {
      let mut last: ?Link = Option.none

      repeat(length) do (i) { last = Option.some(Link.new(last, Array.new(i))) }
      last
    }
";

/// The end of a program that panics once, with a trace and a message.
#[track_caller]
fn panics(finished: &Finished, message: &str) {
    let Finished { status, stderr, .. } = finished;
    assert_eq!(*status, Some(1), "{stderr}");
    assert!(stderr.starts_with("Stack trace (the most recent call comes last):\n  0: \""), "{stderr}");
    assert_eq!(stderr.matches("Stack trace").count(), 1, "{stderr}");
    let last = stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("Process 0x") && last.contains(" panicked: "), "{stderr}");
    assert!(last.contains(message), "it lacks {message:?}: {stderr}");
}

#[track_caller]
fn prints(finished: &Finished, text: &str) {
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    assert_eq!(finished.stdout, text);
    assert_eq!(finished.stderr, "");
}

#[test]
fn a_process_may_keep_only_so_much() {
    let main = Program::new(&format!("{KEEPS_MUCH} stdout.print(chain(2_000_000).get.first)"));
    let finished = main.run(&[("INKO_MAX_HEAP", "4M")]);
    panics(&finished, OVER_LIMIT);
    assert!(finished.stderr.contains("in \"chain\""), "{}", finished.stderr);
    assert_eq!(finished.stdout, "");
    prints(&main.run(&[]), "1999999\n");
    prints(&main.run(&[("INKO_MAX_HEAP", "")]), "1999999\n");
    prints(&main.run(&[("INKO_MAX_HEAP", "64G")]), "1999999\n");
    let child = "import std::process
        process.spawn { chain(2_000_000) }
        process.suspend(100)";
    panics(&Program::new(&format!("{KEEPS_MUCH} {child}")).run(&[("INKO_MAX_HEAP", "4M")]), OVER_LIMIT);
}

/// The largest resident memory of a child, in KiB.
#[expect(clippy::zombie_processes, reason = "`wait4` waits for it")]
fn peak(command: &mut Command) -> i64 {
    let child = command.spawn().expect("it starts");
    let (mut status, mut usage) = (0, MaybeUninit::<libc::rusage>::uninit());
    // SAFETY: there is room for the answers, and the usage is there if a child was waited for.
    unsafe {
        assert_eq!(libc::wait4(child.id() as i32, &mut status, 0, usage.as_mut_ptr()), child.id() as i32);
        usage.assume_init().ru_maxrss
    }
}

/// A limit of 64 MiB is exceeded by an eighth of it before that is noticed. While the collector copies, the copies exist as
/// well, and the allocator may still keep what an earlier collection has freed.
#[test]
fn a_limit_is_one() {
    let program = Program::new(&format!("{KEEPS_MUCH} stdout.print(chain(20_000_000).get.first)"));
    let peak = peak(child(&program.path).env("INKO_MAX_HEAP", "64M").stderr(Stdio::null()));
    assert!((65_536..3 * 72 * 1024).contains(&peak), "{peak} KiB");
}

#[test]
fn a_large_object_may_be_too_much() {
    let program = Program::new(
        "import std::stdio::stdout
         stdout.print(Array.filled(amount: 2_000_000, value: 1).length)",
    );
    panics(&program.run(&[("INKO_MAX_HEAP", "4M")]), OVER_LIMIT);
    prints(&program.run(&[("INKO_MAX_HEAP", "32M")]), "2000000\n");
}

#[test]
fn bytes_of_strings_count() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::stdio::stdout

         let text = 'more than sixty-four bytes, so that they are kept outside of the heap, and counted'
         let kept: Array!(String) = Array.new

         repeat(500_000) do (i) { kept.push(`{text} {i}`) }
         stdout.print(kept.length)",
    );
    panics(&program.run(&[("INKO_MAX_HEAP", "16M")]), OVER_LIMIT);
    prints(&program.run(&[("INKO_MAX_HEAP", "1G")]), "500000\n");
}

#[test]
fn messages_to_itself_count() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::process
         import std::stdio::stdout

         repeat(1_000_000) do (i) { process.current.send(Array.new(i)) }
         stdout.print('sent')",
    );
    panics(&program.run(&[("INKO_MAX_HEAP", "4M")]), OVER_LIMIT);
}

#[test]
fn garbage_does_not_count() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::process::(self, Process)
         import std::stdio::stdout

         # Small and large objects, and strings.
         def work -> Integer {
           let mut kept: Array!(Array!(Integer)) = Array.new
           let mut sum = 0

           repeat(1_000_000) do (i) {
             (kept.length == 1_000).if_true { kept = Array.new }
             kept.push(Array.new(i))
           }

           repeat(100) do (_) { sum += Array.filled(amount: 100_000, value: 1).length }

           let mut text = ''

           repeat(5_000) do (_) { text = text + 'word' }
           kept.length + sum + text.bytesize
         }

         def child {
           let parent = process.receive as Process

           parent.send(work)
         }

         # Each process has the limit for itself.
         repeat(4) do (_) { process.spawn({ child }).send(process.current) }
         repeat(4) do (_) { stdout.print(process.receive as Integer) }",
    );
    prints(&program.run(&[("INKO_MAX_HEAP", "4M")]), &"10021000\n".repeat(4));
}

#[test]
fn wrong_limits_are_errors() {
    let program = Program::new("Nil");
    let wrong = "4Q, M, -1, 0, 1K, 1023K, 4 M, 4MB, 0x400000, 99999999999999999999, 18446744073709551615G";
    for value in wrong.split(", ") {
        let finished = program.run(&[("INKO_MAX_HEAP", value)]);
        assert_eq!(finished.status, Some(2), "{value}");
        let message = format!(
            "error: INKO_MAX_HEAP is \"{value}\", but must be a number of bytes from 1M, with an optional suffix K, M or G\n"
        );
        assert_eq!(finished.stderr, message);
    }
    for value in ["1M", "1048576", "1024k", "2g"] {
        assert_eq!(program.run(&[("INKO_MAX_HEAP", value)]).status, Some(0), "{value}");
    }
    for name in ["INKO_GC_VERIFY", "INKO_YIELD_STRESS"] {
        let finished = program.run(&[(name, "2")]);
        assert_eq!(finished.status, Some(2), "{name}");
        assert_eq!(finished.stderr, format!("error: {name} is \"2\", but must be 0 or 1\n"));
    }
}

/// Enough for a program, its main process's stack and a little more, in KiB.
const LITTLE_SPACE: usize = 4_000_000;

#[test]
fn the_system_may_refuse_a_large_object() {
    let program = Program::new(
        "import std::stdio::stdout
         stdout.write_string('before')
         Array.filled(amount: 2_000_000_000, value: 1)",
    );
    let finished = program.run_in(LITTLE_SPACE);
    panics(&finished, "there is no memory for an object of 16000000016 bytes");
    assert_eq!(finished.stdout, "before");
    let program = Program::new(
        "let bytes = ByteArray.new
         while({ True }) { bytes.push(1) }",
    );
    panics(&program.run_in(LITTLE_SPACE), "there is no memory for an object of ");
    let program = Program::new("Array.filled(amount: 4_000_000_000_000_000_000, value: 1)");
    panics(&program.run(&[]), "An Array of 4000000000000000000 values doesn't fit in memory");
}

#[test]
fn less_address_space_means_fewer_stacks() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::process
         import std::stdio::stdout

         repeat(20) do (_) { process.blocking { process.suspend(0.001) } }
         repeat(20) do (_) { process.spawn { process.suspend(0.001) } }
         process.suspend(0.01)
         stdout.print('done')",
    );
    prints(&program.run_in(LITTLE_SPACE), "done\n");
}

#[test]
fn the_system_may_refuse_a_stack() {
    let finished = Program::new("Nil").run_in(500_000);
    assert_eq!(finished.status, Some(1), "{}", finished.stderr);
    assert!(finished.stderr.starts_with("error: there is no memory for the stack of a process: "));
    let program = Program::new(
        "import std::process
         import std::stdio::stdout
         stdout.write_string('before')
         process.spawn { process.suspend }
         process.suspend(1)
         loop { process.spawn { process.receive } }",
    );
    let finished = program.run_in(LITTLE_SPACE);
    assert_eq!(finished.status, Some(1), "{}", finished.stderr);
    assert!(finished.stderr.starts_with("error: there is no memory for "), "{}", finished.stderr);
    assert_eq!(finished.stdout, "before");
}

#[test]
fn the_system_may_refuse_whatever_else() {
    let keeps = format!("{KEEPS_MUCH} stdout.write_string('before')  chain(100_000_000).get.first");
    let text = "import std::stdio::stdout
        stdout.write_string('before')
        let mut text = '0123456789'
        while({ True }) { text = text + text }";
    for source in [&keeps, text] {
        let finished = Program::new(source).run_in(LITTLE_SPACE);
        assert_eq!(finished.status, Some(1), "{}", finished.stderr);
        assert!(finished.stderr.contains("there is no memory"), "{}", finished.stderr);
        assert_eq!(finished.stdout, "before");
    }
}

/// Ways to recurse without end.
const RECURSIONS: &str = "
    import std::process

    def plain(n: Integer) -> Integer { plain(n + 1) + 1 }

    def closures(n: Integer) -> Integer { { closures(n + 1) }.call + 1 }

    def each(n: Integer) -> Integer {
      let mut sum = 0

      Array.new(n).each do (value) { sum += each(value + 1) }
      sum
    }

    def generators(n: Integer) => Integer {
      let inner = generators(n + 1)

      yield inner.next.get
    }

    def deferring(n: Integer) -> Integer {
      let mut left = n

      process.defer { left += 1 }
      deferring(left) + 1
    }

    def throwing(n: Integer) !! Integer -> Integer {
      let found = try throwing(n + 1) else (error) error

      (found == 3).if_true { throw found }
      found + 1
    }
";

#[test]
fn a_full_stack_is_a_panic() {
    for (call, name) in [
        ("plain(0)", "plain"),
        ("process.blocking { plain(0) }", "plain"),
        ("process.pinned { plain(0) }", "plain"),
        ("closures(0)", "closures"),
        ("each(0)", "each"),
        ("generators(0).next", "generators"),
        ("deferring(0)", "deferring"),
        ("try! throwing(0)", "throwing"),
    ] {
        // Stacks of other processes than the main one may be small, which saves time.
        let program = Program::new(&format!("{RECURSIONS} process.spawn {{ {call} }}  process.suspend(100)"));
        for size in ["256K", "8M"] {
            let finished = program.run(&[("INKO_STACK_SIZE", size)]);
            panics(&finished, STACK_FULL);
            let lines: Vec<&str> = finished.stderr.lines().collect();
            let left_out = lines.iter().filter(|line| line.ends_with(" frames left out ..."));
            assert_eq!(left_out.count(), 1, "{}", finished.stderr);
            // 32 frames of either end, and three lines more.
            assert_eq!(lines.len(), 67, "{}", finished.stderr);
            assert!(lines[1].starts_with("  0: ") && lines[1].ends_with(" in \"<block>\""), "{}", lines[1]);
            assert!(lines[65].contains(".inko\" line ") && finished.stderr.contains(name), "{}", lines[65]);
        }
    }
}

#[test]
fn the_main_process_has_a_large_stack_that_ends_too() {
    let finished = Program::new(&format!("{RECURSIONS} plain(0)")).run(&[]);
    panics(&finished, STACK_FULL);
    assert!(finished.stderr.contains(" frames left out ..."), "{}", finished.stderr);
}

#[test]
fn messages_to_processes_that_have_ended_are_dropped() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::process::(self, Process)
         import std::stdio::stdout

         let child = process.spawn { (process.receive as Process).send(process.current) }

         child.send(process.current)

         let same = process.receive as Process

         process.suspend(0.05)

         let large = Array.filled(amount: 1_000, value: 'some text')

         repeat(1_000_000) do (i) {
           same.send(large)
           child.send(i)
         }

         stdout.print(same.identifier == child.identifier)",
    );
    // Were they kept, they would take more than this: most of it is for stacks.
    prints(&program.run_in(24_000_000), "True\n");
}

#[test]
fn whatever_ends_the_program_what_was_printed_is_flushed() {
    let ends = [("process.panic('the end')", 1), ("vm.exit(3)", 3), ("process.terminate", 0), ("Nil", 0)];
    for (end, status) in ends {
        let program = Program::new(&format!(
            "import std::process::(self, Process)
             import std::stdio::stdout
             import std::vm

             let child = process.spawn {{
               let parent = process.receive as Process

               stdout.print('a line')
               stdout.write_string('half a line')
               parent.send(1)
               process.receive
             }}

             child.send(process.current)
             process.receive
             vm
             {end}"
        ));
        let finished = program.run(&[]);
        assert_eq!(finished.status, Some(status), "{end}: {}", finished.stderr);
        assert_eq!(finished.stdout, "a line\nhalf a line", "{end}");
    }
}

#[test]
fn one_of_many_panics_is_reported() {
    let program = Program::new(
        "import std::loop::(repeat)
         import std::process

         repeat(200) do (_) { process.spawn { process.panic('one of many') } }
         process.suspend(100)",
    );
    for threads in ["1", "2", "16"] {
        panics(&program.run(&[("INKO_PRIMARY_THREADS", threads)]), "one of many");
    }
}

#[test]
fn there_may_be_many_threads() {
    let program = Program::new(
        "import std::process::(self, Process)
         import std::stdio::stdout

         process.spawn({ (process.receive as Process).send('hello') }).send(process.current)
         stdout.print(process.blocking { process.receive as String })",
    );
    for name in ["INKO_PRIMARY_THREADS", "INKO_BLOCKING_THREADS"] {
        prints(&program.run(&[(name, "4096")]), "hello\n");
    }
}
