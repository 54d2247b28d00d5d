//! Orders the items of each layer so that few links cross: barycentre sweeps, keeping the best order seen.

use super::crossings;
use super::threads::{Lattice, Side};

/// More sweeps than this changed nothing on graphs shaped like warehouses.
const SWEEPS: usize = 8;

/// Reorders the layers of the lattice.
pub(super) fn arrange(lattice: &mut Lattice) {
    if lattice.layers.len() < 2 {
        return;
    }
    walk_order(lattice);
    let mut place = places(lattice);
    let mut fewest = crossings::count(lattice, &place);
    let mut best = lattice.layers.clone();
    for sweep in 0..SWEEPS {
        if fewest == 0 || !sweep_once(lattice, &mut place, sweep % 2 == 0) {
            break;
        }
        let crossings = crossings::count(lattice, &place);
        if crossings < fewest {
            fewest = crossings;
            best.clone_from(&lattice.layers);
        }
    }
    lattice.layers = best;
}

/// The position of every item within its layer.
fn places(lattice: &Lattice) -> Vec<u32> {
    let mut place = vec![0; lattice.items.len()];
    for layer in &lattice.layers {
        number(layer, &mut place);
    }
    place
}

fn number(layer: &[u32], place: &mut [u32]) {
    for (at, &item) in layer.iter().enumerate() {
        place[item as usize] = at as u32;
    }
}

/// First order: as a depth-first walk meets the items, which leaves trees without a single crossing.
fn walk_order(lattice: &mut Lattice) {
    let mut met = vec![u32::MAX; lattice.items.len()];
    let mut count = 0;
    let mut stack = Vec::new();
    for root in lattice.layers.iter().flatten() {
        stack.push(*root);
        while let Some(item) = stack.pop() {
            if met[item as usize] != u32::MAX {
                continue;
            }
            met[item as usize] = count;
            count += 1;
            stack.extend(lattice.right.of(item).iter().rev().filter(|&&next| met[next as usize] == u32::MAX));
        }
    }
    for layer in &mut lattice.layers {
        layer.sort_unstable_by_key(|&item| met[item as usize]);
    }
}

/// Sorts each layer by the mean place of its neighbours in the layer just settled. False when nothing moved.
fn sweep_once(lattice: &mut Lattice, place: &mut [u32], rightward: bool) -> bool {
    let Lattice { layers, left, right, .. } = lattice;
    let side: &Side = if rightward { left } else { right };
    let mut keys: Vec<(f64, u32)> = Vec::new();
    let mut moved = false;
    for step in 1..layers.len() {
        let (at, settled) = if rightward { (step, step - 1) } else { (layers.len() - 1 - step, layers.len() - step) };
        let scale = layers[settled].len() as f64 / layers[at].len().max(1) as f64;
        keys.clear();
        keys.extend(layers[at].iter().map(|&item| (centre(side.of(item), place, item, scale), item)));
        // Stable, so that items with the same neighbours stay together.
        keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (slot, &(_, item)) in layers[at].iter_mut().zip(&keys) {
            moved |= *slot != item;
            *slot = item;
        }
        number(&layers[at], place);
    }
    moved
}

/// Mean place of the neighbours; an item without any keeps its own place, as a share of the layer's length.
fn centre(neighbours: &[u32], place: &[u32], item: u32, scale: f64) -> f64 {
    if neighbours.is_empty() {
        return f64::from(place[item as usize]) * scale;
    }
    let sum: u64 = neighbours.iter().map(|&other| u64::from(place[other as usize])).sum();
    sum as f64 / neighbours.len() as f64
}
