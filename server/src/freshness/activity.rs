//! When datasets were written and read last. A good write is a completed run; a streaming job that goes on writes for
//! as long as it is heard of.

use crate::graph::Graph;
use std::collections::HashMap;

/// No time.
const NEVER: i64 = i64::MIN;

/// The newest good write of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// End of the completed run; of a streaming job that goes on, its newest event. Microseconds since 1970.
    pub at: i64,
    /// True while a streaming job keeps writing: it takes in its inputs by itself, and being newer than a batch that reads
    /// it is no news.
    pub continuous: bool,
}

/// Last writes and reads of every dataset, each under the name that runs used.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    written: Vec<i64>,
    by_run: Vec<i64>,
    read: Vec<i64>,
    /// Newest event of a streaming run that goes on and writes the dataset.
    streamed: HashMap<u32, i64>,
}

impl Activity {
    /// The newest good write under any name of the dataset.
    pub fn write(&self, graph: &Graph, dataset: u32) -> Option<Write> {
        let members = graph.members(&dataset);
        let streamed = members.iter().filter_map(|member| self.streamed.get(member)).max();
        let completed = members.iter().filter_map(|&member| known(&self.written, member)).max();
        match (streamed, completed) {
            (Some(&at), completed) => Some(Write { at: completed.map_or(at, |done| done.max(at)), continuous: true }),
            (None, completed) => completed.map(|at| Write { at, continuous: false }),
        }
    }

    /// The newest read under any name of the dataset: end of the run, or while it goes on its newest event.
    pub fn read(&self, graph: &Graph, dataset: u32) -> Option<i64> {
        graph.members(&dataset).iter().filter_map(|&member| known(&self.read, member)).max()
    }

    /// The completed run that counts for a dataset under this one name.
    pub fn run_of_name(&self, dataset: u32) -> Option<i64> {
        known(&self.by_run, dataset)
    }

    /// A completed run wrote it; the newest counts.
    pub fn wrote(&mut self, dataset: u32, at: i64, run: i64) {
        if *place(&mut self.written, dataset) < at {
            *place(&mut self.written, dataset) = at;
            *place(&mut self.by_run, dataset) = run;
        }
    }

    /// Nothing is known any more of who wrote it.
    pub fn forget_write(&mut self, dataset: u32) {
        *place(&mut self.written, dataset) = NEVER;
        *place(&mut self.by_run, dataset) = NEVER;
    }

    /// A run read it; the newest counts.
    pub fn has_read(&mut self, dataset: u32, at: i64) {
        let known = place(&mut self.read, dataset);
        *known = at.max(*known);
    }

    /// The same with streaming runs that go on: dataset and newest event.
    pub fn with_streams(mut self, streams: impl Iterator<Item = (u32, i64)>) -> Self {
        self.streamed.clear();
        for (dataset, at) in streams {
            let known = self.streamed.entry(dataset).or_insert(at);
            *known = at.max(*known);
        }
        self
    }
}

fn known(times: &[i64], dataset: u32) -> Option<i64> {
    times.get(dataset as usize).copied().filter(|&time| time != NEVER)
}

fn place(times: &mut Vec<i64>, dataset: u32) -> &mut i64 {
    let index = dataset as usize;
    if times.len() <= index {
        times.resize(index + 1, NEVER);
    }
    &mut times[index]
}
