//! What objects own of the operating system, such as open files.
//!
//! An object of such a class has a pointer to its [`Resource`], which is released with the object: when a collection finds it
//! dead, or with the heap of its process. A constant shares it with the object that it was made from. The copy of an object in a message owns a duplicate of its own, so both must be closed. A
//! duplicate that the system refuses is closed from the start.
//!
//! *Guarantees:* every descriptor is closed on `exec`, and exactly once. An object of a constant is shared by all
//! processes; a resource that one closes while another one uses it lives as long as that takes.

use crate::inheritance;
use crate::object::Object;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::word::Word;
use parking_lot::Mutex;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// What an object counts as for the collector, in bytes: far more than it takes, since a program may only have so many files open.
pub const WEIGHT: usize = 4096;

/// A resource of the operating system.
#[derive(Debug)]
pub struct Resource {
    /// What was opened, as text.
    name: Arc<str>,
    /// `None` when it is closed.
    file: Mutex<Option<Arc<File>>>,
}

impl Resource {
    /// An open file.
    pub fn new(name: &str, file: File) -> Self {
        Self { name: name.into(), file: Mutex::new(Some(Arc::new(file))) }
    }

    /// The name it was opened by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The open file.
    ///
    /// # Errors
    /// It is closed.
    pub fn file(&self) -> io::Result<Arc<File>> {
        self.file.lock().clone().ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))
    }

    /// Closes it, if it is open.
    pub fn close(&self) {
        // The lock isn't held while the system closes, which may take its time.
        let Some(closed) = self.file.lock().take() else { return };
        drop(closed);
        inheritance::forget();
    }

    fn duplicate(&self) -> Self {
        let file = self.file().and_then(|file| file.try_clone()).ok().map(Arc::new);
        Self { name: self.name.clone(), file: Mutex::new(file) }
    }
}

/// Whether the objects of a class own resources.
pub fn is_class(number: u32) -> bool {
    matches!(number, class::READ_ONLY_FILE | class::WRITE_ONLY_FILE | class::READ_WRITE_FILE)
}

/// The resource of an object; the borrow must end before the object can die.
pub fn of<'a>(value: Word) -> &'a Resource {
    let object = Object::of(value);
    debug_assert!(is_class(object.class()));
    // SAFETY: the object owns the resource.
    unsafe { &*(object.raw(HANDLE_POINTER) as *const Resource) }
}

/// Gives the copy of an object a resource of its own.
pub fn duplicated(copy: Object) {
    // SAFETY: the pointer is that of the original, which owns a count.
    let original = unsafe { &*(copy.raw(HANDLE_POINTER) as *const Resource) };
    copy.set_raw(HANDLE_POINTER, Arc::into_raw(Arc::new(original.duplicate())) as u64);
}

/// Accounts for the copy of an object that has the same resource.
pub fn shared(copy: Object) {
    // SAFETY: the original owns a count.
    unsafe { Arc::increment_strong_count(copy.raw(HANDLE_POINTER) as *const Resource) };
}

/// Releases the resource of a dead object.
pub fn release(object: Object) {
    // SAFETY: the pointer came from `into_raw`, and the object gives up its count.
    drop(unsafe { Arc::from_raw(object.raw(HANDLE_POINTER) as *const Resource) });
}

impl Process {
    /// Makes an object that owns a resource.
    pub(crate) fn resource(&mut self, number: u32, resource: Resource) -> Word {
        debug_assert!(is_class(number));
        let object = self.object(16, header(number, FLAG_EXTERNAL));
        object.set_raw(HANDLE_POINTER, Arc::into_raw(Arc::new(resource)) as u64);
        self.heap.add_external(&mut self.head, object);
        object.word()
    }
}
