//! Sockets, which objects own.
//!
//! An object has a pointer to its [`Socket`], by reference count: a constant shares it with the object that it was made
//! from. The copy of an object in a message owns a duplicate, so both must be closed. Duplicates have one descriptor, so
//! none is refused, and it is closed with the last of them; to programs it looks as if each had its own.
//!
//! *Guarantees:* no operation blocks a thread. Every descriptor is closed on `exec`, and exactly once: when all duplicates
//! were closed, their objects were collected, or the heaps of their processes are gone. Closing wakes every process that
//! waits for the socket, which then finds it closed. A descriptor is registered with the poller when a process first waits
//! for it, and never again, and the registration goes before the descriptor.

use crate::inheritance;
use crate::object::{Object, class_of};
use crate::panic::panic;
use crate::process::{Action, Process};
use crate::readiness::{Direction, Edge, Readiness};
use crate::scheduler;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::word::Word;
use parking_lot::{Mutex, RwLock};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Set once a program has a socket linger.
static LINGERING: AtomicBool = AtomicBool::new(false);

/// The readiness of sockets that are gone. None is ever freed, because an edge may come too late.
static UNUSED: Mutex<Vec<&'static Readiness<Process>>> = Mutex::new(Vec::new());

/// A socket.
#[derive(Debug)]
pub struct Socket {
    /// `None` when it is closed. Operations hold the lock for reading: they don't take long, and the descriptor mustn't
    /// become another's meanwhile.
    open: RwLock<Option<Arc<Open>>>,
}

/// What duplicates have in common.
#[derive(Debug)]
struct Open {
    socket: socket2::Socket,
    readiness: &'static Readiness<Process>,
    /// Whether the poller knows it.
    registered: AtomicBool,
    /// Held to register it.
    registering: Mutex<()>,
    /// Whether less than was asked for is everything there is: so it is with TCP.
    short_is_all: bool,
    /// The epoch in which everything was read that there was, or 0.
    drained: AtomicU64,
}

/// What a process waits for.
#[derive(Debug)]
pub struct Wait {
    readiness: &'static Readiness<Process>,
    direction: Direction,
}

impl Wait {
    /// Parks the process, if it must wait at all.
    pub fn park(&self, process: Box<Process>) -> Result<(), Box<Process>> {
        let noted = process.execution.noted;
        let process = Box::into_raw(process);
        // SAFETY: the process was ours. If it is parked it belongs to whoever wakes it, else nobody has seen it.
        unsafe {
            let parked = self.readiness.park(process, self.direction, noted);
            if parked { Ok(()) } else { Err(Box::from_raw(process)) }
        }
    }
}

/// Does something until no signal interrupts it.
fn retried<R>(mut operation: impl FnMut() -> io::Result<R>) -> io::Result<R> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Open {
    fn new(socket: socket2::Socket, short_is_all: bool) -> Self {
        let readiness = UNUSED.lock().pop().unwrap_or_else(|| Box::leak(Box::default()));
        readiness.reset();
        Self {
            socket,
            readiness,
            registered: AtomicBool::new(false),
            registering: Mutex::new(()),
            short_is_all,
            drained: AtomicU64::new(0),
        }
    }

    fn register(&self) -> io::Result<()> {
        if self.registered.load(Ordering::Acquire) {
            return Ok(());
        }
        let _registering = self.registering.lock();
        if !self.registered.load(Ordering::Relaxed) {
            scheduler::watch(self.socket.as_fd(), self.readiness)?;
            self.registered.store(true, Ordering::Release);
        }
        Ok(())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if *self.registered.get_mut() {
            scheduler::unwatch(self.socket.as_fd());
        }
        if LINGERING.load(Ordering::Relaxed)
            && matches!(self.socket.linger(), Ok(Some(time)) if !time.is_zero())
        {
            // Closing would block the thread. The system sends what is left without it as well.
            let _ = self.socket.set_linger(None);
        }
        // An edge that comes late is one too many for whoever gets this next.
        UNUSED.lock().push(self.readiness);
    }
}

