//! Threads long links through the layers they pass, as invisible bends, so that a layer can be ordered by
//! looking at its two neighbours only.

use super::parts::Part;
use super::{Card, Link, length};

/// More bends than this would cost more than they show; what is left over runs below the picture.
const MOST_BENDS: usize = 60_000;

/// A card or a bend.
pub(super) struct Item {
    /// The card, unless this is a bend.
    pub(super) card: Option<usize>,
    /// Height in whole pixels; a bend has none.
    pub(super) height: f64,
}

/// Neighbours of each item on one side: `list[start[item]..start[item + 1]]`.
#[derive(Default)]
pub(super) struct Side {
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Side {
    /// The neighbours of `item` on this side.
    pub(super) fn of(&self, item: u32) -> &[u32] {
        &self.list[self.start[item as usize] as usize..self.start[item as usize + 1] as usize]
    }

    fn new(count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut start = vec![0; count + 1];
        for (item, _) in pairs.clone() {
            start[item as usize + 1] += 1;
        }
        for item in 0..count {
            start[item + 1] += start[item];
        }
        let mut next = start.clone();
        let mut list = vec![0; start[count] as usize];
        for (item, other) in pairs {
            list[next[item as usize] as usize] = other;
            next[item as usize] += 1;
        }
        Self { start, list }
    }
}

/// One part with all its bends: every neighbour lies exactly one layer away.
#[derive(Default)]
pub(super) struct Lattice {
    /// Cards in the order of the part, then bends.
    pub(super) items: Vec<Item>,
    /// Items of each layer, top to bottom, from the part's first layer on.
    pub(super) layers: Vec<Vec<u32>>,
    /// Neighbours in the layer to the left.
    pub(super) left: Side,
    /// Neighbours in the layer to the right.
    pub(super) right: Side,
    /// The bends of each link of the part, left to right; `None` for a link that is not threaded.
    pub(super) bends: Vec<Option<std::ops::Range<u32>>>,
}

/// How many layers a link passes between its ends.
fn passed(link: Link, layer: &[usize]) -> usize {
    layer[link.from].abs_diff(layer[link.to]).saturating_sub(1)
}

/// Decides which links are threaded: the shortest first, until there are bends enough.
pub(super) fn choose(links: &[Link], sound: &[usize], layer: &[usize]) -> Vec<bool> {
    let mut threaded = vec![false; links.len()];
    let mut candidates: Vec<usize> = sound.iter().copied().filter(|&link| layer[links[link].from] != layer[links[link].to]).collect();
    candidates.sort_by_key(|&link| passed(links[link], layer));
    let mut bends = 0;
    for link in candidates {
        bends += passed(links[link], layer);
        if bends > MOST_BENDS {
            break;
        }
        threaded[link] = true;
    }
    threaded
}

/// Builds the lattice of one part.
pub(super) fn weave(part: &Part, cards: &[Card], links: &[Link], layer: &[usize], threaded: &[bool]) -> Lattice {
    let first = part.cards.iter().map(|&card| layer[card]).min().unwrap_or(0);
    let last = part.cards.iter().map(|&card| layer[card]).max().unwrap_or(0);
    let mut lattice = Lattice { layers: vec![Vec::new(); last + 1 - first], ..Lattice::default() };
    for (item, &card) in part.cards.iter().enumerate() {
        lattice.items.push(Item { card: Some(card), height: length(cards[card].height) });
        lattice.layers[layer[card] - first].push(item as u32);
    }
    let mut steps: Vec<(u32, u32)> = Vec::new();
    for &link in &part.links {
        let bends = threaded[link].then(|| {
            let Link { from, to } = links[link];
            // A backward link is threaded from its target; only the drawing cares about its direction.
            let (left, right) = if layer[from] < layer[to] { (from, to) } else { (to, from) };
            let start = lattice.items.len() as u32;
            let mut before = item_of(part, left);
            for column in layer[left] + 1..layer[right] {
                let bend = lattice.items.len() as u32;
                lattice.items.push(Item { card: None, height: 0.0 });
                lattice.layers[column - first].push(bend);
                steps.push((before, bend));
                before = bend;
            }
            steps.push((before, item_of(part, right)));
            start..lattice.items.len() as u32
        });
        lattice.bends.push(bends);
    }
    lattice.right = Side::new(lattice.items.len(), steps.iter().copied());
    lattice.left = Side::new(lattice.items.len(), steps.iter().map(|&(left, right)| (right, left)));
    lattice
}

/// The item of a card; the cards of a part are ascending, so this is a binary search.
pub(super) fn item_of(part: &Part, card: usize) -> u32 {
    part.cards.partition_point(|&other| other < card) as u32
}
