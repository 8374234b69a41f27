//! How the binary is linked on x86_64 Linux: 9 MB less to ship, and the same program. docs/IMAGE.md has the numbers.
//!
//! Deliberately not for other targets, nor for a linker that somebody has chosen: what these say is understood by lld, the toolchain's own.

/// - `O2`: a text that ends another is kept once.
/// - `icf`: functions of the same machine code are kept once, as in Chromium's builds of V8.
const LINK_ARGS: [&str; 2] = ["-Wl,-O2", "-Wl,--icf=all"];

/// One bit for a relocation in place of 24 bytes. Only the loader of glibc 2.36 and newer reads it, which images have, and Ubuntu 22.04 has not.
const PACKED: (&str, [u32; 2]) = ("-Wl,-z,pack-relative-relocs", [2, 36]);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_x86_64_linux = std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu");
    let is_chosen = std::env::var_os("RUSTC_LINKER").is_some()
        || std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("-fuse-ld="));
    if is_x86_64_linux && !is_chosen {
        let packed = Some(PACKED.0).filter(|_| glibc().is_some_and(|version| version >= PACKED.1));
        for arg in LINK_ARGS.into_iter().chain(packed) {
            println!("cargo::rustc-link-arg-bins={arg}");
        }
    }
}

/// The version of this machine's glibc.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn glibc() -> Option<[u32; 2]> {
    unsafe extern "C" {
        safe fn gnu_get_libc_version() -> *const std::ffi::c_char;
    }
    // SAFETY: glibc gives a text of its own, which is there as long as the process.
    let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) }.to_str().ok()?;
    let (major, minor) = version.split_once('.')?;
    Some([major.parse().ok()?, minor.split('.').next()?.parse().ok()?])
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn glibc() -> Option<[u32; 2]> {
    None
}
