//! What programs do when the operating system refuses: the one process concerned gets an error that it can handle, never
//! a signal, and the others go on as if nothing had happened.

use inko_testing::suite::{self, Finished, build, child, run};
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// None of these needs longer, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// What all programs have: a process that writes a line to the file `log` for each message, and ends with an answer.
const START: &str = "
    import std::env
    import std::fs::dir
    import std::fs::file::(self, ReadOnlyFile, ReadWriteFile, WriteOnlyFile)
    import std::fs::path::Path
    import std::io::Error
    import std::loop::(repeat)
    import std::os::Command
    import std::process::(self, Process)
    import std::stdio::stdout

    def code!(R)(block: do !! Error -> R) -> Integer {
      try block.call else (error) return error.code

      -1
    }

    let place = Path.new(env.arguments[0])

    let bystander = process.spawn {
      let log = try! WriteOnlyFile.new(process.receive as String)
      let parent = process.receive as Process

      repeat(100) do (number) {
        process.receive
        try! log.print(number)
      }

      parent.send(True)
    }

    bystander.send(env.arguments[1])
    bystander.send(process.current)
    repeat(50) do (number) { bystander.send(number) }
";

/// How they end.
const END: &str = "
    repeat(50) do (number) { bystander.send(number) }
    process.receive
    stdout.print('end')
";

/// A program, with a directory of its own for the log.
struct Program {
    directory: TempDir,
    path: PathBuf,
}

impl Program {
    #[track_caller]
    fn new(middle: &str) -> Self {
        let directory = suite::directory();
        let path = build(directory.path(), &format!("{START}{middle}{END}"));
        fs::write(directory.path().join("log"), "").expect("it is written");
        Self { directory, path }
    }

    /// What runs it in a place by means of another program, if there is one.
    fn command(&self, by: &[&str], place: &Path) -> Command {
        let program = self.path.as_os_str();
        let mut words = by.iter().map(OsStr::new).chain([program]);
        let mut command = child(words.next().unwrap_or(program));
        command.args(words).arg(place).arg(self.directory.path().join("log"));
        command
    }

    /// What runs it in a place, after a command of the shell.
    fn after(&self, before: &str, place: &Path) -> Command {
        self.command(&["sh", "-c", &format!("{before}; exec \"$0\" \"$@\"")], place)
    }

    /// Checks what it prints before the end, and that the other process wrote everything.
    #[track_caller]
    fn check(&self, command: &mut Command, lines: &[&str]) {
        let Finished { status, stdout, stderr, .. } = run(command, LIMIT);
        assert_eq!((status, stderr.as_str()), (Some(0), ""), "{stdout}");
        let expected: String = lines.iter().chain(&["end"]).map(|line| format!("{line}\n")).collect();
        assert_eq!(stdout, expected);
        let log = fs::read_to_string(self.directory.path().join("log")).expect("it is there");
        assert_eq!(log, (0..100).map(|number| format!("{number}\n")).collect::<String>());
    }
}

fn is_root() -> bool {
    let output = child("id").arg("-u").output().expect("id runs");
    output.stdout == b"0\n"
}

/// What runs a program that sees a small file system in memory at its place, if that is allowed. Nobody else sees it, and
/// it goes with the program.
fn with_small_disk() -> Option<[&'static str; 5]> {
    let mount = "mount -t tmpfs -o size=64k none \"$1\" && exec \"$0\" \"$@\"";
    // Root may mount; others may where they are told that they are root.
    let ways = ["-m", "-rm"].map(|option| ["unshare", option, "sh", "-c", mount]);
    let place = suite::directory();
    ways.into_iter().find(|way| {
        let mut attempt = child(way[0]);
        attempt.args(&way[1..]).arg("true").arg(place.path()).stderr(Stdio::null());
        attempt.status().is_ok_and(|status| status.success())
    })
}

/// Writes until nothing more fits, and then again, once there is room.
const FILLS: &str = "
    let path = place.join('filled')
    let filled = try! WriteOnlyFile.new(path)
    let block = ByteArray.filled(amount: 5_000, value: 65)

    def fill(file: WriteOnlyFile, block: ByteArray) -> Integer {
      loop { try file.write_bytes(block) else (error) return error.code }
    }

    stdout.print(fill(filled, block))
    stdout.print((try! filled.size) > 10_000)
    stdout.print(code { local try filled.write_bytes(block) })
    stdout.print(code { local try filled.write_string('hello') })
    (try! WriteOnlyFile.new(path)).close
    try! filled.seek(0)
    stdout.print(try! filled.write_string('hello'))
    stdout.print(try! (try! ReadOnlyFile.new(path)).read_string)
    try! filled.remove
