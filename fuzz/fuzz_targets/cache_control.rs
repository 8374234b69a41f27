#![no_main]

#[path = "../../crates/edge/tests/fuzz/cache_control.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::check(bytes));
