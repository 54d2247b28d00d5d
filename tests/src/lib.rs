//! Black-box tests of the built server: a harness that starts the real binary and talks to it over
//! HTTP as any client would. What is tested is in `it/`, the benchmark in `bench/`, broken disks and the like in `faults/`.

#![allow(clippy::needless_pass_by_value, reason = "json!(…) stands in the call")]

pub mod events;
pub mod http;
pub mod machine;
pub mod picture;
mod server;
pub mod targets;
mod wire;

pub use http::Answer;
pub use server::{Server, binary};
pub use wire::{gzip, raw};
