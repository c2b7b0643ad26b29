//! Work that is added wakes a worker that sleeps; a lost wake-up would be a model that never ends, which loom reports.

use crate::parking::{Parking, Watch};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Arc, Notify};
use loom::thread;

/// Takes a piece of work out of a queue of which only the length is modelled.
fn take(work: &AtomicUsize) -> Option<()> {
    let mut length = work.load(Ordering::Relaxed);
    while length > 0 {
        match work.compare_exchange(length, length - 1, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => return Some(()),
            Err(found) => length = found,
        }
    }
    None
}

/// There is nothing to watch.
struct Nothing;

impl Watch for Nothing {
    type Found = ();

    fn is_there(&self) -> bool {
        false
    }

    fn watch(&self) -> Option<()> {
        unreachable!("there is nothing to watch")
    }
}

fn add(parking: &Parking, work: &AtomicUsize) {
    work.fetch_add(1, Ordering::Release);
    parking.notify(|| unreachable!("nobody watches"));
}

#[test]
fn a_worker_wakes_for_work() {
    loom::model(|| {
        let parking = Arc::new(Parking::default());
        let work = Arc::new(AtomicUsize::new(0));
        let worker = {
            let (parking, work) = (parking.clone(), work.clone());
            thread::spawn(move || (0..2).for_each(|_| parking.sleep(&Nothing, || take(&work))))
        };
        add(&parking, &work);
        add(&parking, &work);
        worker.join().expect("it finds the work");
    });
}

#[test]
fn two_workers_wake_for_two_pieces_of_work() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let parking = Arc::new(Parking::default());
        let work = Arc::new(AtomicUsize::new(0));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (parking, work) = (parking.clone(), work.clone());
                thread::spawn(move || {
                    parking.sleep(&Nothing, || take(&work));
                    // As a worker does that leaves work behind.
                    if work.load(Ordering::Relaxed) > 0 {
                        parking.notify(|| ());
                    }
                })
            })
            .collect();
        add(&parking, &work);
        add(&parking, &work);
        workers.into_iter().for_each(|worker| worker.join().expect("it finds work"));
    });
}

/// Work for one worker only, which wakes all.
#[test]
fn everybody_wakes_for_special_work() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let parking = Arc::new(Parking::default());
        let (mine, others) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let workers = [mine.clone(), others.clone()].map(|work| {
            let parking = parking.clone();
            thread::spawn(move || parking.sleep(&Nothing, || take(&work)))
        });
        for work in [mine, others] {
            work.fetch_add(1, Ordering::Release);
            parking.notify_all(|| ());
        }
        workers.into_iter().for_each(|worker| worker.join().expect("it finds its work"));
    });
}

/// The system: what it has brought, and whether somebody was interrupted. Both end one watch, as edges do.
#[derive(Default)]
struct System {
    brought: AtomicUsize,
    changed: Notify,
}

impl System {
    fn bring(&self) {
        self.brought.fetch_add(1, Ordering::Release);
        self.changed.notify();
    }
}

impl Watch for System {
    type Found = ();

    fn is_there(&self) -> bool {
        true
    }

    fn watch(&self) -> Option<()> {
        self.changed.wait();
        take(&self.brought)
    }
}

/// A worker that watches wakes for the system's work, and for that of others.
#[test]
fn a_watch_is_interrupted() {
    loom::model(|| {
        let parking = Arc::new(Parking::default());
        let work = Arc::new(AtomicUsize::new(0));
        let system = Arc::new(System::default());
        let worker = {
            let (parking, work, system) = (parking.clone(), work.clone(), system.clone());
            thread::spawn(move || (0..2).for_each(|_| parking.sleep(&*system, || take(&work))))
        };
        system.bring();
        work.fetch_add(1, Ordering::Release);
        parking.notify(|| system.changed.notify());
        worker.join().expect("it finds both");
    });
}

/// Of two workers one watches; each piece of work is found, whichever of the two it wakes.
#[test]
fn one_watches_and_one_waits() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let parking = Arc::new(Parking::default());
        let work = Arc::new(AtomicUsize::new(0));
        let system = Arc::new(System::default());
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (parking, work, system) = (parking.clone(), work.clone(), system.clone());
                thread::spawn(move || {
                    // A worker looks for what the system has before it sleeps.
                    if take(&system.brought).is_none() {
                        parking.sleep(&*system, || take(&work));
                    }
                    parking.hand_over();
                })
            })
            .collect();
        system.bring();
        work.fetch_add(1, Ordering::Release);
        parking.notify(|| system.changed.notify());
        workers.into_iter().for_each(|worker| worker.join().expect("it finds work"));
    });
}