";
const FILLED: [&str; 6] = ["0", "True", "0", "0", "5", "hello"];

#[test]
fn a_disk_is_full() {
    let program = Program::new(FILLS);
    // Where nothing can be mounted, the limit of a file's size below has to do.
    if let Some(way) = with_small_disk() {
        program.check(&mut program.command(&way, suite::directory().path()), &FILLED);
    }
    let full = Program::new(
        "let full = try! WriteOnlyFile.new(place)
        stdout.print(code { local try full.write_string('hello') })
        stdout.print(code { local try full.write_bytes(ByteArray.new(1)) })
        stdout.print(code { local try full.flush })
        full.close",
    );
    full.check(&mut full.command(&[], Path::new("/dev/full")), &["0", "0", "-1"]);
}

#[test]
fn a_file_is_as_large_as_may_be() {
    let program = Program::new(FILLS);
    let directory = suite::directory();
    program.check(&mut program.after("ulimit -f 64", directory.path()), &FILLED);
}

#[test]
fn something_is_forbidden() {
    let program = Program::new(
        "let secret = place.join('secret')
        let hidden = place.join('hidden')

        stdout.print(code { local try ReadOnlyFile.new(secret) })
        stdout.print(code { local try WriteOnlyFile.new(secret) })
        stdout.print(code { local try ReadWriteFile.append(secret) })
        stdout.print(code { local try WriteOnlyFile.new(place.join('new')) })
        stdout.print(code { local try file.copy(from: secret, to: '/dev/null') })
        stdout.print(code { local try file.remove(secret) })
        stdout.print(code { local try dir.create(place.join('new')) })
        stdout.print(code { local try dir.create(place.join('new/er'), recursive: True) })
        stdout.print(code { local try dir.remove(hidden, recursive: True) })
        stdout.print(code { local try dir.list(hidden) })
        stdout.print(code { local try hidden.join('file').size })
        stdout.print(code { local try { env.working_directory = hidden } })
        stdout.print(code { local try Command.new(secret).spawn })
        stdout.print(hidden.join('file').exists?)
        stdout.print(try! secret.size)",
    );
    let place = suite::directory();
    let path = |name: &str| place.path().join(name);
    let allow = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
    fs::write(path("secret"), "hello").expect("it is written");
    allow(&path("secret"), 0o000).expect("it is ours");
    fs::create_dir(path("hidden")).expect("it is made");
    allow(&path("hidden"), 0o000).expect("it is ours");
    allow(place.path(), 0o555).expect("it is ours");
    // Permissions don't hold for root, unless it gives up what makes it different.
    let ordinary = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
    let mut command = program.command(if is_root() { &ordinary } else { &[] }, place.path());
    let mut lines = ["2"; 15];
    (lines[13], lines[14]) = ("False", "5");
    program.check(&mut command, &lines);
    for (name, mode) in [("hidden", 0o755), ("", 0o755)] {
        allow(&path(name), mode).expect("it is ours");
    }
}

#[test]
fn the_system_forbids_it_to_everybody() {
    let program = Program::new(
        "stdout.print(code { local try ReadOnlyFile.new(place) })
        stdout.print(code { local try (local try ReadOnlyFile.new(place)).read_string })
        stdout.print(code { local try WriteOnlyFile.new(place) })
        stdout.print(code { local try WriteOnlyFile.new(try! env.executable) })
        stdout.print(code { local try file.remove(place) })
        stdout.print(code { local try dir.remove(place) })
        stdout.print(code { local try dir.list(place.join('file')) })
        stdout.print(code { local try ReadOnlyFile.new(place.join('file/file')) })
        stdout.print(code { local try ReadOnlyFile.new(place.join('missing')) })",
    );
    let place = suite::directory();
    fs::write(place.path().join("file"), "hello").expect("it is written");
    // A directory can be opened, but not read; programs that run can't be written to.
    let lines = ["-1", "0", "0", "0", "0", "0", "0", "0", "1"];
    program.check(&mut program.command(&[], place.path()), &lines);
}

#[test]
fn too_many_files_are_open() {
    let program = Program::new(
        "let kept: Array!(ReadOnlyFile) = Array.new

        def open_all(kept: Array!(ReadOnlyFile)) -> Integer {
          loop { kept.push(try ReadOnlyFile.new('/dev/null') else (error) return error.code) }
        }

        stdout.print(open_all(kept))
        stdout.print(kept.length > 20)
        stdout.print(code { local try dir.list('/') })
        stdout.print(code { local try Command.new('true').pipe_stdout.spawn })
        stdout.print(try! kept[0].read_string)
        kept.each do (file) { file.close }
        stdout.print(code { local try ReadOnlyFile.new('/dev/null') })
        stdout.print((try! (try! Command.new('true').spawn).wait).code)",
    );
    let lines = ["0", "True", "0", "0", "", "-1", "0"];
    program.check(&mut program.after("ulimit -n 64", Path::new("/")), &lines);
}

