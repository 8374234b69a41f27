#![no_main]

#[path = "../../crates/edge/tests/fuzz/cache_key.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::check(bytes));
