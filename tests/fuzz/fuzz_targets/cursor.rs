#![no_main]
//! The target `cursor` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("cursor", bytes));
