#![no_main]
//! The target `event` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("event", bytes));
