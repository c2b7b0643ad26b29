//! What is added to the pool is taken by a thread, which the adder starts if there is none.

use crate::blocking::Pool;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Arc, Notify};
use loom::thread;

/// Starts a thread that takes `count` things from a pool.
fn start(pool: &Arc<Pool<usize>>, count: usize, sum: &Arc<AtomicUsize>) -> thread::JoinHandle<()> {
    let (pool, sum) = (pool.clone(), sum.clone());
    thread::spawn(move || {
        for _ in 0..count {
            let item = pool.take().expect("threads within the limit don't end");
            sum.fetch_add(item, Ordering::Relaxed);
        }
    })
}

#[test]
fn what_is_added_is_taken() {
    loom::model(|| {
        let pool = Arc::new(Pool::new(1));
        let sum = Arc::new(AtomicUsize::new(0));
        assert!(pool.push(1), "there is no thread yet");
        let taker = start(&pool, 3, &sum);
        let adder = {
            let pool = pool.clone();
            thread::spawn(move || assert!(!pool.push(10), "there may be one thread only"))
        };
        assert!(!pool.push(100), "there may be one thread only");
        adder.join().expect("it adds");
        taker.join().expect("it takes three");
        assert_eq!(sum.load(Ordering::Relaxed), 111);
        assert!(!pool.waits());
    });
}

/// When all threads are blocked by something that only the next in the queue ends, the ticker has another one started.
#[test]
fn the_pool_grows_when_all_threads_are_blocked() {
    loom::model(|| {
        let pool = Arc::new(Pool::new(1));
        let ended = Arc::new(Notify::new());
        assert!(pool.push(0), "there is no thread yet");
        let work = |pool: Arc<Pool<usize>>, ended: Arc<Notify>| match pool.take() {
            Some(0) => ended.wait(),
            _ => ended.notify(),
        };
        let first = {
            let (pool, ended) = (pool.clone(), ended.clone());
            thread::spawn(move || work(pool, ended))
        };
        assert!(!pool.push(1), "there may be one thread");
        while !pool.tick() {
            thread::yield_now();
        }
        work(pool, ended);
        first.join().expect("it goes on");
    });
}
