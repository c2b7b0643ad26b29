//! The graph of blocks: unreachable blocks, merging of blocks, jump threading.

pub(crate) mod block_merging;
pub(crate) mod jump_threading;
pub(crate) mod unreachable_blocks;
