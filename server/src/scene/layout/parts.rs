//! Splits a graph into the parts that no link joins, largest first; they are laid out one below the other.

use super::{Card, Link};

/// Cards and links of one part, by index, ascending.
#[derive(Default)]
pub(super) struct Part {
    pub(super) cards: Vec<usize>,
    pub(super) links: Vec<usize>,
}

/// Finds the parts. Cards without any link form one common part, spread over the layers as a block:
/// a thousand of them below each other would be a needle. Layers that the caller gave stay as they are.
pub(super) fn split(cards: &[Card], links: &[Link], sound: &[usize], layer: &mut [usize]) -> Vec<Part> {
    let mut joined = Joined::new(cards.len());
    for &link in sound {
        joined.join(links[link].from, links[link].to);
    }
    let mut linked = vec![false; cards.len()];
    for &link in sound {
        linked[links[link].from] = true;
        linked[links[link].to] = true;
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut alone = Part::default();
    let mut part_of: Vec<Option<usize>> = vec![None; cards.len()];
    for (card, &linked) in linked.iter().enumerate() {
        if !linked {
            alone.cards.push(card);
            continue;
        }
        let root = joined.root(card);
        let part = *part_of[root].get_or_insert_with(|| {
            parts.push(Part::default());
            parts.len() - 1
        });
        parts[part].cards.push(card);
    }
    for &link in sound {
        if let Some(part) = part_of[joined.root(links[link].from)] {
            parts[part].links.push(link);
        }
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.cards.len()));
    if !alone.cards.is_empty() {
        if cards.iter().any(|card| card.layer.is_none()) {
            spread(&alone.cards, layer);
        }
        parts.push(alone);
    }
    parts
}

/// About as many columns as the picture has already, but never fewer than make a block of even proportions.
fn spread(alone: &[usize], layer: &mut [usize]) {
    let used = layer.iter().max().map_or(1, |last| last + 1);
    // Cards are some three times wider than high, so a square picture has three times more rows than columns.
    let even = (alone.len() as f64 / 3.0).sqrt().ceil() as usize;
    // Over a very long chain the block would become a thread; twice the even width is wide enough.
    let columns = used.clamp(even, 2 * even);
    for (place, &card) in alone.iter().enumerate() {
        layer[card] = place % columns;
    }
}

/// Union-find with path halving; the smaller index is always the root, so roots do not depend on link order.
struct Joined(Vec<usize>);

impl Joined {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut card: usize) -> usize {
        while self.0[card] != card {
            self.0[card] = self.0[self.0[card]];
            card = self.0[card];
        }
        card
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
