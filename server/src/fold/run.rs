//! The state of one run, merged from its events: a lattice, so that order and repetition cannot
//! matter (openlineage 2.2). Repeated events never get here; the log knows them.

use super::facts::RunFact;
use super::{Span, Stamp};
use schema::moment::Moment;
use schema::openlineage::EventType;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RunState {
    /// Only named, or only events without a type of the run cycle.
    Other,
    /// Began.
    Start,
    /// Goes on.
    Running,
    /// Ended well.
    Complete,
    /// Was stopped.
    Abort,
    /// Failed.
    Fail,
}

impl RunState {
    /// Every state, in the order of `code`.
    pub const ALL: [Self; 6] = [Self::Other, Self::Start, Self::Running, Self::Complete, Self::Abort, Self::Fail];

    /// What events add up to: of the terminal ones the rank of the one that counts, COMPLETE 1, ABORT 2, FAIL 3.
    pub fn of(started: bool, running: bool, terminal: Option<u8>) -> Self {
        match terminal {
            Some(1) => Self::Complete,
            Some(2) => Self::Abort,
            Some(_) => Self::Fail,
            None if running => Self::Running,
            None if started => Self::Start,
            None => Self::Other,
        }
    }

    /// The number it is stored under.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The state of a stored number.
    pub fn from_code(code: i64) -> Self {
        usize::try_from(code).ok().and_then(|i| Self::ALL.get(i).copied()).unwrap_or(Self::Other)
    }
}

/// The winner of one facet key of a run; its body is in the log at `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFacet {
    /// Orders assertions.
    pub stamp: Stamp,
    /// True when the winning assertion is a removal.
    pub deleted: bool,
    /// An event that asserts it.
    pub seq: u64,
}

/// A run as another run names it, with the catalog's job number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLink {
    /// The run's key.
    pub run: [u8; 16],
    /// The catalog's number of its job.
    pub job: u32,
}

/// A run merged from its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The id as sent, when it is no UUID.
    pub text: Option<String>,
    /// Events of its own.
    pub events: u32,
    /// First and last event time; of the events that name it while it has none of its own.
    pub span: Option<Span>,
    started: Option<i64>,
    running: bool,
    terminal: Option<(i64, u8)>,
    /// Newest parent and root.
    pub parent: Option<(Stamp, RunLink, Option<RunLink>)>,
    /// Newest scheduled window.
    pub nominal: Option<(Stamp, i64, Option<i64>)>,
    /// Catalog numbers of what it read.
    pub inputs: BTreeSet<u32>,
    /// Catalog numbers of what it wrote.
    pub outputs: BTreeSet<u32>,
    /// Column lineage by output: every facet that an event of the run asserted.
    pub columns: BTreeSet<(u32, schema::log::ContentHash)>,
    /// What SQL of the run says, by output.
    pub inferred: BTreeSet<(u32, schema::log::ContentHash)>,
    /// `lineage` facets that events of the run asserted.
    pub explicit: BTreeSet<schema::log::ContentHash>,
    /// What events read that stand alone for their window; not in `inputs`.
    pub snapshot_inputs: BTreeSet<u32>,
    /// What events wrote that stand alone for their window; not in `outputs`.
    pub snapshot_outputs: BTreeSet<u32>,
    /// Winning run facets by the catalog's key number.
    pub facets: BTreeMap<u32, RunFacet>,
}

impl Run {
    /// Merges an event of this run, except its I/O and facets, which need the catalog's numbers.
    pub fn observe(&mut self, time: Moment, fact: &RunFact<'_>) {
        if self.events == 0 {
            self.span = None;
        }
        self.events += 1;
        widen(&mut self.span, Span::at(time));
        match fact.event_type {
            Some(EventType::Start) => self.started = Some(self.started.map_or(time.0, |at| at.min(time.0))),
            Some(EventType::Running) => self.running = true,
            Some(EventType::Complete) => self.end(time, 1),
            Some(EventType::Abort) => self.end(time, 2),
            Some(EventType::Fail) => self.end(time, 3),
            Some(EventType::Other) | None => {}
        }
        if schema::id::parse_uuid(fact.text).is_none() {
            self.text = Some(fact.text.to_owned());
        }
        if let Some((stamp, nominal)) = fact.nominal {
            let candidate = (stamp, nominal.start.0, nominal.end.map(|end| end.0));
            if self.nominal.is_none_or(|known| known < candidate) {
                self.nominal = Some(candidate);
            }
        }
    }

    /// Another run names this one. Only counts while it has no events of its own.
    pub fn named(&mut self, time: Moment, text: &str) {
        if self.events == 0 {
            widen(&mut self.span, Span::at(time));
        }
        if schema::id::parse_uuid(text).is_none() {
            self.text = Some(text.to_owned());
        }
    }

    /// What it read and wrote: by events that stand alone for their window, or by the others.
    pub fn io_mut(&mut self, is_snapshot: bool) -> (&mut BTreeSet<u32>, &mut BTreeSet<u32>) {
        if is_snapshot { (&mut self.snapshot_inputs, &mut self.snapshot_outputs) } else { (&mut self.inputs, &mut self.outputs) }
    }

    /// True when it is known to have read or written this dataset.
    pub fn has_io(&self, dataset: u32, written: bool) -> bool {
        let (all, snapshot) = if written { (&self.outputs, &self.snapshot_outputs) } else { (&self.inputs, &self.snapshot_inputs) };
        all.contains(&dataset) || snapshot.contains(&dataset)
    }

    /// Everything it read or wrote.
    pub fn io(&self, written: bool) -> BTreeSet<u32> {
        if written { &self.outputs | &self.snapshot_outputs } else { &self.inputs | &self.snapshot_inputs }
    }

    /// The newest parent wins.
    pub fn set_parent(&mut self, stamp: Stamp, parent: RunLink, root: Option<RunLink>) {
        if self.parent.as_ref().is_none_or(|known| known.0 < stamp) {
            self.parent = Some((stamp, parent, root));
        }
    }

    /// The newest assertion of a key wins.
    pub fn set_facet(&mut self, key: u32, facet: RunFacet) {
        let known = self.facets.entry(key).or_insert(facet);
        // Of equal stamps the first entry of the log: the content is the same.
        if (known.stamp, std::cmp::Reverse(known.seq)) < (facet.stamp, std::cmp::Reverse(facet.seq)) {
            *known = facet;
        }
    }

    /// Terminal beats RUNNING beats START; among terminals the latest, and at one time FAIL, ABORT,
    /// COMPLETE in this order (openlineage 2.2).
    fn end(&mut self, time: Moment, rank: u8) {
        self.terminal = self.terminal.max(Some((time.0, rank)));
    }

    /// Where it stands.
    pub fn state(&self) -> RunState {
        RunState::of(self.started.is_some(), self.running, self.terminal.map(|(_, rank)| rank))
    }

    /// Earliest START, microseconds since 1970.
    pub fn started_at(&self) -> Option<i64> {
        self.started
    }

    /// Time of the terminal event that counts.
    pub fn ended_at(&self) -> Option<i64> {
        self.terminal.map(|(time, _)| time)
    }

    /// What lists are sorted by: its start, or else its first event.
    pub fn sort_at(&self) -> i64 {
        self.started.or(self.span.map(|span| span.first)).unwrap_or(0)
    }
}

fn widen(span: &mut Option<Span>, other: Span) {
    match span {
        Some(span) => {
            span.widen(other);
        }
        None => *span = Some(other),
    }
}
