//! Architect exports.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    flowsim_fuzz::load("flow.i3InboundFlow", bytes);
});
