//! What `runtime/src/sync.rs` has, of loom.

pub use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

use std::ops::{Deref, DerefMut};
use std::time::Duration;

/// Another thread must do something first.
pub fn spin_loop() {
    loom::thread::yield_now();
}

/// A lock with the interface of `parking_lot`.
#[derive(Debug, Default)]
pub struct Mutex<T>(loom::sync::Mutex<T>);

/// See [`Mutex::lock`].
pub struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

/// A condition variable with the interface of `parking_lot`.
#[derive(Debug, Default)]
pub struct Condvar(loom::sync::Condvar);

/// Whether a wait ended because its time was over.
pub struct Waited;

impl Waited {
    /// In models time stands still.
    pub fn timed_out(&self) -> bool {
        false
    }
}

const POISONED: &str = "a model has panicked";

impl<T> Mutex<T> {
    /// A lock.
    pub fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    /// Takes the lock.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(Some(self.0.lock().expect(POISONED)))
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().expect("the lock is held but for waits")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_deref_mut().expect("the lock is held but for waits")
    }
}

impl Condvar {
    /// A condition variable.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits for a notification.
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let inner = guard.0.take().expect("the lock is held");
        guard.0 = Some(self.0.wait(inner).expect(POISONED));
    }

    /// Waits for a notification, since time stands still.
    pub fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _: Duration) -> Waited {
        self.wait(guard);
        Waited
    }

    /// Wakes one.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes all.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}
