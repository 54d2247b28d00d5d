//! What changed between two states of the server, for whoever follows it. Followers pull: each holds what it
//! was told last and compares with what is there now, so that nobody's slowness costs a change or a buffer.

mod delta;

pub use delta::{Delta, Picture};
