//! Checks every program below `tests/rejected` and compares the rendered diagnostics with the snapshot
//! beside it. `UPDATE=1` rewrites the snapshots; read the difference before committing it.

use inko_testing::suite::{self, child, inkoc, root, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::time::Duration;

fn main() {
    let arguments = Arguments::from_args();
    let directory = root().join("tests/rejected");
    let trials = suite::files(&directory, "inko").into_iter().map(|path| {
        let name = path.strip_prefix(&directory).expect("below it").with_extension("");
        Trial::test(name.display().to_string(), move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn check(path: &Path) -> Result<(), Failed> {
    // A relative path keeps the checkout's place out of the snapshots.
    let relative = path.strip_prefix(root())?;
    let mut command = child(inkoc());
    command.current_dir(root()).args(["check", "--color", "never"]).arg(relative);
    let finished = run(&mut command, Duration::from_secs(60));
    // Labels may point into the library, which is found by its absolute path.
    let stderr = finished.stderr.replace(&format!("{}/", root().display()), "");
    let snapshot = path.with_extension("stderr");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&snapshot, &stderr)?;
    }
    // A file whose name starts with `warns` is accepted with warnings.
    let warns = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("warns"));
    let status = if warns { 0 } else { 1 };
    if finished.status != Some(status) {
        return Err(format!("status {:?}, expected {status}:\n{stderr}", finished.status).into());
    }
    let expected = std::fs::read_to_string(&snapshot).unwrap_or_default();
    if stderr == expected {
        return Ok(());
    }
    Err(format!("it says:\n{stderr}\nexpected:\n{expected}").into())
}
