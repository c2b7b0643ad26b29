//! Dynamic dispatch: one table of code addresses per selector, indexed by class number.
//!
//! A table covers the numbers from the lowest to the highest class that implements the selector; numbers
//! outside fail at the call, holes hold the selector's *stub*, which jumps on to `panic_dispatch`. The stub
//! is a tail call, so the trace of the panic begins at the call that was made, with no frame in between.

use crate::blob::Blob;
use crate::symbols::Symbol;
use cranelift_entity::SecondaryMap;
use inko_ir::ir::{Program, SelectorId};

/// Where the table of a selector lies and what it covers.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Table {
    /// The offset in `Data::Dispatch`.
    pub(crate) offset: u32,
    /// The lowest class number.
    pub(crate) first: u32,
    /// The number of entries.
    pub(crate) count: u32,
    /// Whether some entry is the stub.
    pub(crate) has_holes: bool,
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) blob: Blob,
    pub(crate) by_selector: SecondaryMap<SelectorId, Table>,
}

impl Tables {
    pub(crate) fn new(program: &Program) -> Self {
        let mut blob = Blob::default();
        let mut by_selector = SecondaryMap::new();
        for (id, selector) in &program.selectors {
            let offset = blob.offset();
            let (Some((&first, _)), Some((&last, _))) =
                (selector.targets.first_key_value(), selector.targets.last_key_value())
            else {
                continue;
            };
            let mut has_holes = false;
            for number in first..=last {
                match selector.targets.get(&number) {
                    Some(&target) => blob.address(Symbol::Function(target), 0),
                    None => {
                        has_holes = true;
                        blob.address(Symbol::Stub(id), 0);
                    }
                }
            }
            by_selector[id] = Table { offset, first, count: last - first + 1, has_holes };
        }
        Self { blob, by_selector }
    }
}
