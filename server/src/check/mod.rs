//! Proposed changes against the catalog: what would change, and what that breaks. The verdicts are
//! `impact`'s; here are schemas, names and owners around them.

mod judge;

pub use judge::{Concerned, JudgeError, concerned, fields_of, judge, owners_of};
