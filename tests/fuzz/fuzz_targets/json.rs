#![no_main]
//! The target `json` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("json", bytes));