impl Socket {
    /// A socket that is open and doesn't block.
    pub fn new(socket: socket2::Socket, is_tcp: bool) -> Self {
        Self { open: RwLock::new(Some(Arc::new(Open::new(socket, is_tcp)))) }
    }

    fn with_open<R>(&self, operation: impl FnOnce(&Open) -> io::Result<R>) -> io::Result<R> {
        match &*self.open.read() {
            Some(open) => operation(open),
            None => Err(io::Error::from_raw_os_error(libc::EBADF)),
        }
    }

    /// Does something with it that doesn't block.
    ///
    /// # Errors
    /// That of the operation, or the socket is closed.
    pub fn with<R>(&self, mut operation: impl FnMut(&socket2::Socket) -> io::Result<R>) -> io::Result<R> {
        self.with_open(|open| retried(|| operation(&open.socket)))
    }

    /// Does something that a process may have to wait for, in which case the epoch is noted for [`Socket::wait`].
    ///
    /// # Errors
    /// Those of [`Socket::with`]; if the process must wait, of the kind `WouldBlock`.
    pub fn attempt<R>(
        &self,
        process: &mut Process,
        mut operation: impl FnMut(&socket2::Socket) -> io::Result<R>,
    ) -> io::Result<R> {
        self.with_open(|open| {
            process.execution.noted = open.readiness.epoch();
            retried(|| operation(&open.socket))
        })
    }

    /// Receives something, like [`Socket::attempt`].
    ///
    /// # Errors
    /// As above.
    pub fn receive(&self, process: &mut Process, room: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
        self.with_open(|open| {
            let epoch = open.readiness.epoch();
            process.execution.noted = epoch;
            // Nothing has come since everything was taken, so an attempt would be in vain.
            if open.drained.load(Ordering::Relaxed) == epoch && !open.readiness.may_have_more() {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let size = retried(|| open.socket.recv(room))?;
            // An end is none to wait for.
            let everything = open.short_is_all && (1..room.len()).contains(&size);
            if everything && open.registered.load(Ordering::Acquire) {
                open.drained.store(epoch, Ordering::Relaxed);
            }
            Ok(size)
        })
    }

    /// Stops the process until what it has attempted last may work.
    ///
    /// # Errors
    /// The socket is closed, or the system can't watch it.
    pub fn wait(&self, process: &mut Process, direction: Direction) -> io::Result<()> {
        self.with_open(|open| {
            open.register()?;
            process.suspend(Action::Watch(Wait { readiness: open.readiness, direction }));
            Ok(())
        })
    }

    /// Something was done to the socket that those who wait for it must see.
    pub fn changed(&self) {
        if let Some(open) = &*self.open.read() {
            scheduler::wake_all(open.readiness.wake(Edge::BOTH));
        }
    }

    /// Closes it, if it is open.
    pub fn close(&self) {
        let Some(open) = self.open.write().take() else { return };
        // Those who wait for a duplicate find nothing, and wait again.
        scheduler::wake_all(open.readiness.wake(Edge::BOTH));
        drop(open);
        inheritance::forget();
    }

    /// To be called before a socket is told to linger.
    pub fn note_lingering() {
        LINGERING.store(true, Ordering::Relaxed);
    }

    fn duplicate(&self) -> Self {
        Self { open: RwLock::new(self.open.read().clone()) }
    }
}

/// Whether the objects of a class own sockets.
pub fn is_class(number: u32) -> bool {
    matches!(number, class::IP_SOCKET | class::UNIX_SOCKET)
}

fn at<'a>(object: Object) -> &'a Socket {
    // SAFETY: the object owns a count.
    unsafe { &*(object.raw(HANDLE_POINTER) as *const Socket) }
}

/// The socket of an object; the borrow must end before the object can die. Panics if the value is none: classes of programs
/// may call themselves sockets.
pub fn of<'a>(process: &mut Process, value: Word) -> &'a Socket {
    if !is_class(class_of(value)) {
        let name = crate::object::class_name(value);
        panic(process, format_args!("an object of {name} isn't a socket of the system"));
    }
    at(Object::of(value))
}

/// Gives the copy of an object a socket of its own.
pub fn duplicated(copy: Object) {
    copy.set_raw(HANDLE_POINTER, Arc::into_raw(Arc::new(at(copy).duplicate())) as u64);
}

/// Accounts for the copy of an object that has the same socket.
pub fn shared(copy: Object) {
    // SAFETY: the original owns a count.
    unsafe { Arc::increment_strong_count(copy.raw(HANDLE_POINTER) as *const Socket) };
}

/// Releases the socket of a dead object.
pub fn release(object: Object) {
    // SAFETY: the pointer came from `into_raw`, and the object gives up its count.
    drop(unsafe { Arc::from_raw(object.raw(HANDLE_POINTER) as *const Socket) });
}

impl Process {
    /// Makes an object that owns a socket.
    pub(crate) fn socket(&mut self, number: u32, socket: socket2::Socket, is_tcp: bool) -> Word {
        debug_assert!(is_class(number));
        let object = self.object(16, header(number, FLAG_EXTERNAL));
        object.set_raw(HANDLE_POINTER, Arc::into_raw(Arc::new(Socket::new(socket, is_tcp))) as u64);
        self.heap.add_external(&mut self.head, object);
        object.word()
    }
}

#[cfg(test)]
mod tests {
    use crate::readiness::{Direction, Edge, Link, Readiness};
    use std::ptr;

