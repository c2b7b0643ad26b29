//! Sockets. None of these blocks: what a process has to wait for gives [`WAIT`], whereupon std waits and calls again.
//!
//! Addresses are a text and a port. The address of a Unix socket is its path, or a NUL and the name in Linux's abstract
//! namespace, or nothing; its port is -1.

use super::stdio::failed;
use super::{integer, write_barrier};
use crate::object::{Object, byte_elements, bytes, class_of, text};
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use crate::readiness::Direction;
use crate::{scheduler, socket};
use inko_abi::class;
use inko_abi::object::{BYTES_LENGTH, BYTES_STORAGE, STORAGE_CAPACITY};
use inko_abi::word::{self, Word};
use socket2::{Domain, SockAddr, Socket, Type};
use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Shutdown, SocketAddr};

/// In place of a size: the process must wait.
const WAIT: i64 = -1;
/// In place of a size: the process must try again later, because there is nothing to wait for.
const LATER: i64 = -2;

/// No more than this is received at a time into memory of the thread.
const LARGEST: usize = 1 << 20;
/// So much is received at a time when everything is wanted.
const PIECE: usize = 64 << 10;

thread_local! {
    /// Where data goes first when it isn't known how much will come: an array with room for all that may would take much
    /// memory while its process waits.
    static RECEIVED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// An integer of the C library; panics if the value doesn't fit.
pub(super) fn converted<T: TryFrom<i64>>(process: &mut Process, value: Word, kind: &str) -> T {
    if word::is_small(value)
        && let Ok(converted) = T::try_from(word::small_value(value))
    {
        return converted;
    }
    let value = integer::to_text(value, 10);
    panic(process, format_args!("{value} can't be converted to a {kind} bits integer"))
}

/// A size; panics if the value is none.
pub(super) fn size(process: &mut Process, value: Word) -> usize {
    if word::is_small(value)
        && let Ok(size) = usize::try_from(word::small_value(value))
    {
        return size;
    }
    let value = integer::to_text(value, 10);
    panic(process, format_args!("{value} is too big to convert to an unsigned integer"))
}

/// Whether a process must wait, in which case nothing has happened.
fn would_block(error: &io::Error) -> bool {
    error.kind() == ErrorKind::WouldBlock || error.raw_os_error() == Some(libc::EINPROGRESS)
}

/// A size, [`WAIT`], or an error thrown.
fn sized(result: io::Result<usize>) -> Outcome {
    match result {
        Ok(size) => Outcome::value(word::small(size as i64)),
        Err(error) if would_block(&error) => Outcome::value(word::small(WAIT)),
        Err(error) => failed(&error),
    }
}

fn done(result: io::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::value(word::NIL),
        Err(error) => failed(&error),
    }
}

/// An address, for a socket of a class.
fn address(process: &mut Process, of: Word, host: Word, port: Word) -> io::Result<SockAddr> {
    let host = text(host);
    if class_of(of) == class::UNIX_SOCKET {
        let path = host.strip_prefix('\0').unwrap_or(host);
        if path.len() == host.len() && path.contains('\0') {
            return Err(ErrorKind::InvalidInput.into());
        }
        return SockAddr::unix(host);
    }
    let port: u16 = converted(process, port, "unsigned 16");
    let ip: IpAddr = host.parse().map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    Ok(SocketAddr::new(ip, port).into())
}

/// An Array of the text and the port of an address.
fn described(process: &mut Process, address: &SockAddr) -> Word {
    let (host, port) = if let Some(ip) = address.as_socket() {
        (ip.ip().to_string(), i64::from(ip.port()))
    } else if let Some(name) = address.as_abstract_namespace() {
        (format!("\0{}", String::from_utf8_lossy(name)), -1)
    } else {
        (address.as_pathname().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(), -1)
    };
    let host = process.string(&host);
    process.array(&[host, word::small(port)])
}

