//! How the binary is linked on x86_64 Linux: 9 MB less to ship, and the same program. docs/IMAGE.md has the numbers.
//!
//! Deliberately not for other targets, nor for a linker that somebody has chosen: what these say is understood by lld, the toolchain's own.

/// - `O2`: a text that ends another is kept once.
/// - `icf`: functions of the same machine code are kept once, as in Chromium's builds of V8.
/// - `pack-relative-relocs`: one bit for a relocation in place of 24 bytes; the loader of glibc 2.36 and newer reads it.
const LINK_ARGS: [&str; 3] = ["-Wl,-O2", "-Wl,--icf=all", "-Wl,-z,pack-relative-relocs"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_x86_64_linux = std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu");
    let is_chosen = std::env::var_os("RUSTC_LINKER").is_some()
        || std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("-fuse-ld="));
    if is_x86_64_linux && !is_chosen {
        for arg in LINK_ARGS {
            println!("cargo::rustc-link-arg-bins={arg}");
        }
    }
}
