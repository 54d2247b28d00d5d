//! dbt's artifacts: what is told of a small real project, compared with what dbt-ol told of it, and
//! what becomes of odd artifacts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod compare;
mod folder;
mod golden;
mod lenient;
mod odd;
