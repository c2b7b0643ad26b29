//! The hash table of this crate.

/// A table with a fast hash function; its order is never relied on.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
