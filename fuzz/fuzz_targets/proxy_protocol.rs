#![no_main]

#[path = "../../crates/edge/tests/fuzz/proxy_protocol.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::check(bytes));
