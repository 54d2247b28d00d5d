#![no_main]
//! The target `facet` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("facet", bytes));
