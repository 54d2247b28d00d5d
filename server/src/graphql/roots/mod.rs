//! Roots of rooms: each file is a part of `Query`.

mod impact;

pub use impact::ImpactQuery;
