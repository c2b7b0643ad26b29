//! What becomes of a program when the network fails: the one process that it happens to gets an error that says what it
//! was, and all others go on and lose nothing.

use inko_testing::servers::{LIMIT, Running, connect, receive};
use inko_testing::suite::{Program, child};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What clients of the server below may ask for, by their first letter. It prints what became of each request.
const SERVER: &str = r#"
import std::io::Error
import std::net::socket::(TcpListener, TcpStream)
import std::process
import std::stdio::stdout

# Sends back what comes, and ends at the end.
def echo(client: TcpStream) !! Error {
  let bytes = ByteArray.new
  let mut total = 0

  while({ (try client.read_bytes(bytes: bytes, size: 10_000)) > 0 }) {
    total += bytes.length
    try client.print(bytes.drain_to_string)
  }

  stdout.print(`echo: {total} bytes`)
}

# Writes as long as somebody reads.
def pour(client: TcpStream) !! Error {
  loop { try client.print('0123456789') }
}

# Writes a million lines.
def fill(client: TcpStream) !! Error {
  let mut count = 0

  while({ count < 1_000_000 }) {
    try client.print('012345678')
    count += 1
  }

  stdout.print('fill: done')
}

# Says no more, and listens to the end.
def listen(client: TcpStream) !! Error {
  try client.write_string('bye')
  try client.shutdown_write

  stdout.print(`listen: {(try client.read_string).bytesize} bytes`)
}

def serve(client: TcpStream) !! Error {
  match(let wish = try client.read_string(size: 1)) {
    'e' -> { try echo(client) }
    'p' -> { try pour(client) }
    'f' -> { try fill(client) }
    'l' -> { try listen(client) }
    else -> { stdout.print('nothing') }
  }
}

def next_client(listener: TcpListener) -> TcpStream {
  try listener.accept else (error) {
    stdout.print(`accept: {error}`)
    process.suspend(0.05)
    next_client(listener)
  }
}

let listener = try! TcpListener.new(ip: '127.0.0.1', port: 0)

stdout.print(`listening at port {(try! listener.local_address).port}`)

loop {
  let client = next_client(listener)

  process.spawn {
    let client = process.receive as TcpStream

    try serve(client) else (error) {
      stdout.print(`served: {error}`)

      Nil
    }
    client.close
  }.send(client)
  client.close
}
"#;

/// The server, with a client that must not notice anything.
struct Server {
    running: Running,
    port: u16,
    bystander: TcpStream,
    _program: Program,
}

impl Server {
    #[track_caller]
    fn start() -> Self {
        let program = Program::new(SERVER);
        let mut running = Running::start(&mut child(&program.path));
        let port = running.port();
        let mut server = Self { running, port, bystander: connect(port), _program: program };
        server.bystander.write_all(b"e").expect("it reads");
        server.goes_on();
        server
    }

    /// A client with a wish.
    #[track_caller]
    fn ask(&self, wish: &str) -> TcpStream {
        let mut client = connect(self.port);
        client.write_all(wish.as_bytes()).expect("it reads");
        client
    }

    /// Others are served as ever, those who were there before and new ones.
    #[track_caller]
    fn goes_on(&mut self) {
        let mut new = self.ask("e");
        for client in [&mut self.bystander, &mut new] {
            client.write_all(b"ping").expect("it reads");
            assert_eq!(receive(client, 5), "ping\n");
        }
        drop(new);
        self.running.line("echo: 4 bytes");
    }
}

/// Has the end of a connection be a reset.
fn reset(client: TcpStream) {
    let client = socket2::Socket::from(client);
    client.set_linger(Some(Duration::ZERO)).expect("it can be set");
    drop(client);
}

/// What a client sees when the server closes.
#[track_caller]
fn rest(client: &mut TcpStream) -> usize {
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).expect("it closes");
    rest.len()
}

#[test]
fn a_peer_that_no_longer_reads_is_a_broken_pipe() {
    let mut server = Server::start();
    let mut client = server.ask("p");
    receive(&mut client, 10_000);
    drop(client);
    // The first write that the peer refuses is a reset, all others are broken pipes. Which one it is depends on how many
    // were under way.
    let line = server.running.line("served: ");
    assert!(
        line.contains("a pipe was closed (error code: 9)")
            || line.contains("was reset by the remote server (error code: 4)"),
        "{line}"
    );
    server.goes_on();
}

#[test]
fn a_reset_is_told_from_an_end() {
    let mut server = Server::start();
    reset(server.ask("e"));
    server.running.line("served: The connection was reset by the remote server (error code: 4)");
    let client = server.ask("e");
    client.shutdown(Shutdown::Both).expect("it is connected");
    server.running.line("echo: 0 bytes");
    server.goes_on();
}

