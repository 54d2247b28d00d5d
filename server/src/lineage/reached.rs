//! Answers of which only the vertices are wanted: what can be reached, over the graph's bare arrays where it has them.

use super::answer::{Answer, Vertex};
use super::ask::{columns_walk_of, is_listed, sort_nodes, walk_of};
use super::question::{Granularity, Question};
use crate::graph::{self, Direction, Graph};
use std::collections::HashMap;

/// What can be reached, without edges.
pub(super) fn reached(graph: &Graph, question: &Question) -> Answer {
    let is_listed = is_listed(graph, question);
    let way = |direction| match question.granularity {
        Granularity::Column => columns(graph, question, direction),
        Granularity::Dataset | Granularity::Job => datasets(graph, question, direction),
    };
    let ways: Vec<Vec<(Vertex, u32)>> = question.directions.iter().map(|&direction| way(direction)).collect();
    let mut nodes = nearest(ways);
    nodes.retain(|(vertex, distance)| is_listed(vertex, *distance, *distance == 0));
    sort_nodes(graph, &mut nodes);
    Answer { nodes, all_edges: true, version: graph.seq(), ..Answer::default() }
}

/// Every vertex once, at its least distance.
fn nearest(mut ways: Vec<Vec<(Vertex, u32)>>) -> Vec<(Vertex, u32)> {
    if ways.len() < 2 {
        return ways.pop().unwrap_or_default();
    }
    let mut distances: HashMap<Vertex, u32> = HashMap::new();
    for (vertex, distance) in ways.into_iter().flatten() {
        distances.entry(vertex).and_modify(|known| *known = distance.min(*known)).or_insert(distance);
    }
    distances.into_iter().collect()
}

fn datasets(graph: &Graph, question: &Question, direction: Direction) -> Vec<(Vertex, u32)> {
    let found = graph::reach(graph, &walk_of(graph, question, direction, 0), direction, !question.datasets_only);
    let datasets = found.datasets.iter().map(|(dataset, distance)| (Vertex::Dataset(dataset), distance));
    datasets.chain(found.jobs.iter().map(|(job, distance)| (Vertex::Job(job), distance))).collect()
}

fn columns(graph: &Graph, question: &Question, direction: Direction) -> Vec<(Vertex, u32)> {
    let question = columns_walk_of(graph, question, direction);
    match graph::reach_columns(graph, &question, direction) {
        Some(found) => found.iter().map(|(node, distance)| (node.into(), distance)).collect(),
        None => graph::walk_columns(graph, &question).nodes.into_iter().map(|(node, distance)| (node.into(), distance)).collect(),
    }
}
