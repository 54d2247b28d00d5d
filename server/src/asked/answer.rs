//! An answer in its order, whole or a page of it, with exact totals and words for what is cut.

use super::group::{GroupLink, GroupNode, Groups, grouped};
use super::page::{PageArguments, PagePlace, page_of};
use super::question::Asked;
use super::words::LineageGranularity;
use super::{AskError, Result};
use crate::app::App;
use crate::completeness::{Completeness, IncompleteReason, Settled};
use crate::graph::Graph;
use crate::lineage::answer::{Answer, AnswerEdge, Vertex};
use crate::lineage::outcomes::Outcomes;
use crate::lineage::question::Question;
use crate::lineage::reckon::Reckoned;
use crate::lineage::{Counted, ask};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// How much there is, on whatever page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Nodes; of a rolled-up answer groups.
    pub nodes: usize,
    /// Datasets among them, or in them.
    pub datasets: usize,
    /// Jobs among them; of a rolled-up answer between its datasets.
    pub jobs: usize,
    /// Columns among them.
    pub columns: usize,
}

/// A dataset, job or column of an answer.
#[derive(Debug)]
pub struct Thing {
    /// Which.
    pub vertex: Vertex,
    /// Dataset steps from the start.
    pub distance: u32,
    /// What its paths have to say, when it was asked for.
    pub reckoned: Option<Reckoned>,
    /// What becomes of the value, of a column when it was asked for.
    pub outcomes: Option<Outcomes>,
}

/// Datasets, jobs and columns, nearest first, and the edges between them, by their ends.
#[derive(Debug, Default)]
pub struct Things {
    /// Nodes.
    pub nodes: Vec<Thing>,
    /// Edges.
    pub edges: Vec<AnswerEdge>,
}

/// What an answer or a page of it holds, by its granularity.
#[derive(Debug)]
pub enum Items {
    /// Datasets, jobs and columns.
    Things(Things),
    /// Datasets by heading.
    Groups(Groups),
}

/// An answer, or a page of it.
#[derive(Debug, Default)]
pub struct Listed {
    /// Where it starts.
    pub starts: Vec<Vertex>,
    /// What was asked for and is not known, in words.
    pub unknown: Vec<String>,
    /// Of the whole answer.
    pub totals: Totals,
    /// Whether anything that matches is missing; a requested page counts as complete.
    pub completeness: Completeness,
    /// Log sequence that it holds for.
    pub version: u64,
    /// Nodes, and edges between them; on a page those whose farther end is on it, so that each is on exactly one page.
    pub items: Items,
    /// Where the page stands.
    pub place: PagePlace,
}

impl Default for Items {
    fn default() -> Self {
        Self::Things(Things::default())
    }
}

impl Items {
    /// Of an answer, whole.
    pub async fn of(app: &App, answer: Answer, granularity: LineageGranularity) -> std::result::Result<Self, AskError> {
        if granularity.is_rolled_up() {
            return Ok(Self::Groups(grouped(app, answer, granularity).await?));
        }
        Ok(Self::Things(app.work.walk(move || answer.into()).await?))
    }
}

impl From<Answer> for Things {
    fn from(mut answer: Answer) -> Self {
        let thing = |(vertex, distance): (Vertex, u32)| Thing {
            distance,
            // No path leads to where all begin.
            reckoned: answer.reckoned.remove(&vertex).map(|known| if distance == 0 { Reckoned { paths: 0, ..known } } else { known }),
            outcomes: answer.outcomes.get(&vertex).copied(),
            vertex,
        };
        Self { nodes: answer.nodes.into_iter().map(thing).collect(), edges: answer.edges }
    }
}

impl Totals {
    fn of(answer: &Answer) -> Self {
        let count = |is: fn(&Vertex) -> bool| answer.nodes.iter().filter(|(vertex, _)| is(vertex)).count();
        Self {
            nodes: answer.nodes.len(),
            datasets: count(|vertex| matches!(vertex, Vertex::Dataset(_))),
            jobs: count(|vertex| matches!(vertex, Vertex::Job(_))),
            columns: count(|vertex| matches!(vertex, Vertex::Column(..))),
        }
    }
}

impl From<Counted> for Totals {
    fn from(counted: Counted) -> Self {
        let Counted { datasets, jobs, columns, .. } = counted;
        Self { nodes: counted.nodes(), datasets, jobs, columns }
    }
}

impl Asked {
    /// Says how much there is, and lists nothing: what would be listed is only counted.
    pub async fn counted(self, app: &App, settled: Settled, page: &PageArguments) -> Result<Listed> {
        // Groups are made of the whole, and a cursor is read where the list is.
        if self.granularity.is_rolled_up() || page.after.is_some() {
            return self.listed(app, settled, page).await;
        }
        let limit = app.limits.answer_items;
        let counted = self.count(app).await?;
        let (totals, version) = (Totals::from(counted), counted.version);
        let place = PagePlace { has_next: totals.nodes > page.first.map_or(limit, |first| first.min(limit)), ..PagePlace::default() };
        let cut = why(&self, &totals, page, &place, false, limit);
        Ok(self.found(settled, cut, Listed { totals, version, place, ..Listed::default() }))
    }

    /// With where it starts, and everything that is missing.
    fn found(self, settled: Settled, cut: Option<String>, listed: Listed) -> Listed {
        let cut = cut.map(|words| (IncompleteReason::AnswerLimit, words));
        let missing = (!self.start.unknown.is_empty()).then(|| format!("not known here: {}", self.start.unknown.join(", ")));
        let completeness = Completeness::of(settled).and(cut).and(missing.map(|words| (IncompleteReason::NotKnown, words)));
        Listed { starts: self.start.vertices, unknown: self.start.unknown, completeness, ..listed }
    }