#[test]
fn a_reset_wakes_a_writer_that_waits() {
    let mut server = Server::start();
    let client = server.ask("p");
    wait_for_waiting(&mut server.running, 3);
    reset(client);
    server.running.line("served: The connection was reset by the remote server (error code: 4)");
    server.goes_on();
}

/// Waits until so many processes wait for a socket.
#[track_caller]
fn wait_for_waiting(running: &mut Running, count: usize) -> String {
    let end = Instant::now() + LIMIT;
    loop {
        let report = running.report();
        if report.matches("has been waiting for a socket for ").count() == count {
            return report;
        }
        assert!(Instant::now() < end, "{report}");
    }
}

#[test]
fn a_client_may_end_its_half_first() {
    let mut server = Server::start();
    let mut client = server.ask("ehello");
    client.shutdown(Shutdown::Write).expect("it is connected");
    assert_eq!(receive(&mut client, 6), "hello\n");
    assert_eq!(rest(&mut client), 0);
    server.running.line("echo: 5 bytes");
    server.goes_on();
}

#[test]
fn the_server_may_end_its_half_first() {
    let mut server = Server::start();
    let mut client = server.ask("l");
    let mut said = String::new();
    client.read_to_string(&mut said).expect("it ends");
    assert_eq!(said, "bye");
    client.write_all(&[b'x'; 100_000]).expect("it still reads");
    drop(client);
    server.running.line("listen: 100000 bytes");
    server.goes_on();
}

#[test]
fn a_slow_reader_keeps_nobody_else_waiting() {
    let mut server = Server::start();
    let mut client = server.ask("f");
    let report = wait_for_waiting(&mut server.running, 3);
    assert!(report.contains("in \"fill\"") && report.contains("in \"_wait_to_write\""), "{report}");
    for _ in 0..20 {
        server.goes_on();
    }
    assert_eq!(rest(&mut client), 10_000_000);
    server.running.line("fill: done");
}

#[test]
fn waiting_takes_no_time() {
    let mut server = Server::start();
    let _client = server.ask("p");
    wait_for_waiting(&mut server.running, 3);
    let used = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.running.id())).expect("it runs");
        let fields: Vec<_> = stat.rsplit(')').next().expect("a line").split_whitespace().collect();
        fields[11].parse::<u64>().expect("a time") + fields[12].parse::<u64>().expect("a time")
    };
    // The report takes time too, even after it was read. Who waits by asking again and again never comes to rest.
    let end = Instant::now() + LIMIT;
    loop {
        let before = used();
        std::thread::sleep(Duration::from_secs(1));
        let used = used() - before;
        if used <= 1 {
            return;
        }
        assert!(Instant::now() < end, "{used} hundredths of a second");
    }
}

#[test]
fn too_many_descriptors_are_an_error_of_accept() {
    let program = Program::new(SERVER);
    let mut running = Running::start(&mut program.after("ulimit -n 40"));
    let port = running.port();
    let mut served = connect(port);
    served.write_all(b"e").expect("it reads");
    let mut clients: Vec<_> = (0..60).map(|_| connect(port)).collect();
    running.line("accept: An unknown IO error occurred (error code: 0)");
    for _ in 0..20 {
        served.write_all(b"ping").expect("it reads");
        assert_eq!(receive(&mut served, 5), "ping\n");
    }
    // Those that had to wait get their turn.
    let last = clients.split_off(55);
    drop(clients);
    for mut client in last {
        client.write_all(b"eping").expect("it reads");
        assert_eq!(receive(&mut client, 5), "ping\n");
    }
}

/// Connections that nobody answers any more, in a network of their own that is taken down. There is one way out: another
/// process closes the socket.
const VANISHING: &str = r#"
import std::io::Error
import std::net::socket::(TcpListener, TcpStream)
import std::process::(self, Process)
import std::stdio::stdin
import std::stdio::stdout

let LISTENER = try! TcpListener.new(ip: '127.0.0.1', port: 0)
let PORT = (try! LISTENER.local_address).port
let READ = try! TcpStream.new(ip: '127.0.0.1', port: PORT)
let READ_PEER = try! LISTENER.accept
let WRITTEN = try! TcpStream.new(ip: '127.0.0.1', port: PORT)
let WRITTEN_PEER = try! LISTENER.accept

def pour(stream: TcpStream) !! Error {
  loop { try stream.print('0123456789') }
}

let reader = process.spawn {
  let parent = process.receive as Process

  try READ.read_string(size: 1) else (error) {
    stdout.print(`read: {error}`)

    ''
  }

  parent.send('the reader ends')
}

let writer = process.spawn {
  let parent = process.receive as Process

  stdout.print('ready')
  try! stdin.read_string(size: 1)
  stdout.print('pouring')
  parent.send('pouring')

  try pour(WRITTEN) else (error) {
    stdout.print(`written: {error}`)

    Nil
  }

  parent.send('the writer ends')
}