#[test]
fn a_child_has_closed_its_pipe() {
    let program = Program::new(
        "let child = try! Command.new('true').pipe_stdin.spawn
        let large = ByteArray.filled(amount: 1_000_000, value: 65)

        stdout.print(code { local try child.stdin.write_bytes(large) })
        stdout.print(code { local try child.stdin.write_bytes(large) })
        stdout.print((try! child.wait).code)
        stdout.print(code { local try child.stdin.write_bytes(large) })",
    );
    program.check(&mut program.command(&[], Path::new("/")), &["9", "9", "0", "-1"]);
}

#[test]
fn nobody_reads_what_is_printed() {
    let program = Program::new("repeat(10_000) do (_) { stdout.print('hello') }");
    let mut command = program.command(&[], Path::new("/"));
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn children_of_a_program_that_was_started_with_odd_signals() {
    let program = Program::new(
        "stdout.print((try! (try! Command.new('sh').arguments(Array.new('-c', 'exit 3')).spawn).wait).code)
        let arguments = Array.new('SigIgn', '/proc/self/status')
        let grep = try! Command.new('grep').arguments(arguments).pipe_stdout.spawn
        stdout.print((try! grep.stdout.read_string).slice(start: -5, length: 4))
        try! grep.wait",
    );
    // Signals 2, 13 and 17 are interrupts, closed pipes and the end of children, which must not be ignored to be told.
    // All others are as `child` has set them.
    let mut command = program.after("trap '' INT PIPE CHLD", Path::new("/"));
    program.check(&mut command, &["3", "1002"]);
}

/// Children have copies of all descriptors until they are other programs.
#[test]
fn what_is_closed_is_so_while_children_start() {
    let program = Program::new(
        "import std::io::CONNECTION_REFUSED
        import std::net::unix::(UnixListener, UnixStream)

        repeat(2) do (_) {
          let starter = process.spawn {
            let parent = process.receive as Process

            repeat(100) do (_) { try! (try! Command.new('true').spawn).wait }
            parent.send('done')
          }

          starter.send(process.current)
        }

        let mut closed = 0
        let mut started = 0
        let mut done = 0
        let mut total = 0

        while({ done < 2 }) {
          let path = place.join('socket')
          let listener = try! UnixListener.new(path)

          listener.close
          (code { local try UnixStream.new(path) } == CONNECTION_REFUSED).if_true { closed += 1 }
          try! file.remove(path)

          let script = try! WriteOnlyFile.new(place.join('script'))

          try! script.write_string(\"#!/bin/sh\\nexit 7\")
          script.close

          let child = try! Command.new(place.join('script')).spawn

          ((try! child.wait).code == 7).if_true { started += 1 }

          match(let message = try process.receive_timeout(0.000_1) else False as Any) {
            as String -> { done += 1 }
            else -> {}
          }
          total += 1
        }

        stdout.print(closed == total)
        stdout.print(started == total)",
    );
    let place = suite::directory();
    suite::script(&place.path().join("script"), "#!/bin/sh\nexit 7");
    program.check(&mut program.command(&[], place.path()), &["True", "True"]);
}

#[test]
fn what_the_system_says_is_no_text() {
    let program = Program::new(
        "stdout.print(env.arguments[2])
        stdout.print(env['ODD'])
        stdout.print(env.variables['ODD'])
        stdout.print(env.variables['\u{fffd}NAME'])",
    );
    let mut command = program.command(&[], Path::new("/"));
    command.arg(OsStr::from_bytes(b"a\xffb")).env("ODD", OsStr::from_bytes(b"c\xfe"));
    command.env(OsStr::from_bytes(b"\xffNAME"), "d");
    program.check(&mut command, &["a\u{fffd}b", "c\u{fffd}", "c\u{fffd}", "d"]);
}

#[test]
fn the_home_directory_is_known_without_the_variable() {
    let program = Program::new(
        "stdout.print(env.home_directory.get.absolute?)
        env['HOME'] = '/home/alice'
        stdout.print(env.home_directory.get)
        env.remove('HOME')
        stdout.print(env.home_directory.get.absolute?)
        env['TMPDIR'] = '/var/tmp'
        stdout.print(env.temporary_directory)
        env.remove('TMPDIR')
        stdout.print(env.temporary_directory)",
    );
    let lines = ["True", "/home/alice", "True", "/var/tmp", "/tmp"];
    program.check(program.after("unset HOME", Path::new("/")).env_remove("TMPDIR"), &lines);
}
