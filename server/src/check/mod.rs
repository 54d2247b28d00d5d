//! Proposed changes against the catalog: what would change, and what that breaks. The verdicts are
//! `impact`'s; here are schemas, names and owners around them.

mod compare;
mod judge;
mod name;
mod run;
pub mod wire;

pub use judge::{Concerned, JudgeError, concerned, fields_of, judge, settle};
pub use run::check;
