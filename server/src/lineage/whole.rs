//! The whole graph as an answer: every dataset is a start, and what flows between jobs alone is added.

use super::answer::{Answer, AnswerEdge, Vertex};
use super::ask::{ask, is_alone};
use super::jobs::Handover;
use super::question::{Granularity, Question};
use crate::graph::{Direction, Graph, Link, Node, When};
use std::collections::{BTreeSet, HashSet};

/// Answers for all of these datasets at once. Start, directions, depths and stops of the question do not count, and the
/// distances of the answer mean nothing. Datasets without an edge are listed when the question is about now: of
/// another time it is only known when they had edges. A filter is about every node: none is where somebody started.
pub fn whole(graph: &Graph, datasets: &[u32], question: &Question) -> Answer {
    let is_seen = |dataset: &u32| question.temporary || !graph.is_temporary(*dataset);
    let filter = question.filter.as_ref();
    let start: BTreeSet<u32> = datasets.iter().filter(|dataset| is_seen(dataset)).map(|&dataset| graph.representative(dataset)).collect();
    let question = Question {
        start: start.into_iter().map(Vertex::Dataset).collect(),
        upstream_start: None,
        directions: vec![Direction::Upstream, Direction::Downstream],
        min_depth: 0,
        // Every edge between columns is a step from some start. Beyond, datasets that stand for some column of theirs
        // would lead on; between datasets there are jobs to follow.
        max_depth: (question.granularity == Granularity::Column).then_some(1),
        stop_at: None,
        filter: None,
        ..question.clone()
    };
    let mut answer = ask(graph, &question);
    add_job_links(graph, &question, &mut answer);
    if question.when != When::Now {
        let ends: HashSet<&Vertex> = answer.edges.iter().flat_map(|edge| [Some(&edge.from), Some(&edge.to)]).flatten().collect();
        let jobs: HashSet<u32> = answer.edges.iter().filter_map(|edge| edge.job).collect();
        let has_edge = |vertex: &Vertex| ends.contains(vertex) || matches!(vertex, Vertex::Job(job) if jobs.contains(job));
        answer.nodes.retain(|(vertex, _)| has_edge(vertex));
    }
    if let Some(filter) = filter {
        answer.nodes.retain(|(vertex, _)| filter.test(graph, vertex.node()));
        let listed: HashSet<&Vertex> = answer.nodes.iter().map(|(vertex, _)| vertex).collect();
        answer.edges.retain(|edge| listed.contains(&edge.from) && listed.contains(&edge.to));
    }
    answer
}

fn add_job_links(graph: &Graph, question: &Question, answer: &mut Answer) {
    let is_asked = question.granularity == Granularity::Job || (question.granularity == Granularity::Dataset && !question.datasets_only);
    let links = if is_asked { graph.job_links(question.when) } else { Vec::new() };
    for link in links {
        let (Node::Job(from), Node::Job(to)) = (link.edge.from, link.edge.to) else { continue };
        if !question.counts(&AnswerEdge::of_link(&link, is_alone(graph, link.owner))) {
            continue;
        }
        let edge = edge(graph, question, &link, (from, to));
        answer.nodes.extend([from, to].map(|job| (Vertex::Job(job), 1)));
        answer.edges.push(edge);
    }
    answer.sort(graph);
}

fn edge(graph: &Graph, question: &Question, link: &Link, ends: (u32, u32)) -> AnswerEdge {
    if question.granularity == Granularity::Dataset {
        return AnswerEdge::of_link(link, is_alone(graph, link.owner));
    }
    AnswerEdge::of_handover(ends, Handover { datasets: BTreeSet::new(), first: link.edge.first, last: link.edge.last })
}
