#![no_main]
//! The target `sql` for libFuzzer.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::targets::run("sql", bytes));
