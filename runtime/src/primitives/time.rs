//! Clocks.

use crate::process::Process;
use inko_abi::word::{self, Word};
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// When the runtime started.
static START: OnceLock<Instant> = OnceLock::new();

/// Starts the monotonic clock.
pub(crate) fn start_clock() {
    START.get_or_init(Instant::now);
}

pub(crate) extern "C" fn time_monotonic(_: &mut Process) -> f64 {
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

pub(crate) extern "C" fn time_system(process: &mut Process) -> Word {
    let now = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    };
    let mut fields = std::mem::MaybeUninit::<libc::tm>::uninit();
    let seconds = now.floor() as libc::time_t;
    // SAFETY: `localtime_r` fills the structure or returns null.
    let offset = unsafe {
        match libc::localtime_r(&seconds, fields.as_mut_ptr()).is_null() {
            true => 0,
            false => fields.assume_init().tm_gmtoff,
        }
    };
    let now = super::float_box(process, now);
    process.array(&[now, word::small(offset)])
}
