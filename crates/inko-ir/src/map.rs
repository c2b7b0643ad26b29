//! The hash table of the middle of the compiler.

/// A hash table with a fast hash without a random seed: compiling the same program twice does the same. Nothing iterates over
/// one in hash order where that would show.
pub type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::FixedState>;
