//! Malformed input gives diagnostics: the test programs, cut off or with bytes changed at places that a
//! fixed seed chooses, never make the compiler panic, hang or end with another status than 0 or 1.

use inko_testing::suite::{self, child, files, inkoc, root, run};
use std::time::Duration;

/// Half are truncations, half have some bytes changed.
const CASES: u64 = 200;

/// A small generator with a fixed seed (xorshift64*), so that a failure can be repeated by its number.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }
}

#[test]
fn malformed_programs_give_diagnostics() {
    let programs = files(&root().join("tests/programs"), "inko");
    let directory = suite::directory();
    for case in 0..CASES {
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (case + 1));
        let program = &programs[random.below(programs.len())];
        let mut bytes = std::fs::read(program).expect("the program can be read");
        if case % 2 == 0 {
            bytes.truncate(random.below(bytes.len()));
        } else {
            for _ in 0..=random.below(4) {
                let index = random.below(bytes.len());
                bytes[index] = random.below(256) as u8;
            }
        }
        let path = directory.path().join(format!("case_{case}.inko"));
        std::fs::write(&path, &bytes).expect("the case can be written");
        let finished = run(child(inkoc()).arg("check").arg(&path), Duration::from_secs(60));
        let fine = matches!(finished.status, Some(0 | 1)) && !finished.stderr.contains("panicked");
        assert!(
            fine,
            "case {case} of {}: status {:?}\n{}\nsource:\n{}",
            program.display(),
            finished.status,
            finished.stderr,
            String::from_utf8_lossy(&bytes)
        );
    }
}
