//! Tells the compiler where the linker is that came with the Rust toolchain that builds it.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC");
    if let Some(directory) = toolchain_linker() {
        println!("cargo::rustc-env=INKOC_TOOLCHAIN_LINKER={directory}");
    }
}

/// The directory with the toolchain's `ld.lld`; `None` if the toolchain has none. Whether it is there is asked again
/// by each link, as the compiler may be moved to another machine.
fn toolchain_linker() -> Option<String> {
    let (rustc, target) = (std::env::var_os("RUSTC")?, std::env::var_os("TARGET")?);
    let asked =
        Command::new(rustc).args(["--print", "target-libdir", "--target"]).arg(target).output().ok()?;
    let libraries = String::from_utf8(asked.stdout).ok()?;
    let directory = Path::new(libraries.trim()).parent()?.join("bin/gcc-ld");
    directory.join("ld.lld").is_file().then(|| directory.to_str().map(str::to_string))?
}