    struct Waiter(*mut Waiter);

    impl Link for Waiter {
        fn link(&mut self) -> &mut *mut Self {
            &mut self.0
        }
    }

    fn waiters<const N: usize>() -> [Waiter; N] {
        std::array::from_fn(|_| Waiter(ptr::null_mut()))
    }

    fn park(readiness: &Readiness<Waiter>, waiter: &mut Waiter, direction: Direction) {
        // SAFETY: the waiter outlives its wait.
        assert!(unsafe { readiness.park(waiter, direction, readiness.epoch()) });
    }

    #[test]
    fn waiters_are_woken_in_their_order() {
        let readiness = Readiness::default();
        let mut all = waiters::<3>();
        let addresses = all.each_mut().map(ptr::from_mut);
        all.iter_mut().for_each(|waiter| park(&readiness, waiter, Direction::Read));
        assert_eq!(readiness.wake(Edge::BOTH).collect::<Vec<_>>(), addresses);
        assert_eq!(readiness.wake(Edge::BOTH).count(), 0);
    }

    #[test]
    fn an_edge_wakes_one_direction() {
        let readiness = Readiness::default();
        let [mut reader, mut writer] = waiters();
        park(&readiness, &mut reader, Direction::Read);
        park(&readiness, &mut writer, Direction::Write);
        assert_eq!(readiness.wake(Edge { read: false, write: true }).collect::<Vec<_>>(), [&raw mut writer]);
        assert_eq!(readiness.wake(Edge { read: true, write: false }).collect::<Vec<_>>(), [&raw mut reader]);
    }

    #[test]
    fn an_edge_since_the_attempt_prevents_the_wait() {
        let readiness = Readiness::default();
        let [mut waiter] = waiters();
        let noted = readiness.epoch();
        assert_eq!(readiness.wake(Edge { read: true, write: false }).count(), 0);
        // SAFETY: it isn't parked.
        assert!(!unsafe { readiness.park(&mut waiter, Direction::Read, noted) });
        park(&readiness, &mut waiter, Direction::Read);
        assert_eq!(readiness.wake(Edge::BOTH).count(), 1);
    }

    #[test]
    fn both_directions_are_woken_together() {
        let readiness = Readiness::default();
        let [mut reader, mut writer] = waiters();
        park(&readiness, &mut writer, Direction::Write);
        park(&readiness, &mut reader, Direction::Read);
        assert_eq!(readiness.wake(Edge::BOTH).collect::<Vec<_>>(), [&raw mut reader, &raw mut writer]);
    }
}
