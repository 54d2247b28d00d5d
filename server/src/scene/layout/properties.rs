//! What a layout promises, on random graphs.

use super::Card;
use super::tests::{card, draw};
use proptest::prelude::*;

type Point = (f32, f32);

/// Whether a straight line touches the inside of a card: the line is clipped by each side in turn.
fn cuts(from: Point, to: Point, card: &Card, corner: Point) -> bool {
    let (mut enter, mut exit) = (0.0f32, 1.0f32);
    for (start, step, low, size) in [(from.0, to.0 - from.0, corner.0, card.width), (from.1, to.1 - from.1, corner.1, card.height)] {
        let (low, high) = (low + 0.25, low + size - 0.25);
        if step == 0.0 {
            if start <= low || start >= high {
                return false;
            }
            continue;
        }
        let (one, two) = ((low - start) / step, (high - start) / step);
        enter = enter.max(one.min(two));
        exit = exit.min(one.max(two));
    }
    enter < exit
}

prop_compose! {
    fn any_cards(most: usize)(sizes in prop::collection::vec((1.0f32..400.0, 1.0f32..200.0), 1..most)) -> Vec<Card> {
        sizes.into_iter().map(|(width, height)| card(width.round(), height.round())).collect()
    }
}

proptest! {
    #[test]
    fn any_graph_is_drawn_the_same_way_twice_and_without_overlap(
        cards in any_cards(40),
        pairs in prop::collection::vec((0usize..40, 0usize..40), 0..90),
        hints in prop::option::of(prop::collection::vec(-4i32..5, 40)),
    ) {
        let mut cards = cards;
        for (at, card) in cards.iter_mut().enumerate() {
            card.layer = hints.as_ref().map(|hints| hints[at]);
        }
        let pairs: Vec<_> = pairs.iter().map(|&(a, b)| (a % cards.len(), b % cards.len())).collect();
        let first = draw(&cards, &pairs);
        prop_assert_eq!(first, draw(&cards, &pairs));
    }

    #[test]
    fn every_link_of_an_acyclic_graph_goes_right(
        cards in any_cards(40),
        pairs in prop::collection::vec((0usize..40, 0usize..40), 0..90),
    ) {
        let count = cards.len();
        let pairs: Vec<_> = pairs.iter().map(|&(a, b)| (a % count, b % count)).filter(|(a, b)| a < b).collect();
        let layout = draw(&cards, &pairs);
        for (from, to) in pairs {
            prop_assert!(layout.positions[from].0 + cards[from].width < layout.positions[to].0);
        }
        for route in &layout.routes {
            prop_assert!(route.windows(2).all(|step| step[0].0 <= step[1].0));
        }
    }

    #[test]
    fn no_route_runs_across_a_card(
        cards in any_cards(30),
        pairs in prop::collection::vec((0usize..30, 0usize..30), 0..60),
    ) {
        let pairs: Vec<_> = pairs.iter().map(|&(a, b)| (a % cards.len(), b % cards.len())).collect();
        let layout = draw(&cards, &pairs);
        for route in &layout.routes {
            for step in route.windows(2) {
                for (card, &corner) in cards.iter().zip(&layout.positions) {
                    prop_assert!(!cuts(step[0], step[1], card, corner), "{step:?} cuts {card:?} at {corner:?}");
                }
            }
        }
    }
}
