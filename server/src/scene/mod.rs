//! Pictures of lineage: what to draw around a focus, and where. Pure; names, tags and states are
//! added by who asks.

pub mod compose;
pub mod layout;
pub mod select;