    /// Answers with a page, or with as much as one answer may list. `settled` is what its names were looked up in, at least.
    pub async fn listed(self, app: &App, settled: Settled, page: &PageArguments) -> Result<Listed> {
        let limit = app.limits.answer_items;
        // Groups are made of all edges, and pages reach every one; a list of all has its bound.
        let is_list = !self.granularity.is_rolled_up() && page.first.is_none() && page.after.is_none();
        let no_edges = !self.granularity.is_rolled_up() && (self.question.max_edges == Some(0) || page.first == Some(0));
        let max_edges = if no_edges { Some(0) } else { is_list.then_some(limit) };
        let asked = Self { question: Question { max_edges, ..self.question }, ..self };
        let (graph, page_of_it) = (app.graph(), page.clone());
        // Making lists of a large answer takes as long as finding it: neither may keep other requests waiting.
        let (totals, version, items, place, is_short) = if asked.granularity.is_rolled_up() {
            let answer = asked.walk(app, graph).await?;
            let (totals, version) = (Totals::of(&answer), answer.version);
            let Groups { by, nodes, edges } = grouped(app, answer, asked.granularity).await?;
            let totals = Totals { nodes: nodes.len(), ..totals };
            let cut = app.work.walk(move || groups_on(nodes, edges, &page_of_it, limit)).await??;
            (totals, version, Items::Groups(Groups { by, nodes: cut.nodes, edges: cut.edges }), cut.place, cut.is_short)
        } else {
            let question = asked.question();
            let work = move || {
                let answer = ask(&graph, &question);
                let (totals, version, all_edges) = (Totals::of(&answer), answer.version, answer.all_edges);
                Ok::<_, AskError>((totals, version, all_edges, things_on(&graph, answer, &page_of_it, limit)?))
            };
            let (totals, version, all_edges, cut) = app.work.walk(work).await??;
            let items = Items::Things(Things { nodes: cut.nodes, edges: cut.edges });
            (totals, version, items, cut.place, cut.is_short || !all_edges)
        };
        let cut = why(&asked, &totals, page, &place, is_short, limit);
        Ok(asked.found(settled, cut, Listed { totals, version, items, place, ..Listed::default() }))
    }
}

/// What is missing of what was asked for.
fn why(asked: &Asked, totals: &Totals, page: &PageArguments, place: &PagePlace, short_of_edges: bool, limit: usize) -> Option<String> {
    if page.first.is_none() && place.has_next {
        let (total, is_rolled_up) = (totals.nodes, asked.granularity.is_rolled_up());
        return Some(if is_rolled_up {
            format!("there are {total} groups and {limit} are listed; page through them with first and after")
        } else {
            format!("the answer has {total} nodes and lists {limit}; page through it with first and after")
        });
    }
    let words = || format!("the answer has more than {limit} edges; ask for a smaller maxDepth, or page through it with first and after");
    short_of_edges.then(words)
}

fn things_on(graph: &Graph, answer: Answer, page: &PageArguments, limit: usize) -> Result<Cut<Thing, AnswerEdge>> {
    let Things { nodes, edges } = answer.into();
    let place = |node: &Thing| (node.distance, graph.vertex_key(&node.vertex));
    Cut::new(nodes, (|node| (node.distance, &node.vertex), place), edges, |edge| (&edge.from, &edge.to), (page, limit))
}

fn groups_on(nodes: Vec<GroupNode>, edges: Vec<GroupLink>, page: &PageArguments, limit: usize) -> Result<Cut<GroupNode, GroupLink>> {
    let place = |node: &GroupNode| (node.group.distance, node.heading.clone());
    Cut::new(nodes, (|node| (node.group.distance, &node.heading), place), edges, |edge| (&edge.from, &edge.to), (page, limit))
}

/// A page of nodes with its edges.
struct Cut<N, E> {
    nodes: Vec<N>,
    edges: Vec<E>,
    place: PagePlace,
    /// True when edges of the page are missing.
    is_short: bool,
}

impl<N, E> Cut<N, E> {
    /// From an answer in its order: `at` gives the distance of a node and what edges know it by, `place` what cursors do. On a
    /// page an edge belongs to its farther end.
    fn new<V, K>(
        nodes: Vec<N>,
        (at, place): (impl Fn(&N) -> (u32, &V), impl Fn(&N) -> (u32, K)),
        mut edges: Vec<E>,
        ends: impl Fn(&E) -> (&V, &V),
        (page, limit): (&PageArguments, usize),
    ) -> Result<Self>
    where
        V: Eq + Hash + Clone,
        K: Ord + Serialize + DeserializeOwned,
    {
        let placed = nodes.iter().filter(|_| !edges.is_empty()).map(&at);
        let distances: HashMap<V, u32> = placed.map(|(distance, vertex)| (vertex.clone(), distance)).collect();
        let (nodes, place) = page_of(nodes, place, page, limit)?;
        let on_page: HashSet<&V> = nodes.iter().map(|node| at(node).1).collect();
        edges.retain(|edge| {
            let (from, to) = ends(edge);
            on_page.contains(if distances.get(from) > distances.get(to) { from } else { to })
        });
        let is_short = edges.len() > limit;
        edges.truncate(limit);
        Ok(Self { nodes, edges, place, is_short })
    }
}
