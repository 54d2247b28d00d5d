//! Gives columns their x and items their y. The order within a layer is settled before and kept here.

use super::threads::{Item, Lattice, Side};
use super::{Card, Spacing, length};

/// Alternating left and right; the last pass centres a card on what it feeds.
const PASSES: usize = 6;

/// A bend pulls harder than a card: a long link should run straight even if a card sits a little off for it.
const PULL_OF_BEND: f64 = 3.0;

/// A layer's left and right edge.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) right: f64,
}

/// One column per layer, as wide as its widest card.
pub(super) fn columns(cards: &[Card], layer: &[usize], spacing: &Spacing) -> Vec<Column> {
    let mut widths = vec![0.0f64; layer.iter().max().map_or(0, |last| last + 1)];
    for (card, &layer) in cards.iter().zip(layer) {
        widths[layer] = widths[layer].max(length(card.width));
    }
    let mut left = 0.0;
    let place = |width: f64| {
        let column = Column { left, right: left + width };
        left = column.right + f64::from(spacing.layer);
        column
    };
    widths.into_iter().map(place).collect()
}

/// The top of every item, in whole pixels, starting at 0.
pub(super) fn rows(lattice: &Lattice, spacing: &Spacing) -> Vec<f64> {
    let mut centre = vec![0.0; lattice.items.len()];
    for layer in &lattice.layers {
        stack(layer, lattice, spacing, &mut centre);
    }
    let mut blocks = Blocks::default();
    for pass in 0..PASSES {
        let count = lattice.layers.len();
        for step in 0..count {
            let (at, side) = if pass % 2 == 0 { (step, &lattice.left) } else { (count - 1 - step, &lattice.right) };
            settle(&lattice.layers[at], lattice, side, spacing, &mut centre, &mut blocks);
        }
    }
    snap(lattice, spacing, &centre)
}

/// The least distance between the centres of two neighbours of a layer.
fn apart(above: &Item, below: &Item, spacing: &Spacing) -> f64 {
    (above.height + below.height) / 2.0 + gap(above, below, spacing)
}

fn gap(above: &Item, below: &Item, spacing: &Spacing) -> f64 {
    f64::from(if above.card.is_some() && below.card.is_some() { spacing.card } else { spacing.link })
}

/// First guess: each layer packed tight around zero.
fn stack(layer: &[u32], lattice: &Lattice, spacing: &Spacing, centre: &mut [f64]) {
    let mut at = 0.0;
    for pair in layer.windows(2) {
        at += apart(&lattice.items[pair[0] as usize], &lattice.items[pair[1] as usize], spacing);
        centre[pair[1] as usize] = at;
    }
    for &item in layer {
        centre[item as usize] -= at / 2.0;
    }
}

/// Runs of items that push against each other and so move as one.
#[derive(Default)]
struct Blocks(Vec<Block>);

struct Block {
    weight: f64,
    sum: f64,
    items: usize,
}

impl Block {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Moves the items of one layer as near as possible to their neighbours on one side without changing order.
///
/// Subtracting from each wish the space that the items above need turns "keep apart" into "do not decrease",
/// which is isotonic regression; pooling adjacent violators solves that exactly in linear time.
fn settle(layer: &[u32], lattice: &Lattice, side: &Side, spacing: &Spacing, centre: &mut [f64], Blocks(blocks): &mut Blocks) {
    blocks.clear();
    let mut needed = 0.0;
    for (at, &item) in layer.iter().enumerate() {
        if at > 0 {
            needed += apart(&lattice.items[layer[at - 1] as usize], &lattice.items[item as usize], spacing);
        }
        let weight = if lattice.items[item as usize].card.is_some() { 1.0 } else { PULL_OF_BEND };
        let wish = wish(side.of(item), item, centre) - needed;
        let mut block = Block { weight, sum: wish * weight, items: 1 };
        while let Some(above) = blocks.pop_if(|above| above.mean() >= block.mean()) {
            block.weight += above.weight;
            block.sum += above.sum;
            block.items += above.items;
        }
        blocks.push(block);
    }
    let mut needed = 0.0;
    let mut above: Option<u32> = None;
    let mut items = layer.iter();
    for block in blocks.iter() {
        for &item in items.by_ref().take(block.items) {
            if let Some(above) = above {
                needed += apart(&lattice.items[above as usize], &lattice.items[item as usize], spacing);
            }
            centre[item as usize] = block.mean() + needed;
            above = Some(item);
        }
    }
}

fn wish(neighbours: &[u32], item: u32, centre: &[f64]) -> f64 {
    if neighbours.is_empty() {
        return centre[item as usize];
    }
    neighbours.iter().map(|&other| centre[other as usize]).sum::<f64>() / neighbours.len() as f64
}

/// Whole pixels, counted from the topmost item. Rounding could eat a pixel of a gap, so gaps are made good again.
fn snap(lattice: &Lattice, spacing: &Spacing, centre: &[f64]) -> Vec<f64> {
    let top = |item: usize| centre[item] - lattice.items[item].height / 2.0;
    let first = (0..centre.len()).map(top).fold(f64::INFINITY, f64::min);
    let mut tops = vec![0.0; centre.len()];
    for layer in &lattice.layers {
        let mut above: Option<usize> = None;
        for item in layer.iter().map(|&item| item as usize) {
            let free = above.map_or(0.0, |above| {
                let (one, two) = (&lattice.items[above], &lattice.items[item]);
                tops[above] + one.height + gap(one, two, spacing)
            });
            tops[item] = (top(item) - first).floor().max(free);
            above = Some(item);
        }
    }
    tops
}
