//! Makes the table of the pages that explain the codes, from the files in `pages`. The directory is the
//! only list: a page is added by adding a file.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    let directory = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("pages");
    println!("cargo::rerun-if-changed={}", directory.display());
    let entries = std::fs::read_dir(&directory).expect("the directory `pages` can be read");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("the entry can be read").path()).collect();
    pages.sort();
    let mut table = String::from("&[\n");
    for page in &pages {
        let code = page.file_stem().and_then(|stem| stem.to_str()).expect("a page is named after its code");
        let path = page.to_str().expect("the path of a page is text");
        writeln!(table, "    ({code:?}, include_str!({path:?})),").expect("a string takes everything");
    }
    table.push(']');
    std::fs::write(Path::new(&variable("OUT_DIR")).join("pages.rs"), table)
        .expect("the table can be written");
}

/// A variable that Cargo sets for build scripts.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
