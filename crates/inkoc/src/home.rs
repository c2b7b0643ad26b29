//! Where the standard library and the runtime archive are: below `INKO_HOME`, beside an installed
//! compiler (`bin/inkoc` and `lib/inko`), or in the checkout that the compiler was built from.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// The checkout that the compiler was built from.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The runtime archive's file name.
const ARCHIVE: &str = "libinko_runtime.a";

/// What the compiler needs besides itself.
#[derive(Debug)]
pub struct Home {
    /// The directory whose `std` subdirectory is the standard library.
    pub library: PathBuf,
    /// The places where the archive may be, best first.
    archives: Vec<PathBuf>,
}

impl Home {
    /// Finds the installation.
    pub fn find() -> Result<Self, Failure> {
        if let Some(home) = std::env::var_os("INKO_HOME").filter(|home| !home.is_empty()) {
            let home = PathBuf::from(home);
            return Self::at(&home).ok_or_else(|| {
                Failure::Message(format!(
                    "INKO_HOME is {}, but there is no standard library in {} or {}",
                    home.display(),
                    home.join("lib/inko/std").display(),
                    home.join("std").display()
                ))
            });
        }
        let executable = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
        let directory = executable.as_deref().and_then(Path::parent);
        let above = directory.into_iter().flat_map(Path::ancestors).skip(1).take(4);
        // Cargo's target directory may be elsewhere.
        let checkout = Path::new(CHECKOUT).canonicalize().ok();
        let mut places = above.chain(checkout.as_deref());
        places.find_map(Self::at).ok_or_else(|| {
            Failure::Message(
                "the standard library wasn't found beside the compiler; set INKO_HOME to the prefix that inkoc \
                 was installed to, or to a checkout of its sources"
                    .into(),
            )
        })
    }

    /// The installation in a prefix or checkout.
    fn at(root: &Path) -> Option<Self> {
        let has_std = |directory: &Path| directory.join("std/bootstrap.inko").is_file();
        let installed = root.join("lib/inko");
        if has_std(&installed) {
            return Some(Self { archives: vec![installed.join(ARCHIVE)], library: installed });
        }
        if has_std(root) {
            // Cargo puts the archive of the compiler's own build beside it.
            let executable = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
            let beside = executable.as_deref().and_then(Path::parent).map(Path::to_path_buf);
            let profiles = ["release", "debug"].map(|name| root.join("target").join(name));
            let archives = beside.into_iter().chain(profiles).map(|place| place.join(ARCHIVE)).collect();
            return Some(Self { archives, library: root.to_path_buf() });
        }
        None
    }

    /// The runtime archive.
    pub fn archive(&self) -> Result<&Path, Failure> {
        let found = self.archives.iter().find(|path| path.is_file()).map(PathBuf::as_path);
        found.ok_or_else(|| {
            Failure::Message(format!(
                "the runtime that programs are linked with is missing: {}; build it with `cargo build --release`",
                self.archives[0].display()
            ))
        })
    }
}
