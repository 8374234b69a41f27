//! The gate is part of the host, which needs V8; its files need not.

#![no_main]

#[allow(dead_code, unused_imports)]
#[path = "../../crates/host/src/listener"]
mod listener {
    mod gate;
    mod limits;
    #[path = "gate/tests/property.rs"]
    pub(crate) mod property;
    #[path = "gate/tests/reference.rs"]
    mod reference;
    mod refusal;

    use gate::{Awaits, Gate, Refused};
    use limits::Limits;
    use refusal::{Answer, POISON};
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| listener::property::check(bytes));
