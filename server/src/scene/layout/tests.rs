//! What a layout promises, on pictures small enough to check by hand and on extreme ones.

use super::*;

pub(super) fn card(width: f32, height: f32) -> Card {
    Card { width, height, layer: None }
}

fn cards(count: usize) -> Vec<Card> {
    vec![card(240.0, 56.0); count]
}

fn links(pairs: &[(usize, usize)]) -> Vec<Link> {
    pairs.iter().map(|&(from, to)| Link { from, to }).collect()
}

pub(super) fn draw(cards: &[Card], pairs: &[(usize, usize)]) -> Layout {
    let links = links(pairs);
    let layout = layout(cards, &links, &Spacing::default());
    check(cards, &links, &layout);
    layout
}

/// Everything that holds for every picture.
fn check(cards: &[Card], links: &[Link], layout: &Layout) {
    assert_eq!(layout.positions.len(), cards.len());
    assert_eq!(layout.routes.len(), links.len());
    no_overlap(cards, layout);
    for (link, route) in links.iter().zip(&layout.routes) {
        let ((from_x, from_y), (to_x, to_y)) = (layout.positions[link.from], layout.positions[link.to]);
        let (from, to) = (cards[link.from], cards[link.to]);
        assert_eq!(route.first(), Some(&(from_x + from.width, from_y + from.height / 2.0)));
        assert_eq!(route.last(), Some(&(to_x, to_y + to.height / 2.0)));
    }
    for &(x, y) in layout.routes.iter().flatten() {
        assert!(x >= 0.0 && y >= 0.0 && x <= layout.width && y <= layout.height, "({x}, {y}) lies outside");
    }
    for (card, &(x, y)) in cards.iter().zip(&layout.positions) {
        assert!(x >= 0.0 && y >= 0.0 && x + card.width <= layout.width && y + card.height <= layout.height);
    }
}

/// By scanning from left to right, since comparing each with each would take minutes for a large picture.
fn no_overlap(cards: &[Card], layout: &Layout) {
    let mut sorted: Vec<usize> = (0..cards.len()).collect();
    sorted.sort_by(|&a, &b| {
        let (a, b) = (layout.positions[a], layout.positions[b]);
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    for (at, &one) in sorted.iter().enumerate() {
        let (x, y) = layout.positions[one];
        for &two in &sorted[at + 1..] {
            let (other_x, other_y) = layout.positions[two];
            // Cards of a column share their x and are sorted by y: the first that is clear ends the search there.
            if other_x >= x + cards[one].width || (other_x == x && other_y >= y + cards[one].height) {
                break;
            }
            assert!(other_y >= y + cards[one].height || y >= other_y + cards[two].height, "{one} overlaps {two}");
        }
    }
}

#[test]
fn nothing_is_an_empty_picture() {
    assert_eq!(draw(&[], &[]), Layout::default());
}

#[test]
fn one_card_sits_in_the_corner() {
    let layout = draw(&cards(1), &[]);
    assert_eq!(layout.positions, [(0.0, 0.0)]);
    assert_eq!((layout.width, layout.height), (240.0, 56.0));
}

#[test]
fn a_diamond_is_symmetric() {
    let layout = draw(&cards(4), &[(0, 1), (0, 2), (1, 3), (2, 3)]);
    assert_eq!(layout.positions, [(0.0, 38.0), (336.0, 0.0), (336.0, 76.0), (672.0, 38.0)]);
}

#[test]
fn a_long_link_passes_the_layer_between_without_touching_it() {
    let cards = cards(3);
    let layout = draw(&cards, &[(0, 1), (1, 2), (0, 2)]);
    let (x, y) = layout.positions[1];
    assert_eq!(layout.routes[2].len(), 4);
    for &(bend_x, bend_y) in &layout.routes[2][1..3] {
        assert!(bend_x == x || bend_x == x + 240.0);
        assert!(bend_y < y || bend_y > y + 56.0);
    }
}

#[test]
fn a_source_sits_next_to_what_it_feeds() {
    let layout = draw(&cards(5), &[(0, 1), (1, 2), (2, 3), (4, 3)]);
    assert_eq!(layout.positions[4].0, layout.positions[2].0);
}

#[test]
fn cycles_and_self_loops_end() {
    let layout = draw(&cards(4), &[(0, 1), (1, 2), (2, 0), (3, 3), (2, 2), (0, 1)]);
    let x = |card: usize| layout.positions[card].0;
    assert!(x(0) < x(1) && x(1) < x(2));
    assert!(layout.routes.iter().all(|route| route.len() >= 2));
}

#[test]
fn complete_hints_decide_the_layers() {
    let hinted: Vec<Card> = [-7, 0, 0, 2].map(|layer| Card { layer: Some(layer), ..card(100.0, 40.0) }).into_iter().collect();
    let layout = draw(&hinted, &[(0, 1), (1, 2), (3, 0), (2, 3)]);
    assert_eq!(layout.positions.iter().map(|place| place.0).collect::<Vec<_>>()[1..], [228.0, 228.0, 424.0]);
}

#[test]
fn separate_parts_do_not_share_rows_and_lone_cards_form_a_block() {
    let layout = draw(&cards(104), &[(0, 1), (2, 3)]);
    assert!(layout.positions[2].1 > layout.positions[0].1 + 56.0);
    assert!(layout.height < 20.0 * 76.0, "height {}", layout.height);
}

#[test]
fn a_link_to_nowhere_is_left_out() {
    let links = links(&[(0, 9), (0, 1)]);
    let layout = layout(&cards(2), &links, &Spacing::default());
    assert!(layout.routes[0].is_empty());
    assert_eq!(layout.routes[1].len(), 2);
}

#[test]
fn sizes_that_are_no_sizes_do_no_harm() {
    let odd = [card(f32::NAN, -3.0), card(f32::INFINITY, f32::NEG_INFINITY), card(10.0, 10.0)];
    let nonsense = Spacing { layer: f32::NAN, card: -1.0, link: 0.0, part: f32::INFINITY };
    let layout = layout(&odd, &links(&[(0, 1), (1, 2), (0, 2)]), &nonsense);
    assert!(layout.positions.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
}

#[test]
fn a_hub_is_centred_on_five_thousand_children() {
    let pairs: Vec<_> = (1..=5000).map(|child| (0, child)).collect();
    let layout = draw(&cards(5001), &pairs);
    assert!((layout.positions[0].1 + 28.0 - layout.height / 2.0).abs() <= 1.0);
}

#[test]
fn a_chain_of_ten_thousand_is_a_straight_line() {
    let mut pairs: Vec<_> = (1..10_000).map(|next| (next - 1, next)).collect();
    assert_eq!(draw(&cards(10_000), &pairs).height, 56.0);
    pairs.extend((0..5000).map(|from| (from, 9_999)));
    draw(&cards(10_000), &pairs);
    pairs.push((9_999, 0));
    draw(&cards(10_000), &pairs);
}
