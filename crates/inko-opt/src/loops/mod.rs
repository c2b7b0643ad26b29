//! Loops: rotation, and the safepoint polls that make every one preemptible.

pub(crate) mod rotation;
pub(crate) mod safepoint_polls;
