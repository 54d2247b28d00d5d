//! Gives each card a layer: the caller's hints when complete, else the longest path from a source.

use super::cycles::{self, Outgoing};
use super::{Card, Link};

/// The layer of each card, counted from the left, without gaps in the numbering.
pub(super) fn assign(cards: &[Card], links: &[Link], sound: &[usize]) -> Vec<usize> {
    let hints: Option<Vec<i32>> = cards.iter().map(|card| card.layer).collect();
    match hints {
        Some(hints) => ranks(&hints),
        None => longest_paths(cards.len(), links, sound),
    }
}

/// Hints may start anywhere and skip numbers; an empty column would only be a hole in the picture.
fn ranks(hints: &[i32]) -> Vec<usize> {
    let mut distinct = hints.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    hints.iter().map(|hint| distinct.partition_point(|other| other < hint)).collect()
}

fn longest_paths(count: usize, links: &[Link], sound: &[usize]) -> Vec<usize> {
    let back = cycles::backward(count, links, sound);
    let arrows: Vec<Link> = sound
        .iter()
        .map(|&link| (links[link], back[link]))
        .filter(|(link, _)| link.from != link.to)
        .map(|(link, back)| if back { Link { from: link.to, to: link.from } } else { link })
        .collect();
    let all: Vec<usize> = (0..arrows.len()).collect();
    let outgoing = Outgoing::new(count, &arrows, &all);

    let (mut layer, sources) = push_right(count, &arrows, &outgoing);
    // A source that feeds only the far right belongs next to what it feeds, not at the left edge.
    for card in sources {
        let nearest = outgoing.of(card).iter().map(|&arrow| layer[arrows[arrow].to]).min();
        if let Some(nearest) = nearest {
            layer[card] = nearest.saturating_sub(1);
        }
    }
    layer
}

/// Kahn's order; each card ends one layer right of its rightmost predecessor. Also returns the sources.
fn push_right(count: usize, arrows: &[Link], outgoing: &Outgoing) -> (Vec<usize>, Vec<usize>) {
    let mut waiting = vec![0usize; count];
    for arrow in arrows {
        waiting[arrow.to] += 1;
    }
    let sources: Vec<usize> = (0..count).filter(|&card| waiting[card] == 0).collect();
    let mut layer = vec![0; count];
    let mut ready = sources.clone();
    let mut next = 0;
    while let Some(&card) = ready.get(next) {
        next += 1;
        for &arrow in outgoing.of(card) {
            let to = arrows[arrow].to;
            layer[to] = layer[to].max(layer[card] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                ready.push(to);
            }
        }
    }
    (layer, sources)
}
