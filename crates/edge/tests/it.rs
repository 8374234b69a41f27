//! All integration tests of the crate, in one binary.

mod cache;
mod client;
mod compression;
#[path = "fuzz/main.rs"]
mod fuzz;
mod host_files;
mod rate_limit;
#[path = "static.rs"]
mod static_files;
mod upstream;
