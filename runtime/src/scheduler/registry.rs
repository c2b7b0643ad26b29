//! All processes there are, for reports.

use crate::process::Process;
use parking_lot::Mutex;

/// The registry is split so that spawning threads rarely meet.
const SHARDS: usize = 16;
/// So many processes with numbers in a row are in one shard: neighbours in time, so that they are neighbours in memory.
const RUN: u64 = 64;

/// Places for processes. A place is found and left without a search: every spawn and every end come here.
#[derive(Default)]
pub struct Registry {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    places: Vec<Place>,
    /// The first free place; each names the next.
    free: u32,
}

enum Place {
    Free(u32),
    Taken(*mut Process),
}

// SAFETY: processes are shown to others only while they don't run.
unsafe impl Send for Shard {}

impl Registry {
    /// Enters a process, which then knows its place.
    pub fn enter(&self, process: &mut Process) {
        let mut shard = self.shard(process).lock();
        process.execution.number = shard.insert(process);
    }

    /// Removes a process that is about to be freed.
    pub fn leave(&self, process: &Process) {
        self.shard(process).lock().remove(process.execution.number);
    }

    fn shard(&self, process: &Process) -> &Mutex<Shard> {
        &self.shards[(process.execution.handle.identifier() / RUN) as usize % SHARDS]
    }

    /// All processes, by number. They must not be ended while the result is used.
    pub fn all(&self) -> Vec<*mut Process> {
        let mut all: Vec<_> = self.shards.iter().flat_map(|shard| shard.lock().processes()).collect();
        // SAFETY: the handle of a process is set when it is made, and the process hasn't ended.
        all.sort_by_key(|&process| unsafe { (*process).execution.handle.identifier() });
        all
    }
}

impl Shard {
    fn insert(&mut self, process: *mut Process) -> u32 {
        let place = self.free;
        match self.places.get_mut(place as usize) {
            Some(found) => {
                if let Place::Free(next) = *found {
                    self.free = next;
                }
                *found = Place::Taken(process);
            }
            None => {
                self.places.push(Place::Taken(process));
                self.free = place + 1;
            }
        }
        place
    }

    fn remove(&mut self, place: u32) {
        self.places[place as usize] = Place::Free(self.free);
        self.free = place;
    }

    fn processes(&self) -> Vec<*mut Process> {
        let taken = self.places.iter().filter_map(|place| match place {
            Place::Free(_) => None,
            Place::Taken(process) => Some(*process),
        });
        taken.collect()
    }
}
