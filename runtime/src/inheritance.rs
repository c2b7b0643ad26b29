//! What children of ours have of us while they are being started.
//!
//! Between fork and exec a child has copies of all our descriptors. What another process closes meanwhile would stay open: its
//! address in use, the script that was just written "busy". So [`forget`] waits for children that are being started.

use parking_lot::{RwLock, RwLockReadGuard};

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

/// Closes all sockets and files but the standard streams. `exec` would do so too, but only after it has closed the pipe
/// that tells the parent of its success. To be called between fork and exec: it makes nothing but calls of the system.
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
                let mut found = std::mem::MaybeUninit::<libc::stat>::uninit();
                if number > 2 && libc::fstat(number, found.as_mut_ptr()) == 0 {
                    let kind = found.assume_init().st_mode & libc::S_IFMT;
                    if kind == libc::S_IFSOCK || kind == libc::S_IFREG {
                        libc::close(number);
                    }
                }
                rest = &rest[size..];
            }
        }
        libc::close(directory);
    }
}
