# What people run every day. `just` lists it.

PREFIX := "/usr/local"

_default:
    @just --list

# The compiler and the runtime archive.
build:
    cargo build --release

# Everything.
test *ARGS:
    cargo test --release --workspace {{ARGS}}

# All tests, so many times, under conditions that must not matter. See tests/README.md.
flakes ROUNDS="8" *ARGS:
    python3 tests/flakes/run.py {{ROUNDS}} {{ARGS}}

# The benchmarks beside their peers, as far as those are installed.
bench *ARGS:
    python3 benchmarks/run.py {{ARGS}}

# The time of the compiler: `just bench-compile --check`. See benchmarks/README.md.
bench-compile *ARGS:
    python3 benchmarks/compile.py {{ARGS}}

# Draws the crates in docs/architecture.md anew.
crates:
    UPDATE=1 cargo test --release --quiet --test crates the_drawing

# Writes what the stages say today into docs/life-of-while.md.
life:
    UPDATE=1 cargo test --release --quiet --test life

# Thousands of processes that do at random whatever they can: `just soak 600 --threads 16 --gc-stress`. See tests/README.md.
soak SECONDS="60" *ARGS: build
    python3 tests/soak/run.py {{SECONDS}} {{ARGS}}

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo fmt --all --check

# bin/inkoc and lib/inko below a prefix: `just install PREFIX=/usr/local`.
install PREFIX=PREFIX: build
    #!/usr/bin/env bash
    set -euo pipefail
    # The argument arrives with its name when it is written with it.
    prefix={{quote(trim_start_match(PREFIX, "PREFIX="))}}
    install -d "$prefix/bin" "$prefix/lib/inko"
    install -m 755 target/release/inkoc "$prefix/bin/inkoc"
    install -m 644 target/release/libinko_runtime.a "$prefix/lib/inko/libinko_runtime.a"
    # Half of the archive is debug information of the runtime, which every link would copy.
    strip --strip-debug "$prefix/lib/inko/libinko_runtime.a" || true
    # The compiler looks for a slim copy beside the archive; this one is its own.
    ln -f "$prefix/lib/inko/libinko_runtime.a" "$prefix/lib/inko/libinko_runtime.slim.a"
    rm -rf "$prefix/lib/inko/std"
    cp -R std "$prefix/lib/inko/std"

# Looks for inputs that break the front end: `just fuzz parse 600`, `just fuzz check 600`. See fuzz/README.md.
fuzz TARGET SECONDS="60" *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    # cargo-fuzz wants options of a nightly compiler; a stable one takes them with this variable.
    export RUSTC_BOOTSTRAP=1
    corpus=fuzz/corpus/{{TARGET}}
    mkdir -p "$corpus"
    for program in $(find std tests/programs tests/language tests/rejected -name '*.inko' -size -16k); do
        cp "$program" "$corpus/${program//\//-}"
    done
    cargo fuzz run --sanitizer none {{TARGET}} "$corpus" -- \
        -max_total_time={{SECONDS}} -timeout=20 -rss_limit_mb=4096 -max_len=8192 {{ARGS}}

# The runtime's tests under ThreadSanitizer, which needs options of a nightly compiler too.
tsan *ARGS:
    TSAN_OPTIONS="suppressions={{justfile_directory()}}/runtime/tsan.suppressions" \
    RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer --cfg inko_sanitize" \
        cargo test -p inko-runtime --target x86_64-unknown-linux-gnu --target-dir target/tsan -- {{ARGS}}
