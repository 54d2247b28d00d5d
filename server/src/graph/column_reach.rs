//! Which columns can be reached, without the edges: over bare arrays where a question is about now and all kinds of
//! steps, else as `column_walk` goes. Both find the same.

use super::column_question::{ColumnNode, ColumnQuestion};
use super::column_walk;
use super::columns::{ColumnEnd, PackedEnd};
use super::found::{Found, Levels};
use super::nested;
use super::snapshot::Graph;
use super::walk::Direction;
use super::{Node, When};
use hashbrown::HashMap;

/// What is reached one way, the start included.
pub struct ColumnsReached<'a> {
    graph: &'a Graph,
    levels: Levels,
    others: Vec<ColumnNode>,
}

/// Walks one way. None when the question is about other times, or only some steps: then `walk_columns` answers it.
pub fn reach<'a>(graph: &'a Graph, question: &ColumnQuestion, direction: Direction) -> Option<ColumnsReached<'a>> {
    let is_plain = question.when == When::Now && question.inferred && question.kinds.wanted.is_empty() && !question.temporary;
    is_plain.then(|| Reacher::new(graph, question, direction).run())
}

impl ColumnsReached<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Never: a start is always reached, unless there was none.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Each with its distance, nearest first.
    pub fn iter(&self) -> impl Iterator<Item = (ColumnNode, u32)> + '_ {
        self.levels.iter().filter_map(|(number, distance)| Some((self.node(number)?, distance)))
    }

    fn node(&self, number: u32) -> Option<ColumnNode> {
        match Numbering::of(self.graph).vertex(number) {
            Vertex::End(end) => self.graph.column_node(end),
            Vertex::Other(other) => self.others.get(other as usize).cloned(),
        }
    }
}

/// One number for each vertex: columns, then datasets, then what the graph has no number of (parts that only follow from
/// what holds them, names of another dataset of a class, starts that it does not know).
#[derive(Clone, Copy)]
struct Numbering {
    columns: u32,
    datasets: u32,
}

#[derive(Clone, Copy)]
enum Vertex {
    End(ColumnEnd),
    Other(u32),
}

impl Numbering {
    fn of(graph: &Graph) -> Self {
        Self { columns: graph.columns.len() as u32, datasets: graph.datasets.len() as u32 }
    }

    fn number(self, end: ColumnEnd) -> u32 {
        match end {
            ColumnEnd::Column(column) => column,
            ColumnEnd::Whole(dataset) => self.columns + dataset,
        }
    }

    fn other(self, place: usize) -> u32 {
        self.columns + self.datasets + place as u32
    }

    fn vertex(self, number: u32) -> Vertex {
        match number.checked_sub(self.columns) {
            None => Vertex::End(ColumnEnd::Column(number)),
            Some(dataset) if dataset < self.datasets => Vertex::End(ColumnEnd::Whole(dataset)),
            Some(rest) => Vertex::Other(rest - self.datasets),
        }
    }
}

struct Reacher<'a, 'q> {
    graph: &'a Graph,
    question: &'q ColumnQuestion,
    down: bool,
    numbering: Numbering,
    found: Found,
    others: Vec<ColumnNode>,
    numbers: HashMap<ColumnNode, u32>,
}

impl<'a, 'q> Reacher<'a, 'q> {
    fn new(graph: &'a Graph, question: &'q ColumnQuestion, direction: Direction) -> Self {
        let numbering = Numbering::of(graph);
        let found = Found::new((numbering.columns + numbering.datasets) as usize);
        let down = direction == Direction::Downstream;
        Self { graph, question, down, numbering, found, others: Vec::new(), numbers: HashMap::new() }
    }

    fn run(mut self) -> ColumnsReached<'a> {
        for start in &self.question.start {
            self.begin(start);
        }
        let (mut depth, mut left) = (0, 0);
        while left < self.found.len() && self.question.max_depth.is_none_or(|max| depth < max) {
            depth += 1;
            self.found.next_level();
            let end = self.found.len();
            for place in left..end {
                let number = self.found.at(place);
                if depth == 1 || !self.stops(number) {
                    self.leave(number);
                }
            }
            left = end;
        }
        ColumnsReached { graph: self.graph, levels: self.found.finish(), others: self.others }
    }

    /// Most starts are columns that the graph knows, without others inside.
    fn begin(&mut self, start: &ColumnNode) {
        let dataset = start.dataset();
        let is_plain = !self.graph.has_aliases(dataset) && !self.graph.is_nested(dataset);
        if let (true, ColumnNode::Column(_, name)) = (is_plain, start)
            && let Some(column) = self.graph.column(dataset, name)
        {
            self.found.insert(self.numbering.number(ColumnEnd::Column(column)));
            return;
        }
        let start = start.standing(self.graph);
        let parts = nested::parts(self.graph, &start);
        std::iter::once(start).chain(parts).for_each(|start| self.visit(start));
    }

    fn leave(&mut self, number: u32) {
        let (graph, down, numbering) = (self.graph, self.down, self.numbering);
        let found = &mut self.found;
        let mut find = |target: PackedEnd| {
            found.insert(numbering.number(target.into()));
        };
        let is_plain = match numbering.vertex(number) {
            Vertex::End(ColumnEnd::Column(column)) => {
                graph.column_rows(down, column).and_then(|rows| rows.step(column)).map(|targets| targets.for_each(&mut find))
            }
            Vertex::End(ColumnEnd::Whole(dataset)) => {
                graph.whole_rows(down, dataset).and_then(|rows| rows.step(dataset)).map(|targets| targets.for_each(&mut find))
            }
            Vertex::Other(_) => None,
        };
        if is_plain.is_none() {
            self.leave_the_long_way(number);
        }
    }

    fn leave_the_long_way(&mut self, number: u32) {
        let node = match self.numbering.vertex(number) {
            Vertex::End(end) => self.graph.column_node(end),
            Vertex::Other(other) => self.others.get(other as usize).cloned(),
        };
        let Some(node) = node else { return };
        let (graph, question) = (self.graph, self.question);
        column_walk::steps(graph, question, self.down, nested::most_parts(&question.start), node).for_each(|node| self.visit(node));
    }

    fn visit(&mut self, node: ColumnNode) {
        let end = match &node {
            // A start may be one that the graph has not heard of.
            ColumnNode::Dataset(dataset) => Some(ColumnEnd::Whole(*dataset)).filter(|_| *dataset < self.numbering.datasets),
            ColumnNode::Column(dataset, name) => self.graph.column(*dataset, name).map(ColumnEnd::Column),
        };
        let number = match end {
            Some(end) => self.numbering.number(end),
            None => {
                let Self { numbering, others, numbers, .. } = self;
                *numbers.entry(node).or_insert_with_key(|node| {
                    others.push(node.clone());
                    numbering.other(others.len() - 1)
                })
            }
        };
        self.found.insert(number);
    }

    fn stops(&self, number: u32) -> bool {
        let Some(stops) = &self.question.stop_at else { return false };
        let dataset = match self.numbering.vertex(number) {
            Vertex::End(end) => self.graph.dataset_of(end),
            Vertex::Other(other) => self.others.get(other as usize).map(ColumnNode::dataset),
        };
        dataset.is_some_and(|dataset| stops(Node::Dataset(dataset)))
    }
}
