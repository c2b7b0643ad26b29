//! The target: x86-64 Linux and the flags that everything else relies on.

use crate::Error;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use target_lexicon::triple;

/// Instructions beyond the x86-64 baseline that we use: those of x86-64-v2, which every processor since
/// 2009 has. The machine that compiles is not asked, so that the same input gives the same bytes everywhere.
const FEATURES: &[&str] = &["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];

/// How much Cranelift does for a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effort {
    /// As little as possible.
    Least,
    /// It allocates registers well, and leaves the code as it is. Of what its optimiser finds, ours has found most before; what
    /// is left pays where code is repeated.
    Straight,
    /// All it can.
    Most,
}

/// The instruction set with its flags.
pub(crate) fn target(effort: Effort) -> Result<OwnedTargetIsa, Error> {
    let mut flags = settings::builder();
    // Of what compiling without optimisation takes, the better allocator of registers would be the most.
    let (opt_level, allocator) = match effort {
        Effort::Least => ("none", "single_pass"),
        Effort::Straight => ("none", "backtracking"),
        Effort::Most => ("speed", "backtracking"),
    };
    let verify = if cfg!(any(test, debug_assertions)) { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", opt_level),
        ("regalloc_algorithm", allocator),
        // r15 holds the process block.
        ("enable_pinned_reg", "true"),
        // Stack walks follow the frame pointers.
        ("preserve_frame_pointers", "true"),
        // The limit is checked by our own code, which calls the runtime instead of trapping.
        ("enable_probestack", "false"),
        // Programs are linked with `-no-pie`.
        ("is_pic", "false"),
        ("unwind_info", "true"),
        ("enable_verifier", verify),
    ] {
        flags.set(name, value).map_err(|error| Error::new(format!("flag {name}: {error}")))?;
    }
    let mut builder = isa::lookup(triple!("x86_64-unknown-linux-gnu"))
        .map_err(|error| Error::new(format!("x86-64 is not supported: {error}")))?;
    for name in FEATURES {
        builder.enable(name).map_err(|error| Error::new(format!("feature {name}: {error}")))?;
    }
    builder.finish(settings::Flags::new(flags)).map_err(|error| Error::new(error.to_string()))
}
