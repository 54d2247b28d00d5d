//! Answers of which only the vertices are wanted: what can be reached, over the graph's bare arrays where it has them.

use super::answer::{Answer, Vertex};
use super::ask::{ask, columns_walk_of, is_listed, sort_nodes, walk_of};
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

/// How many vertices an answer has, by what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Datasets.
    pub datasets: usize,
    /// Jobs.
    pub jobs: usize,
    /// Columns.
    pub columns: usize,
    /// Log sequence that it holds for.
    pub version: u64,
}

impl Counted {
    /// All of them.
    pub fn nodes(&self) -> usize {
        self.datasets + self.jobs + self.columns
    }

    /// Of vertices of one answer.
    pub fn of<'a>(vertices: impl Iterator<Item = &'a Vertex>, version: u64) -> Self {
        let mut counted = Self { version, ..Self::default() };
        vertices.for_each(|vertex| counted.add(vertex));
        counted
    }

    fn add(&mut self, vertex: &Vertex) {
        match vertex {
            Vertex::Dataset(_) => self.datasets += 1,
            Vertex::Job(_) => self.jobs += 1,
            Vertex::Column(..) => self.columns += 1,
        }
    }
}

/// How many vertices the answer to a question has. Where nothing but reaching decides it, without making a list of them.
pub fn count(graph: &Graph, question: &Question) -> Counted {
    let is_plain = question.only_reaches() && question.granularity == Granularity::Dataset;
    let (true, [direction]) = (is_plain, &question.directions[..]) else {
        let answer = ask(graph, question);
        return Counted::of(answer.nodes.iter().map(|(vertex, _)| vertex), answer.version);
    };
    let is_listed = is_listed(graph, question);
    let found = graph::reach(graph, &walk_of(graph, question, *direction, 0), *direction, !question.datasets_only);
    let mut counted = Counted { version: graph.seq(), ..Counted::default() };
    let datasets = found.datasets.iter().map(|(dataset, distance)| (Vertex::Dataset(dataset), distance));
    let all = datasets.chain(found.jobs.iter().map(|(job, distance)| (Vertex::Job(job), distance)));
    all.filter(|(vertex, distance)| is_listed(vertex, *distance, *distance == 0)).for_each(|(vertex, _)| counted.add(&vertex));
    counted
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
