//! The options of sockets: a pair of functions each.

use super::socket::{converted, size};
use super::stdio::failed;
use crate::object::text;
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use crate::socket;
use inko_abi::word::{self, Word};
use socket2::{Socket, TcpKeepalive};
use std::io::{self, ErrorKind};
use std::time::Duration;

/// An option as the system has it.
trait Value: Sized {
    fn to_word(self, process: &mut Process) -> Word;
    fn from_word(process: &mut Process, word: Word) -> Self;
}

impl Value for bool {
    fn to_word(self, _: &mut Process) -> Word {
        if self { word::TRUE } else { word::FALSE }
    }

    fn from_word(_: &mut Process, word: Word) -> Self {
        word == word::TRUE
    }
}

impl Value for u32 {
    fn to_word(self, _: &mut Process) -> Word {
        word::small(self.into())
    }

    fn from_word(process: &mut Process, word: Word) -> Self {
        converted(process, word, "unsigned 32")
    }
}

impl Value for usize {
    fn to_word(self, _: &mut Process) -> Word {
        word::small(self as i64)
    }

    fn from_word(process: &mut Process, word: Word) -> Self {
        // The system has a limit far below.
        size(process, word).min(i32::MAX as usize)
    }
}

/// Seconds, of which fractions are rounded up: a short time isn't none.
impl Value for Option<Duration> {
    fn to_word(self, process: &mut Process) -> Word {
        super::float_box(process, self.unwrap_or_default().as_secs_f64())
    }

    fn from_word(process: &mut Process, word: Word) -> Self {
        let seconds = crate::object::float(word);
        if seconds.is_nan() || seconds < 0.0 {
            let text = super::float_text(seconds);
            panic(process, format_args!("{text} is not a valid time duration"));
        }
        let seconds = seconds.ceil();
        if seconds > f64::from(i32::MAX) {
            let text = super::float_text(seconds);
            panic(process, format_args!("{text} can't be converted to a signed 32 bits integer"));
        }
        (seconds > 0.0).then(|| Duration::from_secs(seconds as u64))
    }
}

fn get<V: Value>(process: &mut Process, of: Word, get: fn(&Socket) -> io::Result<V>) -> Outcome {
    match socket::of(process, of).with(get) {
        Ok(value) => Outcome::value(value.to_word(process)),
        Err(error) => failed(&error),
    }
}

fn set<V: Value + Copy>(
    process: &mut Process,
    of: Word,
    value: Word,
    set: fn(&Socket, V) -> io::Result<()>,
) -> Outcome {
    let socket = socket::of(process, of);
    let converted = V::from_word(process, value);
    match socket.with(|socket| set(socket, converted)) {
        Ok(()) => Outcome::value(value),
        Err(error) => failed(&error),
    }
}

macro_rules! options {
    ($($getter:ident, $setter:ident: $value:ty = $get:expr, $set:expr;)*) => {
        $(
            pub(crate) extern "C" fn $getter(process: &mut Process, of: Word) -> Outcome {
                get::<$value>(process, of, $get)
            }

            pub(crate) extern "C" fn $setter(process: &mut Process, of: Word, value: Word) -> Outcome {
                set::<$value>(process, of, value, $set)
            }
        )*
    };
}

options! {
    socket_get_ttl, socket_set_ttl: u32 = Socket::ttl_v4, Socket::set_ttl_v4;
    socket_get_only_v6, socket_set_only_v6: bool = Socket::only_v6, Socket::set_only_v6;
    socket_get_nodelay, socket_set_nodelay: bool = Socket::tcp_nodelay, Socket::set_tcp_nodelay;
    socket_get_broadcast, socket_set_broadcast: bool = Socket::broadcast, Socket::set_broadcast;
    socket_get_linger, socket_set_linger: Option<Duration> = Socket::linger, set_linger;
    socket_get_recv_size, socket_set_recv_size: usize = Socket::recv_buffer_size, Socket::set_recv_buffer_size;
    socket_get_send_size, socket_set_send_size: usize = Socket::send_buffer_size, Socket::set_send_buffer_size;
    socket_get_keepalive, socket_set_keepalive: Option<Duration> = keepalive, set_keepalive;
    socket_get_multicast_loop_v4, socket_set_multicast_loop_v4: bool =
        Socket::multicast_loop_v4, Socket::set_multicast_loop_v4;
    socket_get_multicast_loop_v6, socket_set_multicast_loop_v6: bool =
        Socket::multicast_loop_v6, Socket::set_multicast_loop_v6;
    socket_get_multicast_ttl_v4, socket_set_multicast_ttl_v4: u32 =
        Socket::multicast_ttl_v4, Socket::set_multicast_ttl_v4;
    socket_get_multicast_hops_v6, socket_set_multicast_hops_v6: u32 =
        Socket::multicast_hops_v6, Socket::set_multicast_hops_v6;
    socket_get_multicast_if_v6, socket_set_multicast_if_v6: u32 =
        Socket::multicast_if_v6, Socket::set_multicast_if_v6;
    socket_get_unicast_hops_v6, socket_set_unicast_hops_v6: u32 =
        Socket::unicast_hops_v6, Socket::set_unicast_hops_v6;
    socket_get_reuse_address, socket_set_reuse_address: bool = Socket::reuse_address, Socket::set_reuse_address;
    socket_get_reuse_port, socket_set_reuse_port: bool = Socket::reuse_port, Socket::set_reuse_port;
}

fn set_linger(socket: &Socket, time: Option<Duration>) -> io::Result<()> {
    if time.is_some() {
        socket::Socket::note_lingering();
    }
    socket.set_linger(time)
}

fn keepalive(socket: &Socket) -> io::Result<Option<Duration>> {
    socket.keepalive()?.then(|| socket.tcp_keepalive_time()).transpose()
}

fn set_keepalive(socket: &Socket, time: Option<Duration>) -> io::Result<()> {
    match time {
        Some(time) => socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(time)),
        None => socket.set_keepalive(false),
    }
}

pub(crate) extern "C" fn socket_get_multicast_if_v4(process: &mut Process, of: Word) -> Outcome {
    match socket::of(process, of).with(Socket::multicast_if_v4) {
        Ok(address) => Outcome::value(process.string(&address.to_string())),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn socket_set_multicast_if_v4(
    process: &mut Process,
    of: Word,
    address: Word,
) -> Outcome {
    let socket = socket::of(process, of);
    let parsed = text(address).parse().map_err(|_| io::Error::from(ErrorKind::InvalidInput));
    match parsed.and_then(|parsed| socket.with(|socket| socket.set_multicast_if_v4(&parsed))) {
        Ok(()) => Outcome::value(address),
        Err(error) => failed(&error),
    }
}
