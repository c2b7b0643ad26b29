//! The examples that are servers, and their clients: each does what its comments say.

use inko_testing::servers::{LIMIT, Running, connect, receive};
use inko_testing::suite::{self, build_file, child, root, run};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use tempfile::TempDir;

/// An example that was built.
struct Example {
    _directory: TempDir,
    command: Command,
}

impl Example {
    #[track_caller]
    fn new(name: &str) -> Self {
        let directory = suite::directory();
        let output = directory.path().join(name);
        build_file(&root().join("examples").join(name).with_extension("inko"), &output);
        Self { _directory: directory, command: child(output) }
    }
}

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const RESPONSE: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!";

#[test]
fn the_http_server_answers_requests_as_they_come() {
    let mut example = Example::new("http_server");
    let mut server = Running::start(&mut example.command);
    let port = server.port();
    let mut client = connect(port);
    let mut ask = |text: &str, count: usize| {
        client.write_all(text.as_bytes()).expect("it reads");
        assert_eq!(receive(&mut client, RESPONSE.len() * count), RESPONSE.repeat(count));
    };
    // One at a time, several at once, and in pieces.
    ask(REQUEST, 1);
    ask(REQUEST, 1);
    ask(&REQUEST.repeat(100), 100);
    for cut in 1..REQUEST.len() {
        ask(&REQUEST[..cut], 0);
        ask(&REQUEST[cut..], 1);
    }
    // Line feeds that end nothing.
    ask("GET / HTTP/1.1\r\nA: \r\r\n\r\n", 1);
    // Others don't wait for a client that says nothing.
    let _silent = connect(port);
    let mut other = connect(port);
    other.write_all(REQUEST.as_bytes()).expect("it reads");
    other.shutdown(Shutdown::Write).expect("it is connected");
    let mut answer = String::new();
    other.read_to_string(&mut answer).expect("it answers and closes");
    assert_eq!(answer, RESPONSE);
}

#[test]
fn the_http_server_survives_impatient_clients() {
    let mut example = Example::new("http_server");
    let mut server = Running::start(&mut example.command);
    let port = server.port();
    let before = server.descriptors();
    for count in 0..50 {
        let mut client = connect(port);
        client.write_all(REQUEST.repeat(count).as_bytes()).expect("it reads");
    }
    let mut client = connect(port);
    client.write_all(REQUEST.as_bytes()).expect("it reads");
    assert_eq!(receive(&mut client, RESPONSE.len()), RESPONSE);
    drop(client);
    server.wait_for_descriptors(before);
}

#[test]
fn the_http_server_takes_the_port_it_is_given() {
    let mut example = Example::new("http_server");
    let mut first = Running::start(&mut example.command);
    let port = first.port();
    drop(first);
    let mut second = Running::start(example.command.arg(port.to_string()));
    assert_eq!(second.port(), port);
}

#[test]
fn the_echo_client_prints_what_the_echo_server_sends_back() {
    let (mut server, mut client) = (Example::new("echo_server"), Example::new("echo_client"));
    let mut server = Running::start(&mut server.command);
    let port = server.port().to_string();
    let finished = run(client.command.args([&port, "hello", "world"]), LIMIT);
    assert_eq!((finished.status, &*finished.stdout), (Some(0), "hello\nworld\n"), "{}", finished.stderr);
    let finished = run(&mut child(client.command.get_program()), LIMIT);
    assert_eq!(finished.status, Some(2));
    drop(server);
    let finished = run(&mut client.command, LIMIT);
    assert_eq!(finished.status, Some(1));
    assert!(finished.stderr.contains("The connection was refused"), "{}", finished.stderr);
}

#[test]
fn the_echo_server_sends_back_more_than_fits_the_buffers() {
    let mut example = Example::new("echo_server");
    let mut server = Running::start(&mut example.command);
    let mut client = connect(server.port());
    let mut reader = client.try_clone().expect("it can be duplicated");
    let text = "0123456789".repeat(1_000_000);
    let sent = text.clone();
    let writer = std::thread::spawn(move || {
        client.write_all(sent.as_bytes()).expect("it reads");
        client.shutdown(Shutdown::Write).expect("it is connected");
    });
    let mut received = String::new();
    reader.read_to_string(&mut received).expect("it sends back");
    writer.join().expect("it writes");
    assert!(received == text);
}

#[test]
fn the_chat_server_tells_the_others() {
    let mut example = Example::new("chat_server");
    let mut server = Running::start(&mut example.command);
    let port = server.port();
    let before = server.descriptors();
    let mut clients: Vec<BufReader<TcpStream>> = (0..4).map(|_| BufReader::new(connect(port))).collect();
    // Who says something has joined.
    let mut says = |from: usize, text: &str, hearers: &[usize]| {
        clients[from].get_mut().write_all(format!("{text}\n").as_bytes()).expect("it reads");
        for &hearer in hearers {
            let mut line = String::new();
            clients[hearer].read_line(&mut line).expect("it speaks");
            assert_eq!(line, format!("{}: {text}\n", from + 1));
        }
    };
    says(3, "I am the last", &[0, 1, 2]);
    says(0, "hello", &[1, 2, 3]);
    says(1, "hi", &[0, 2, 3]);
    // One that leaves, and one that never reads.
    drop(clients.remove(2));
    let silent = clients.remove(1);
    let line = "x".repeat(1000);
    for _ in 0..2_000 {
        clients[0].get_mut().write_all(format!("{line}\n").as_bytes()).expect("it reads");
        let mut heard = String::new();
        clients[1].read_line(&mut heard).expect("it speaks");
        assert_eq!(heard.len(), line.len() + 4);
    }
    drop((silent, clients));
    server.wait_for_descriptors(before);
}