let other = process.spawn {
  let mut count = 0

  loop {
    let asker = process.receive as Process

    count += 1
    asker.send(count)
  }
}

reader.send(process.current)
writer.send(process.current)
stdout.print('main is ready')
process.receive

let mut asked = 0

while({ asked < 1_000 }) {
  other.send(process.current)
  asked = process.receive as Integer
}

stdout.print(`others went on, {asked} times`)
try! stdin.read_string(size: 1)
READ.close
WRITTEN.close
process.receive
process.receive
"#;

#[test]
fn a_peer_that_vanishes_keeps_nobody_else_waiting() {
    let alone =
        |command: &mut Command| command.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !alone(child("unshare").args(["-n", "ip", "link", "set", "lo", "up"])) {
        eprintln!("skipped: networks of one's own need `unshare -n` and `ip`, and the right to use them");
        return;
    }
    let program = Program::new(VANISHING);
    let mut command = child("unshare");
    command.args(["-n", "sh", "-c", "ip link set lo up && exec \"$0\""]).arg(&program.path);
    let mut running = Running::start(&mut command);
    running.line("main is ready");
    running.line("ready");
    let mut down = child("nsenter");
    down.args(["-t", &running.id().to_string(), "-n", "ip", "link", "set", "lo", "down"]);
    assert!(down.status().expect("nsenter runs").success());
    running.say("");
    running.line("pouring");
    running.line("others went on, 1000 times");
    wait_for_waiting(&mut running, 2);
    running.say("");
    for stream in ["read", "written"] {
        running.line(&format!("{stream}: An unknown IO error occurred (error code: 0)"));
    }
    running.end();
}

/// Somebody out there may still connect.
#[test]
fn a_program_that_waits_for_a_socket_is_not_stuck() {
    let program = Program::new(
        "
        import std::net::socket::TcpListener
        import std::process::(self, Process)
        import std::stdio::stdout

        let child = process.spawn {
          let parent = process.receive as Process
          let listener = try! TcpListener.new(ip: '127.0.0.1', port: 0)

          stdout.print(`listening at port {(try! listener.local_address).port}`)
          try! listener.accept
          parent.send('connected')
        }

        child.send(process.current)
        stdout.print(process.receive as String)
        ",
    );
    for threads in ["1", "2", "16"] {
        let mut running = Running::start(child(&program.path).env("INKO_PRIMARY_THREADS", threads));
        let port = running.port();
        wait_for_waiting(&mut running, 1);
        connect(port);
        running.line("connected");
        running.end();
    }
}

/// So many connections at once.
const CROWD: usize = 10_000;

/// Connects so often, and then does nothing until it is told to end.
const CLIENTS: &str = r#"
import std::net::socket::TcpStream
import std::process
import std::stdio::stdin
import std::stdio::stdout

let port = (try! stdin.read_string(size: 5)).to_integer
let clients: Array!(TcpStream) = Array.new

while({ clients.length < 10_000 }) {
  let client = try! TcpStream.new(ip: '127.0.0.1', port: port)

  try! client.write_string('e')
  clients.push(client)
}

stdout.print('connected')
try! stdin.read_string(size: 1)
clients.each do (client) {
  try! client.write_string('ping')
}
clients.each do (client) {
  (try! client.read_string(size: 5)).bytesize
}
stdout.print('answered')
try! stdin.read_string(size: 1)
"#;

#[test]
fn ten_thousand_idle_connections() {
    let many = format!("ulimit -n {}", CROWD + 1000);
    if !child("sh").arg("-c").arg(&many).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: {many} isn't allowed");
        return;
    }
    let (server, clients) = (Program::new(SERVER), Program::new(CLIENTS));
    let mut server = Running::start(&mut server.after(&many));
    let port = server.port();
    let (memory, descriptors) = (server.memory(), server.descriptors());
    let mut clients = Running::start(&mut clients.after(&many));
    clients.say(&format!("{port:5}"));
    clients.line("connected");
    let end = Instant::now() + LIMIT;
    while server.report().matches("in \"echo\"").count() < CROWD {
        assert!(Instant::now() < end, "they wait");
    }
    assert!(server.descriptors() <= CROWD + descriptors + 1, "{}", server.descriptors());
    let each = (server.memory() - memory) / CROWD;
    println!("{each} bytes for each idle connection with a process");
    assert!(each < 16 << 10, "{each} bytes");
    clients.say("");
    clients.line("answered");
    drop(clients);
    server.wait_for_descriptors(descriptors);
    // The server still serves.
    let mut client = connect(port);
    client.write_all(b"eping").expect("it reads");
    assert_eq!(receive(&mut client, 5), "ping\n");
}
