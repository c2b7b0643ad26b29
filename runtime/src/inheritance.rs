//! What children of ours have of us while they are being started.
//!
//! Between fork and exec a child has copies of all our descriptors. What another process closes meanwhile would stay open: its
//! address in use, the script that was just written "busy". So [`forget`] waits for children that are being started.

use libc::c_int;
use parking_lot::{RwLock, RwLockReadGuard};
use std::mem::MaybeUninit;

/// Held for reading while a child is being started.
static STARTING: RwLock<()> = RwLock::new(());

/// To be held while a child is started.
pub fn starting() -> RwLockReadGuard<'static, ()> {
    STARTING.read()
}

/// Returns once no child has a copy of a descriptor that was closed before the call.
pub fn forget() {
    drop(STARTING.write());
}

/// Closes all sockets and files but the standard streams. `exec` would do so too, but may close the channel that tells the
/// parent of its success before. To be called between fork and exec: it makes nothing but calls of the system.
pub fn close() {
    /// Where a name begins in what `getdents64` gives, and where the size of the entry is.
    const NAME: usize = 19;
    const SIZE: usize = 16;
    let mut entries = [0_u8; 4096];
    // SAFETY: the name ends with a zero, and the calls write as much as there is room for.
    unsafe {
        let directory = libc::open(c"/proc/self/fd".as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY);
        loop {
            let read =
                libc::syscall(libc::SYS_getdents64, directory, entries.as_mut_ptr(), entries.len()).max(0);
            let mut rest = &entries[..read as usize];
            if rest.is_empty() {
                break;
            }
            while !rest.is_empty() {
                let size = usize::from(u16::from_ne_bytes([rest[SIZE], rest[SIZE + 1]]));
                let digits = rest[NAME..size].iter().take_while(|byte| byte.is_ascii_digit());
                let number = digits.fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
                if number > libc::STDERR_FILENO && is_to_close(number) {
                    libc::close(number);
                }
                rest = &rest[size..];
            }
        }
        libc::close(directory);
    }
}

/// Whether it is a file or a socket. Rust's library has its channel to the parent in a nameless socket for packets, which
/// must stay to tell of a failure.
fn is_to_close(descriptor: c_int) -> bool {
    let mut found = MaybeUninit::<libc::stat>::uninit();
    let (mut kind, mut name): (c_int, _) = (0, MaybeUninit::<libc::sockaddr_un>::uninit());
    let mut kind_size = size_of::<c_int>() as libc::socklen_t;
    let mut name_size = size_of::<libc::sockaddr_un>() as libc::socklen_t;
    // SAFETY: there is room for the answers, and the status is there if the call succeeds.
    unsafe {
        if libc::fstat(descriptor, found.as_mut_ptr()) != 0 {
            return false;
        }
        let mode = found.assume_init().st_mode & libc::S_IFMT;
        if mode != libc::S_IFSOCK {
            return mode == libc::S_IFREG;
        }
        let kind_at = (&raw mut kind).cast();
        libc::getsockopt(descriptor, libc::SOL_SOCKET, libc::SO_TYPE, kind_at, &mut kind_size);
        libc::getsockname(descriptor, name.as_mut_ptr().cast(), &mut name_size);
    }
    kind != libc::SOCK_SEQPACKET || name_size as usize > size_of::<libc::sa_family_t>()
}
