//! Draft flows.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| flowsim_fuzz::load("flow.json", bytes));
