//! Chooses what to draw: the neighbourhood of a focus, opened further where asked. What is not drawn
//! is counted, on the card itself and as a MORE card where a fan-out was cut; never left out in
//! silence.

use crate::fold::flow::Owner;
use crate::graph::{Basis, Direction, Graph, Link, Node, When};
use std::collections::{HashMap, HashSet};

/// More neighbours than this on one side become a few and a MORE card.
const FAN_OUT: usize = 8;
/// How many of them are drawn.
const FEW: usize = 5;

/// What to draw.
pub struct Wish {
    /// The middle.
    pub focus: Node,
    /// Dataset steps to the left.
    pub up: u32,
    /// Dataset steps to the right.
    pub down: u32,
    /// Whether jobs have cards of their own.
    pub jobs: bool,
    /// Event time, microseconds since 1970; `None` is now.
    pub when: When,
    /// Cards to open one step further, and whether wholly.
    pub expand: Vec<(Node, Direction, bool)>,
    /// Cards at most.
    pub limit: usize,
}

/// Neighbours that are not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct More {
    /// The card that they belong to.
    pub anchor: Node,
    /// On which side.
    pub direction: Direction,
    /// How many.
    pub count: usize,
}

/// An arrow between two drawn cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arrow {
    /// Data flows from here,
    pub from: Node,
    /// to here.
    pub to: Node,
    /// How it is known.
    pub basis: Basis,
}

/// What is drawn.
#[derive(Debug, Default)]
pub struct Selection {
    /// Cards with their signed distance from the focus.
    pub cards: HashMap<Node, i32>,
    /// The cards in an order that all servers share: where they lie depends on it.
    pub order: Vec<Node>,
    /// Arrows between them, in such an order too.
    pub arrows: Vec<Arrow>,
    /// Cut fan-outs.
    pub more: Vec<More>,
    /// Direct neighbours of each card that are not drawn: to the left, to the right.
    pub hidden: HashMap<Node, (usize, usize)>,
    /// True when `limit` cut something.
    pub limited: bool,
}

/// Chooses.
pub fn select(graph: &Graph, wish: &Wish) -> Selection {
    let mut chooser = Chooser { graph, wish, chosen: Selection::default(), arrows: HashSet::new(), cut: HashSet::new() };
    chooser.chosen.cards.insert(wish.focus, 0);
    for (direction, depth) in [(Direction::Upstream, wish.up), (Direction::Downstream, wish.down)] {
        let mut frontier = vec![wish.focus];
        for _ in 0..depth {
            frontier = frontier.into_iter().flat_map(|node| chooser.open(node, direction, false)).collect();
        }
    }
    for &(node, direction, all) in &wish.expand {
        if chooser.chosen.cards.contains_key(&node) {
            chooser.open(node, direction, all);
        }
    }
    chooser.finish()
}

struct Chooser<'a> {
    graph: &'a Graph,
    wish: &'a Wish,
    chosen: Selection,
    arrows: HashSet<Arrow>,
    /// Cards that were opened with fewer neighbours than there are.
    cut: HashSet<(Node, bool)>,
}

impl Chooser<'_> {
    /// Draws the neighbours of a card on one side; returns the new ones.
    fn open(&mut self, node: Node, direction: Direction, all: bool) -> Vec<Node> {
        let neighbours = self.neighbours(node, direction);
        let fresh: Vec<Node> = neighbours.into_iter().filter(|other| !self.chosen.cards.contains_key(other)).collect();
        let wanted = if all || fresh.len() <= FAN_OUT { fresh.len() } else { FEW };
        let room = self.wish.limit.saturating_sub(self.chosen.cards.len());
        self.chosen.limited |= wanted > room;
        let drawn: Vec<Node> = fresh.iter().copied().take(wanted.min(room)).collect();
        let key = (node, direction == Direction::Downstream);
        if drawn.len() < fresh.len() {
            self.cut.insert(key);
        } else {
            self.cut.remove(&key);
        }
        let step = if direction == Direction::Downstream { 1 } else { -1 };
        let distance = self.chosen.cards.get(&node).copied().unwrap_or_default() + step;
        for &other in &drawn {
            self.chosen.cards.insert(other, distance);
        }
        drawn
    }

    /// Datasets one step away; a job that leads nowhere is a neighbour itself.
    fn neighbours(&self, node: Node, direction: Direction) -> Vec<Node> {
        let links = self.graph.steps(node, direction, self.wish.when);
        let far = |link: &Link| if direction == Direction::Downstream { link.edge.to } else { link.edge.from };
        let mut others: Vec<Node> = links.iter().map(far).filter(|&other| other != node).collect();
        if !self.wish.jobs {
            others.retain(|other| matches!(other, Node::Dataset(_)));
        }
        others.sort_unstable();
        others.dedup();
        // Which few are drawn of many must be the same on every server.
        others.sort_by_cached_key(|&other| self.graph.key(other));
        others
    }

    fn finish(mut self) -> Selection {
        let cards = self.ordered();
        for &card in &cards {
            self.arrows_from(card);
        }
        for card in cards {
            let hidden =
                |direction| self.neighbours(card, direction).into_iter().filter(|other| !self.chosen.cards.contains_key(other)).count();
            let counts = (hidden(Direction::Upstream), hidden(Direction::Downstream));
            self.chosen.hidden.insert(card, counts);
        }
        let mut cut: Vec<(Node, bool)> = self.cut.iter().copied().collect();
        cut.sort_by_key(|&(anchor, down)| (self.graph.key(anchor), down));
        for (anchor, down) in cut {
            let (up, right) = self.chosen.hidden.get(&anchor).copied().unwrap_or_default();
            let direction = if down { Direction::Downstream } else { Direction::Upstream };
            let count = if down { right } else { up };
            if count > 0 {
                self.chosen.more.push(More { anchor, direction, count });
            }
        }
        self.chosen.order = self.ordered();
        self.chosen.arrows = self.arrows.into_iter().collect();
        let graph = self.graph;
        self.chosen.arrows.sort_by_cached_key(|arrow| (graph.key(arrow.from), graph.key(arrow.to), arrow.basis));
        self.chosen
    }

    /// The cards so far.
    fn ordered(&self) -> Vec<Node> {
        let mut cards: Vec<Node> = self.chosen.cards.keys().copied().collect();
        cards.sort_by_cached_key(|&card| self.graph.key(card));
        cards
    }

    /// Arrows that leave a card for drawn cards, through the job's card when jobs are drawn.
    fn arrows_from(&mut self, card: Node) {
        for Link { edge, owner } in self.graph.steps(card, Direction::Downstream, self.wish.when) {
            if !self.chosen.cards.contains_key(&edge.to) {
                continue;
            }
            let (Node::Dataset(_), Node::Dataset(_), Owner::Job(job), true) = (edge.from, edge.to, owner, self.wish.jobs) else {
                self.arrows.insert(Arrow { from: edge.from, to: edge.to, basis: edge.basis });
                continue;
            };
            let job = Node::Job(job);
            let distance = |node: &Node| self.chosen.cards.get(node).copied().unwrap_or_default();
            // A job stands at the distance of the step that it makes, the nearest of several.
            let step = std::cmp::max_by_key(distance(&edge.from), distance(&edge.to), |d| d.abs());
            let known = self.chosen.cards.get(&job).copied().filter(|known| known.abs() <= step.abs());
            self.chosen.cards.insert(job, known.unwrap_or(step));
            self.arrows.insert(Arrow { from: edge.from, to: job, basis: edge.basis });
            self.arrows.insert(Arrow { from: job, to: edge.to, basis: edge.basis });
        }
    }
}