fn made(process: &mut Process, class: u32, domain: Domain, kind: Word) -> Outcome {
    let types = [Type::STREAM, Type::DGRAM, Type::SEQPACKET, Type::from(libc::SOCK_RAW)];
    let found = word::is_small(kind).then(|| types.get(word::small_value(kind) as usize).copied()).flatten();
    let Some(found) = found else {
        let kind = integer::to_text(kind, 10);
        panic(process, format_args!("{kind} is not a valid type of sockets"))
    };
    let kind = found.nonblocking().cloexec();
    match scheduler::start_poller().and_then(|()| Socket::new_raw(domain, kind, None)) {
        Ok(socket) => {
            let is_tcp = class == class::IP_SOCKET && found == Type::STREAM;
            Outcome::value(process.socket(class, socket, is_tcp))
        }
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn socket_allocate_ipv4(process: &mut Process, kind: Word) -> Outcome {
    made(process, class::IP_SOCKET, Domain::IPV4, kind)
}

pub(crate) extern "C" fn socket_allocate_ipv6(process: &mut Process, kind: Word) -> Outcome {
    made(process, class::IP_SOCKET, Domain::IPV6, kind)
}

pub(crate) extern "C" fn socket_allocate_unix(process: &mut Process, kind: Word) -> Outcome {
    made(process, class::UNIX_SOCKET, Domain::UNIX, kind)
}

pub(crate) extern "C" fn socket_bind(process: &mut Process, of: Word, host: Word, port: Word) -> Outcome {
    let socket = socket::of(process, of);
    done(address(process, of, host, port).and_then(|address| socket.with(|socket| socket.bind(&address))))
}

pub(crate) extern "C" fn socket_connect(process: &mut Process, of: Word, host: Word, port: Word) -> Outcome {
    let socket = socket::of(process, of);
    // The second attempt tells what became of the first.
    let result = address(process, of, host, port)
        .and_then(|address| socket.attempt(process, |socket| socket.connect(&address)));
    let code = |error: &io::Error| error.raw_os_error();
    match result {
        Err(error) if code(&error) == Some(libc::EISCONN) => sized(Ok(0)),
        Err(error) if code(&error) == Some(libc::EALREADY) => Outcome::value(word::small(WAIT)),
        // The queue of a listener is full, and nothing tells when it no longer is.
        Err(error) if code(&error) == Some(libc::EAGAIN) => Outcome::value(word::small(LATER)),
        result => sized(result.map(|()| 0)),
    }
}

pub(crate) extern "C" fn socket_listen(process: &mut Process, of: Word, backlog: Word) -> Outcome {
    let socket = socket::of(process, of);
    let length = converted(process, backlog, "signed 32");
    match socket.with(|socket| socket.listen(length)) {
        Ok(()) => Outcome::value(backlog),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn socket_accept(process: &mut Process, of: Word) -> Outcome {
    let socket = socket::of(process, of);
    let accept = |socket: &Socket| socket.accept4(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
    match socket.attempt(process, accept) {
        Ok((accepted, _)) => {
            let class = class_of(of);
            Outcome::value(process.socket(class, accepted, class == class::IP_SOCKET))
        }
        Err(error) if would_block(&error) => Outcome::value(word::UNDEFINED),
        Err(error) => failed(&error),
    }
}

/// Appends what an operation receives to a byte array: up to `limit` bytes. The operation is given the room that there is.
fn receive<R>(
    process: &mut Process,
    array: Word,
    limit: usize,
    operation: impl FnOnce(&mut Process, &mut [MaybeUninit<u8>]) -> io::Result<(usize, R)>,
) -> io::Result<(usize, R)> {
    write_barrier(process, array);
    let object = Object::of(array);
    let length = object.raw(BYTES_LENGTH) as usize;
    let capacity = Object::of(object.raw(BYTES_STORAGE)).raw(STORAGE_CAPACITY) as usize;
    if capacity - length >= limit {
        // SAFETY: the room is behind the elements, and nobody else uses the array.
        let room = unsafe {
            let end = byte_elements(array).as_mut_ptr().add(length);
            std::slice::from_raw_parts_mut(end.cast(), limit)
        };
        let (size, rest) = operation(process, room)?;
        object.set_raw(BYTES_LENGTH, (length + size) as u64);
        return Ok((size, rest));
    }
    let limit = limit.min(LARGEST);
    RECEIVED.with_borrow_mut(|received| {
        received.reserve(limit);
        let (size, rest) = operation(process, &mut received.spare_capacity_mut()[..limit])?;
        // SAFETY: the system has filled so many bytes, which is no more than there is room for.
        process.append_bytes(array, unsafe { std::slice::from_raw_parts(received.as_ptr(), size) });
        Ok((size, rest))
    })
}

pub(crate) extern "C" fn socket_read(process: &mut Process, of: Word, array: Word, limit: Word) -> Outcome {
    let socket = socket::of(process, of);
    let limit = match size(process, limit) {
        0 => PIECE,
        limit => limit,
    };
    let result = receive(process, array, limit, |process, room| Ok((socket.receive(process, room)?, ())));
    sized(result.map(|(size, ())| size))
}

fn write(process: &mut Process, of: Word, data: &[u8], from: Word) -> Outcome {
    let socket = socket::of(process, of);
    let data = &data[size(process, from).min(data.len())..];
    sized(socket.attempt(process, |socket| socket.send_with_flags(data, libc::MSG_NOSIGNAL)))
}

pub(crate) extern "C" fn socket_write_string(
    process: &mut Process,
    of: Word,
    string: Word,
    from: Word,
) -> Outcome {
    write(process, of, bytes(string), from)
}

pub(crate) extern "C" fn socket_write_bytes(
    process: &mut Process,
    of: Word,
    array: Word,
    from: Word,
) -> Outcome {
    write(process, of, byte_elements(array), from)
}

pub(crate) extern "C" fn socket_receive_from(
    process: &mut Process,
    of: Word,
    array: Word,
    limit: Word,
) -> Outcome {
    let socket = socket::of(process, of);
    let limit = size(process, limit);
    let result = receive(process, array, limit, |process, room| {
        socket.attempt(process, |socket| {
            let (size, sender) = socket.recv_from(room)?;
            // Those of streams come without a sender: it is always the same.
            let sender =
                if sender.as_socket().is_none() && !sender.is_unix() { socket.peer_addr()? } else { sender };
            Ok((size, sender))
        })
    });
    match result {
        Ok((_, sender)) => Outcome::value(described(process, &sender)),
        Err(error) if would_block(&error) => Outcome::value(word::UNDEFINED),
        Err(error) => failed(&error),
    }
}

fn send_to(process: &mut Process, of: Word, data: &[u8], host: Word, port: Word) -> Outcome {
    let socket = socket::of(process, of);
    let result = address(process, of, host, port).and_then(|address| {
        socket.attempt(process, |socket| socket.send_to_with_flags(data, &address, libc::MSG_NOSIGNAL))
    });
    match result {
        // It is the queue of the receiver that is full, and nothing tells when it no longer is.
        Err(error) if would_block(&error) && class_of(of) == class::UNIX_SOCKET => {
            Outcome::value(word::small(LATER))
        }
        result => sized(result),
    }
}

pub(crate) extern "C" fn socket_send_string_to(
    process: &mut Process,
    of: Word,
    string: Word,
    host: Word,
    port: Word,
) -> Outcome {
    send_to(process, of, bytes(string), host, port)
}

pub(crate) extern "C" fn socket_send_bytes_to(
    process: &mut Process,
    of: Word,
    array: Word,
    host: Word,
    port: Word,
) -> Outcome {
    send_to(process, of, byte_elements(array), host, port)
}

fn wait(process: &mut Process, of: Word, direction: Direction) -> Outcome {
    done(socket::of(process, of).wait(process, direction))
}

pub(crate) extern "C" fn socket_wait_to_read(process: &mut Process, of: Word) -> Outcome {
    wait(process, of, Direction::Read)
}

pub(crate) extern "C" fn socket_wait_to_write(process: &mut Process, of: Word) -> Outcome {
    wait(process, of, Direction::Write)
}

/// The end of a wait for a socket.
pub(crate) extern "C" fn socket_has_waited(_: &mut Process) -> Outcome {
    Outcome::value(word::NIL)
}

fn shut(process: &mut Process, of: Word, how: Shutdown) -> Outcome {
    let socket = socket::of(process, of);
    let result = socket.with(|socket| socket.shutdown(how));
    socket.changed();
    done(result)
}

pub(crate) extern "C" fn socket_shutdown_read(process: &mut Process, of: Word) -> Outcome {
    shut(process, of, Shutdown::Read)
}

pub(crate) extern "C" fn socket_shutdown_write(process: &mut Process, of: Word) -> Outcome {
    shut(process, of, Shutdown::Write)
}

pub(crate) extern "C" fn socket_shutdown_read_write(process: &mut Process, of: Word) -> Outcome {
    shut(process, of, Shutdown::Both)
}

pub(crate) extern "C" fn socket_close(process: &mut Process, of: Word) {
    let socket = socket::of(process, of);
    process.outside(|| socket.close());
}

fn end(process: &mut Process, of: Word, end: fn(&Socket) -> io::Result<SockAddr>) -> Outcome {
    match socket::of(process, of).with(end) {
        Ok(address) => Outcome::value(described(process, &address)),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn socket_local_address(process: &mut Process, of: Word) -> Outcome {
    end(process, of, Socket::local_addr)
}

pub(crate) extern "C" fn socket_peer_address(process: &mut Process, of: Word) -> Outcome {
    end(process, of, Socket::peer_addr)
}
