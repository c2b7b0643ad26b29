//! Moments, as exactly as a timer of the kernel has them and much faster to be had than an exact time.

use std::mem::MaybeUninit;
use std::time::Duration;

/// A moment, to about 4 ms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// Milliseconds since the system was started.
    milliseconds: u64,
}

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        let mut now = MaybeUninit::<libc::timespec>::uninit();
        // SAFETY: there is room for the answer, which this clock always gives.
        let now = unsafe {
            libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, now.as_mut_ptr());
            now.assume_init()
        };
        Self { milliseconds: now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000 }
    }

    /// The time since then.
    pub fn elapsed(self) -> Duration {
        Duration::from_millis(Self::now().milliseconds - self.milliseconds)
    }
}
