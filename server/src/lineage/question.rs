//! The one question about lineage that every door asks: GraphQL, HTTP, the command line, exports.

use super::Confidence;
use super::answer::Vertex;
use super::select::Predicate;
use crate::graph::{Direction, Kinds, When};

/// What an answer's vertices are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Granularity {
    /// Datasets, and the jobs between them.
    #[default]
    Dataset,
    /// Columns; a dataset where only the table is known.
    Column,
    /// Jobs, joined where one reads what another writes.
    Job,
}

/// A question. `Question::default()` asks for nothing; give it a start and a direction.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Where to start, every one at distance 0.
    pub start: Vec<Vertex>,
    /// Where to start upstream, when that is elsewhere (a run: from what it read).
    pub upstream_start: Option<Vec<Vertex>>,
    /// Which ways; each is walked apart, never zigzag.
    pub directions: Vec<Direction>,
    /// What is nearer is left out.
    pub min_depth: u32,
    /// Steps to go; `None` is all the way.
    pub max_depth: Option<u32>,
    /// What the answer's vertices are.
    pub granularity: Granularity,
    /// Which steps between columns count.
    pub kinds: Kinds,
    /// The time that it is about.
    pub when: When,
    /// What is found but not walked beyond.
    pub stop_at: Option<Predicate>,
    /// What is listed; the walk goes through the rest all the same.
    pub filter: Option<Predicate>,
    /// Only what is reached over edges at least that sure.
    pub min_confidence: Option<Confidence>,
    /// Only over edges with evidence since then, microseconds since 1970.
    pub seen_since: Option<i64>,
    /// True to see temporary datasets instead of going through them.
    pub temporary: bool,
    /// True to leave out jobs between datasets.
    pub datasets_only: bool,
    /// True to leave out column lineage that was inferred from SQL.
    pub stated_only: bool,
    /// True when paths, cycles, confidence and jobs on the way are wanted of each vertex.
    pub reckon: bool,
    /// True when it is wanted what becomes of the value on the way to each column.
    pub outcomes: bool,
    /// Edges beyond this many may be left out, which the answer says; `None` lists all. With 0 none is looked for, and the
    /// answer says nothing of them.
    pub max_edges: Option<usize>,
}

impl Question {
    /// Where to start, one way.
    pub fn start_of(&self, direction: Direction) -> &[Vertex] {
        match (&self.upstream_start, direction) {
            (Some(upstream), Direction::Upstream) => upstream,
            _ => &self.start,
        }
    }

    /// True when the walk must find every edge, also those that are not listed.
    pub fn needs_edges(&self) -> bool {
        let judges = self.min_confidence.is_some() || self.seen_since.is_some();
        judges || self.reckon || self.outcomes || self.granularity == Granularity::Job
    }

    /// True when nothing is wanted but what can be reached.
    pub fn only_reaches(&self) -> bool {
        self.max_edges == Some(0) && !self.needs_edges()
    }
}
