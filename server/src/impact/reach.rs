//! Everything downstream of a change by the shortest way, whatever becomes of it. A temporary dataset is no step, so that
//! what lies behind it goes to the front.

use super::Change;
use super::links::Via;
use super::reads::Steps;
use crate::graph::Node;
use hashbrown::{HashMap, HashSet};
use std::collections::VecDeque;

/// How datasets and jobs were first reached: the distance, and from where by which edge; none at the start.
pub type Came = HashMap<Node, (u32, Option<(Node, Via)>)>;

/// What is to be looked at, and how it was come to.
type Open = VecDeque<(Node, u32, Option<(Node, Via)>)>;

/// Reaches everything. All that jobs write counts as made of what changes when they may fail because of it.
pub fn reach(steps: &Steps<'_>, failing: &HashSet<u32>, change: &Change) -> Came {
    let start = match change {
        Change::Column { dataset, .. } | Change::Dataset(dataset) => Node::Dataset(*dataset),
        Change::Stopped(job) | Change::Late(job) => Node::Job(*job),
    };
    let (mut came, mut opened) = (Came::new(), HashSet::new());
    let mut open = Open::from([(start, 0, None)]);
    while let Some((node, distance, by)) = open.pop_front() {
        if came.contains_key(&node) {
            continue;
        }
        came.insert(node, (distance, by));
        let mut enter = |to: u32, from: u32, via: Via| {
            let (to_node, by) = (Node::Dataset(to), Some((node, via)));
            match steps.graph.is_temporary(to) {
                true => open.push_front((to_node, from, by)),
                false if came.contains_key(&to_node) => {}
                false => open.push_back((to_node, from + 1, by)),
            }
        };
        match node {
            Node::Dataset(dataset) => {
                let feeds = steps.feeds(dataset);
                let mut jobs = Vec::new();
                for reader in steps.readers(&feeds) {
                    let fails = node == start && reader.job.is_some_and(|job| failing.contains(&job));
                    reader.fed.iter().for_each(|feed| enter(feed.to, distance, Via::Feeds(feed.owner, feed.to)));
                    let Some(job) = reader.job else { continue };
                    // The first bare read of a job is the nearest.
                    if fails || (reader.bare && opened.insert(job)) {
                        reader.unfed().for_each(|output| enter(output, distance, Via::Writes(job, output)));
                    }
                    jobs.push((Node::Job(job), distance + 1, Some((node, Via::Reads(reader.owner)))));
                }
                open.extend(jobs.into_iter().filter(|(job, ..)| !came.contains_key(job)));
            }
            Node::Job(job) => {
                let writes = steps.writes(job);
                // What a job writes is reached by what it reads, but for a start and for flows from job to job.
                let by_flow = matches!(by, Some((Node::Job(_), _)));
                let written: Vec<u32> = match (node == start, by_flow) {
                    (true, _) => writes.datasets.clone(),
                    (false, true) => writes.plain.clone(),
                    (false, false) => Vec::new(),
                };
                written
                    .into_iter()
                    .for_each(|output| enter(output, if node == start { 0 } else { distance - 1 }, Via::Writes(job, output)));
                open.extend(writes.jobs.iter().map(|&other| (Node::Job(other), distance + 1, Some((node, Via::Flows(job, other))))));
            }
        }
    }
    came
}
