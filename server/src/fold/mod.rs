//! The fold's first half: one event to plain facts. Pure and stateless, so that order cannot matter
//! here; the second half merges facts by maximum and union (`run`, `entity`, and the graph's flows).

pub mod entity;
pub mod facts;
pub mod flow;
pub mod identity;
mod inference;
pub mod note;
pub mod run;
pub mod said;
pub mod statement;

pub use facts::{FacetFact, Facts, facts};
pub use inference::Inference;
pub use note::{Note, note};

use schema::log::ContentHash;
use schema::moment::Moment;
use schema::openlineage::EventType;
use serde::{Deserialize, Serialize};

/// Which fold made a catalog; kept in it. Raise it whenever the same log would give other rows, facts or hashes than
/// before: here, in the SQL inference, in the schema crate's readers or in what the catalog's writer keeps. Catalogs of
/// another version are made anew beside the old one. The test `fingerprint` asks for it when one of these changes.
pub const FOLD_VERSION: u32 = 1;

/// Who wins when two events say different things: the later event time; at the same time the event
/// that ends the run (START and COMPLETE often share a time), then the content hash, so that every
/// order of arrival gives one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// Event time, microseconds since 1970.
    pub time: i64,
    /// How much an event of this type knows.
    pub rank: u8,
    /// Content of what is stamped.
    pub hash: ContentHash,
}

impl Stamp {
    /// A stamp for content asserted by an event.
    pub fn new(time: Moment, event_type: Option<EventType>, hash: ContentHash) -> Self {
        let rank = match event_type {
            None | Some(EventType::Start) => 0,
            Some(EventType::Running) => 1,
            Some(EventType::Other) => 2,
            Some(EventType::Complete | EventType::Abort | EventType::Fail) => 3,
        };
        Self { time: time.0, rank, hash }
    }
}

/// First and last event time of something, both inclusive. Merging widens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Microseconds since 1970.
    pub first: i64,
    /// Microseconds since 1970.
    pub last: i64,
}

impl Span {
    /// A single moment.
    pub fn at(time: Moment) -> Self {
        Self { first: time.0, last: time.0 }
    }

    /// True when `other` lies within.
    pub fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Widens to hold `other`; true when that changed anything.
    pub fn widen(&mut self, other: Self) -> bool {
        let before = *self;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        *self != before
    }
}
