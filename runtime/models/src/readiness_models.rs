//! No process waits for something that is there, and each is woken once.

use crate::readiness::{Direction, Edge, Link, Readiness};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::mpsc::{Receiver, Sender, channel};
use loom::thread;
use std::ptr;

/// A process that waits until it has taken something.
struct Process {
    link: *mut Process,
}

// SAFETY: what the model checks.
unsafe impl Send for Process {}

impl Link for Process {
    fn link(&mut self) -> &mut *mut Self {
        &mut self.link
    }
}

/// A socket: how much has arrived, which is all that the system knows of it.
#[derive(Default)]
struct Socket {
    arrived: AtomicUsize,
    closed: AtomicUsize,
    readiness: Readiness<Process>,
}

/// Whoever wakes a process sends it through here to the thread that runs it, as workers' queues do.
type Queue = Sender<Box<Process>>;

fn wake(socket: &Socket, edge: Edge, queue: &Queue) {
    for process in socket.readiness.wake(edge) {
        // SAFETY: woken processes are the waker's.
        queue.send(unsafe { Box::from_raw(process) }).expect("the queue is open");
    }
}

/// Something arrives, of which the system then reports an edge.
fn arrive(socket: &Socket, queue: &Queue) {
    socket.arrived.fetch_add(1, Ordering::Release);
    wake(socket, Edge { read: true, write: false }, queue);
}

/// Takes one that has arrived.
fn attempt(socket: &Socket) -> bool {
    let mut arrived = socket.arrived.load(Ordering::Acquire);
    while arrived > 0 {
        match socket.arrived.compare_exchange(arrived, arrived - 1, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return true,
            Err(found) => arrived = found,
        }
    }
    false
}

/// Runs a process until it has taken one. Whether it did before the socket was closed.
fn read(socket: &Socket, woken: &Receiver<Box<Process>>) -> bool {
    let mut process = Box::new(Process { link: ptr::null_mut() });
    loop {
        let noted = socket.readiness.epoch();
        if socket.closed.load(Ordering::Acquire) != 0 {
            return false;
        }
        if attempt(socket) {
            return true;
        }
        let parked = Box::into_raw(process);
        // SAFETY: the process is ours.
        process = if unsafe { socket.readiness.park(parked, Direction::Read, noted) } {
            woken.recv().expect("somebody wakes the process")
        } else {
            // SAFETY: nobody has seen it.
            unsafe { Box::from_raw(parked) }
        };
    }
}

#[test]
fn what_arrives_is_read() {
    loom::model(|| {
        let socket = Arc::new(Socket::default());
        let (queue, woken) = channel();
        let system = {
            let (socket, queue) = (socket.clone(), queue.clone());
            thread::spawn(move || (0..2).for_each(|_| arrive(&socket, &queue)))
        };
        assert!(read(&socket, &woken));
        assert!(read(&socket, &woken));
        system.join().expect("it ends");
    });
}

/// Two that arrive may be one edge: neither process may wait for the second.
#[test]
fn two_readers_share_one_edge() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let socket = Arc::new(Socket::default());
        let (queue, woken) = channel();
        // Any thread may run any process.
        let woken = Arc::new(loom::sync::Mutex::new(woken));
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (socket, woken) = (socket.clone(), woken.clone());
                thread::spawn(move || read_shared(&socket, &woken))
            })
            .collect();
        socket.arrived.fetch_add(2, Ordering::Release);
        wake(&socket, Edge { read: true, write: false }, &queue);
        readers.into_iter().for_each(|reader| assert!(reader.join().is_ok()));
    });
}

/// As [`read`], with a queue that several threads share.
fn read_shared(socket: &Socket, woken: &loom::sync::Mutex<Receiver<Box<Process>>>) {
    let mut process = Box::new(Process { link: ptr::null_mut() });
    loop {
        let noted = socket.readiness.epoch();
        if attempt(socket) {
            return;
        }
        let parked = Box::into_raw(process);
        // SAFETY: as in `read`.
        process = if unsafe { socket.readiness.park(parked, Direction::Read, noted) } {
            woken.lock().expect("no thread panics").recv().expect("somebody wakes the process")
        } else {
            // SAFETY: as in `read`.
            unsafe { Box::from_raw(parked) }
        };
    }
}

#[test]
fn closing_wakes_a_reader() {
    loom::model(|| {
        let socket = Arc::new(Socket::default());
        let (queue, woken) = channel();
        let closer = {
            let (socket, queue) = (socket.clone(), queue.clone());
            thread::spawn(move || {
                socket.closed.store(1, Ordering::Release);
                wake(&socket, Edge::BOTH, &queue);
            })
        };
        assert!(!read(&socket, &woken));
        closer.join().expect("it ends");
    });
}

/// An edge in one direction isn't lost for the other: the epoch is common to both.
#[test]
fn an_edge_for_writers_doesnt_hide_one_for_readers() {
    loom::model(|| {
        let socket = Arc::new(Socket::default());
        let (queue, woken) = channel();
        let system = {
            let (socket, queue) = (socket.clone(), queue.clone());
            thread::spawn(move || {
                wake(&socket, Edge { read: false, write: true }, &queue);
                arrive(&socket, &queue);
            })
        };
        assert!(read(&socket, &woken));
        system.join().expect("it ends");
    });
}
