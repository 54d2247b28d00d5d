//! Sizes cards, lays them out and anchors arrows: from a selection to a picture in pixels.

use super::layout::{Card, Layout, Link, Spacing, layout};
use super::select::{Arrow, More, Selection};
use crate::graph::{Direction, Node};
use std::collections::HashMap;

/// Changes whenever the same selection would look different.
pub const LAYOUT_VERSION: i32 = 2;

const DATASET: (f32, f32) = (248.0, 64.0);
const JOB: (f32, f32) = (232.0, 48.0);
const MORE: (f32, f32) = (132.0, 36.0);
/// Between two layers: room for arrows, but names are read when the picture is large.
const LAYERS: f32 = 76.0;
/// Height of one column row, and the space under the last one.
const ROW: f32 = 24.0;
const ROWS_END: f32 = 8.0;

/// A card's identity in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// A dataset or job.
    Node(Node),
    /// Neighbours that are not drawn, by their place in the selection.
    More(usize),
}

/// A placed card.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What it is.
    pub piece: Piece,
    /// Left.
    pub x: f32,
    /// Top.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A placed arrow.
#[derive(Clone, Debug)]
pub struct Route {
    /// From this card,
    pub from: Piece,
    /// to this one.
    pub to: Piece,
    /// The arrow; `None` to or from a MORE card.
    pub arrow: Option<Arrow>,
    /// Points from the source's right side to the target's left side.
    pub points: Vec<(f32, f32)>,
}

/// A picture.
pub struct Picture {
    /// Cards.
    pub cards: Vec<Placed>,
    /// Arrows.
    pub routes: Vec<Route>,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// Lays out a selection; `rows` says how many column rows a dataset's card has open.
pub fn compose(selection: &Selection, rows: &HashMap<Node, usize>) -> Picture {
    let nodes = selection.order.iter().map(|&node| Piece::Node(node));
    let pieces: Vec<Piece> = nodes.chain((0..selection.more.len()).map(Piece::More)).collect();
    let places: HashMap<Piece, usize> = pieces.iter().enumerate().map(|(place, &piece)| (piece, place)).collect();
    let sizes: Vec<(f32, f32)> = pieces.iter().map(|&piece| size(piece, rows)).collect();
    let cards: Vec<Card> = sizes.iter().map(|&(width, height)| Card { width, height, layer: None }).collect();
    let mut ends: Vec<(Piece, Piece, Option<Arrow>)> =
        selection.arrows.iter().map(|a| (Piece::Node(a.from), Piece::Node(a.to), Some(*a))).collect();
    ends.extend(selection.more.iter().enumerate().map(|(i, more)| more_ends(i, more)));
    let links: Vec<Link> = ends.iter().filter_map(|(from, to, _)| Some(Link { from: *places.get(from)?, to: *places.get(to)? })).collect();
    let Layout { positions, routes, width, height } = layout(&cards, &links, &Spacing { layer: LAYERS, ..Spacing::default() });
    let placed = pieces.iter().zip(positions).zip(sizes);
    let cards = placed.map(|((&piece, (x, y)), (width, height))| Placed { piece, x, y, width, height }).collect();
    let routes = ends.into_iter().zip(routes).map(|((from, to, arrow), points)| Route { from, to, arrow, points }).collect();
    Picture { cards, routes, width, height }
}

fn more_ends(place: usize, more: &More) -> (Piece, Piece, Option<Arrow>) {
    let (anchor, more_card) = (Piece::Node(more.anchor), Piece::More(place));
    if more.direction == Direction::Downstream { (anchor, more_card, None) } else { (more_card, anchor, None) }
}

fn size(piece: Piece, rows: &HashMap<Node, usize>) -> (f32, f32) {
    match piece {
        Piece::More(_) => MORE,
        Piece::Node(Node::Job(_)) => JOB,
        Piece::Node(node) => match rows.get(&node).copied().unwrap_or(0) {
            0 => DATASET,
            open => (DATASET.0, DATASET.1 + open as f32 * ROW + ROWS_END),
        },
    }
}

/// Middle of the `row`th column row, from the top of its card.
pub fn row_middle(row: usize) -> f32 {
    DATASET.1 + (row as f32 + 0.5) * ROW
}
