# What people run every day. `just` lists it.

PREFIX := "/usr/local"

_default:
    @just --list

# The compiler and the runtime archive.
build:
    cargo build --release

# Everything.
test *ARGS:
    cargo test --release {{ARGS}}

# The benchmarks beside their peers, as far as those are installed.
bench *ARGS:
    python3 benchmarks/run.py {{ARGS}}

fmt:
    cargo fmt

lint:
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo fmt --check

# bin/inkoc and lib/inko below PREFIX.
install PREFIX=PREFIX: build
    install -d {{PREFIX}}/bin {{PREFIX}}/lib/inko
    install -m 755 target/release/inkoc {{PREFIX}}/bin/inkoc
    install -m 644 target/release/libinko_runtime.a {{PREFIX}}/lib/inko/libinko_runtime.a
    # Half of the archive is debug information of the runtime, which every link would copy.
    strip --strip-debug {{PREFIX}}/lib/inko/libinko_runtime.a || true
    # The compiler looks for a slim copy beside the archive; this one is its own.
    ln -f {{PREFIX}}/lib/inko/libinko_runtime.a {{PREFIX}}/lib/inko/libinko_runtime.slim.a
    rm -rf {{PREFIX}}/lib/inko/std
    cp -R std {{PREFIX}}/lib/inko/std
