#![no_main]
//! The target `search` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("search", bytes));
