//! Messages are neither lost nor received twice, keep their order, and wake a waiting receiver exactly once.

use crate::mailbox::{Link, Mailbox, Sent};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::mpsc::{Receiver, Sender, channel};
use loom::thread;

/// A message with a number. Its content isn't atomic: loom would see a race.
#[repr(C)]
struct Message {
    link: Link,
    number: loom::cell::Cell<u32>,
}

/// A process; what it has received.
#[repr(align(8))]
struct Process {
    received: Vec<u32>,
}

fn send(mailbox: &Mailbox<Process>, number: u32) -> Sent<Process> {
    let message = Box::new(Message { link: Link::default(), number: loom::cell::Cell::new(number) });
    let link = Box::into_raw(message).cast();
    // SAFETY: the message is ours.
    let sent = unsafe { mailbox.send(link) };
    if matches!(sent, Sent::Closed) {
        // SAFETY: it was given back.
        drop(unsafe { Box::from_raw(link.cast::<Message>()) });
    }
    sent
}

/// Receives what is there.
fn receive(mailbox: &Mailbox<Process>, process: &mut Process) {
    let mut list = mailbox.take();
    while let Some(link) = list.pop() {
        // SAFETY: the links are those of messages, which are ours.
        let message = unsafe { Box::from_raw(link.cast::<Message>()) };
        process.received.push(message.number.get());
    }
}

/// A process that runs nowhere.
fn process() -> Box<Process> {
    Box::new(Process { received: Vec::new() })
}

/// Whoever wakes a process sends it through here to a thread that runs it, as workers' queues do.
type Queue = Sender<Box<Process>>;

fn wake(queue: &Queue, sent: Sent<Process>) -> bool {
    let Sent::Woken { receiver, .. } = sent else { return false };
    // SAFETY: woken processes are the waker's.
    queue.send(unsafe { Box::from_raw(receiver) }).expect("the queue is open");
    true
}

/// Runs a process until it has received so many messages.
fn run(
    mailbox: &Mailbox<Process>,
    queue: &Receiver<Box<Process>>,
    mut process: Box<Process>,
    count: usize,
) -> Vec<u32> {
    loop {
        receive(mailbox, &mut process);
        if process.received.len() >= count {
            return process.received.clone();
        }
        let parked = Box::into_raw(process);
        process = match mailbox.park(parked, false) {
            Some(_) => queue.recv().expect("somebody wakes the process"),
            // SAFETY: nobody has seen it.
            None => unsafe { Box::from_raw(parked) },
        };
    }
}

#[test]
fn two_senders_and_a_receiver_that_waits() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::default());
        let (queue, woken) = channel();
        let senders: Vec<_> = (0..2)
            .map(|sender| {
                let (mailbox, queue) = (mailbox.clone(), queue.clone());
                thread::spawn(move || wake(&queue, send(&mailbox, sender)))
            })
            .collect();
        let mut received = run(&mailbox, &woken, process(), 2);
        received.sort_unstable();
        assert_eq!(received, [0, 1]);
        senders.into_iter().for_each(|sender| assert!(sender.join().is_ok()));
    });
}

#[test]
fn one_sender_keeps_its_order() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::default());
        let (queue, woken) = channel();
        let sender = {
            let mailbox = mailbox.clone();
            thread::spawn(move || {
                for number in 0..3 {
                    wake(&queue, send(&mailbox, number));
                }
            })
        };
        assert_eq!(run(&mailbox, &woken, process(), 3), [0, 1, 2]);
        sender.join().expect("it sends");
    });
}

#[test]
fn a_closed_mailbox_gives_messages_back() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::<Process>::default());
        let sender = {
            let mailbox = mailbox.clone();
            thread::spawn(move || {
                let sent = [send(&mailbox, 0), send(&mailbox, 1)];
                sent.iter().filter(|sent| matches!(sent, Sent::Closed)).count()
            })
        };
        let mut left = mailbox.close();
        let mut found = 0;
        while let Some(link) = left.pop() {
            // SAFETY: as in `receive`.
            drop(unsafe { Box::from_raw(link.cast::<Message>()) });
            found += 1;
        }
        assert_eq!(found + sender.join().expect("it sends"), 2);
    });
}

/// A sender and the clock both want to end a wait: exactly one does. In the next wait only the sender's second message
/// may, not the time-out of the first.
#[test]
fn a_wait_ends_once() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::default());
        let (queue, woken) = channel();
        let first = mailbox.park(Box::into_raw(process()), true).expect("there is no message");
        let wakes = Arc::new(AtomicUsize::new(0));
        let clock = {
            let (mailbox, queue, wakes) = (mailbox.clone(), queue.clone(), wakes.clone());
            thread::spawn(move || {
                if let Some(process) = mailbox.expire(first) {
                    wakes.fetch_add(1, Ordering::Relaxed);
                    // SAFETY: as in `wake`.
                    queue.send(unsafe { Box::from_raw(process) }).expect("the queue is open");
                }
            })
        };
        let sender = {
            let (mailbox, wakes) = (mailbox.clone(), wakes.clone());
            thread::spawn(move || {
                if wake(&queue, send(&mailbox, 0)) {
                    wakes.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let mut process = woken.recv().expect("one of the two wakes the process");
        receive(&mailbox, &mut process);
        let had_message = !process.received.is_empty();
        let parked = Box::into_raw(process);
        match mailbox.park(parked, true) {
            Some(second) => {
                assert_ne!(first, second);
                assert!(mailbox.lasts(second) || !had_message);
                if had_message {
                    // Nobody is left who may wake it.
                    clock.join().expect("it ends");
                    sender.join().expect("it ends");
                    assert_eq!(mailbox.expire(second), Some(parked));
                } else {
                    // The message is still to come.
                    assert_eq!(&raw const *woken.recv().expect("the sender wakes it"), parked.cast_const());
                    clock.join().expect("it ends");
                    sender.join().expect("it ends");
                    assert_eq!(mailbox.expire(second), None);
                }
                assert_eq!(mailbox.expire(first), None);
            }
            // The message came after the time-out and before the second wait.
            None => {
                assert!(!had_message);
                clock.join().expect("it ends");
                sender.join().expect("it ends");
                assert_eq!(wakes.load(Ordering::Relaxed), 1);
            }
        }
        let mut rest = mailbox.close();
        while let Some(link) = rest.pop() {
            // SAFETY: as in `receive`.
            drop(unsafe { Box::from_raw(link.cast::<Message>()) });
        }
    });
}
