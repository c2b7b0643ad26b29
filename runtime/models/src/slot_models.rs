//! A process that somebody looks at doesn't go away meanwhile.

use crate::slot::Slot;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

#[repr(align(8))]
struct Process {
    /// Written by whoever looks, and by the thread that ran the process after its end.
    value: UnsafeCell<u32>,
}

fn touch(process: *mut Process) {
    // SAFETY: what the model checks.
    unsafe { (*process).value.with_mut(|value| *value += 1) };
}

#[test]
fn processes_stay_while_they_are_looked_at() {
    loom::model(|| {
        let slot = Arc::new(Slot::default());
        let looking = {
            let slot = slot.clone();
            thread::spawn(move || slot.with(touch))
        };
        for _ in 0..2 {
            let process = Box::into_raw(Box::new(Process { value: UnsafeCell::new(0) }));
            slot.begin(process);
            slot.end(process);
            touch(process);
            // SAFETY: it came from a box.
            drop(unsafe { Box::from_raw(process) });
        }
        looking.join().expect("it ends");
    });
}
