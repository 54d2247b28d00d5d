//! Puts placed parts into the picture, one below the other, and draws the links between their cards.

use super::parts::Part;
use super::place::Column;
use super::threads::{Lattice, item_of};
use super::{Card, Layout, Link, Spacing, length};

/// A picture in the making.
pub(super) struct Drawing<'a> {
    cards: &'a [Card],
    links: &'a [Link],
    layer: &'a [usize],
    columns: &'a [Column],
    spacing: &'a Spacing,
    layout: Layout,
}

/// One part at its place: what a route needs to know.
struct Placed<'a> {
    part: &'a Part,
    lattice: &'a Lattice,
    tops: &'a [f64],
    top: f64,
    /// Where links run that were not threaded: below every card of the part.
    lane: f64,
}

impl<'a> Drawing<'a> {
    /// An empty picture.
    pub(super) fn new(cards: &'a [Card], links: &'a [Link], layer: &'a [usize], columns: &'a [Column], spacing: &'a Spacing) -> Self {
        let layout = Layout {
            positions: vec![(0.0, 0.0); cards.len()],
            routes: vec![Vec::new(); links.len()],
            width: columns.last().map_or(0.0, |column| column.right as f32),
            height: 0.0,
        };
        Self { cards, links, layer, columns, spacing, layout }
    }

    /// Adds a part whose items start at `top`; returns where it ends.
    pub(super) fn add(&mut self, part: &Part, lattice: &Lattice, tops: &[f64], top: f64) -> f64 {
        let mut bottom = 0.0f64;
        for (item, tops) in lattice.items.iter().zip(tops) {
            bottom = bottom.max(tops + item.height);
            if let Some(card) = item.card {
                let left = self.columns[self.layer[card]].left;
                self.layout.positions[card] = (left as f32, (tops + top) as f32);
            }
        }
        let lane = top + bottom + f64::from(self.spacing.link);
        let placed = Placed { part, lattice, tops, top, lane };
        let mut end = top + bottom;
        for (&link, bends) in part.links.iter().zip(&lattice.bends) {
            let route = match bends {
                Some(bends) if self.goes_right(link) => self.onward(link, bends.clone(), &placed),
                Some(bends) => self.around(link, bends.clone().rev(), &placed),
                None => self.unthreaded(link, &placed),
            };
            end = route.iter().fold(end, |end, point| end.max(point.1));
            self.layout.routes[link] = route.into_iter().map(|(x, y)| (x as f32, y as f32)).collect();
        }
        self.layout.height = self.layout.height.max(end as f32);
        end
    }

    /// The finished picture, moved right if a route needed room at the left edge.
    pub(super) fn finish(mut self) -> Layout {
        let points = || self.layout.routes.iter().flatten();
        let left = points().fold(0.0f32, |left, point| left.min(point.0));
        let right = points().fold(self.layout.width, |right, point| right.max(point.0));
        for point in self.layout.positions.iter_mut().chain(self.layout.routes.iter_mut().flatten()) {
            point.0 -= left;
        }
        self.layout.width = right - left;
        self.layout
    }

    fn goes_right(&self, link: usize) -> bool {
        self.layer[self.links[link].from] < self.layer[self.links[link].to]
    }

    /// From left to right through the bends; straight across each column, since a slope might cut a card there.
    fn onward(&self, link: usize, bends: std::ops::Range<u32>, placed: &Placed) -> Vec<(f64, f64)> {
        let mut route = self.leave(link, placed);
        let first = self.layer[self.links[link].from] + 1;
        for (column, bend) in self.columns[first..].iter().zip(bends) {
            let y = placed.top + placed.tops[bend as usize];
            route.push((column.left, y));
            route.push((column.right, y));
        }
        route.push(self.arrive(link, placed));
        route
    }

    /// From right to left, or back to its own layer: round the bottom of the source, through the bends, round
    /// the bottom of the target.
    fn around(&self, link: usize, bends: impl Iterator<Item = u32>, placed: &Placed) -> Vec<(f64, f64)> {
        let Link { from, to } = self.links[link];
        let mut route = self.leave(link, placed);
        self.pass_below(from, placed, &mut route);
        for (column, bend) in self.columns[..self.layer[from]].iter().rev().zip(bends) {
            let y = placed.top + placed.tops[bend as usize];
            route.push((column.right, y));
            route.push((column.left, y));
        }
        if self.layer[from] != self.layer[to] {
            self.pass_below(to, placed, &mut route);
        }
        route.push(self.arrive(link, placed));
        route
    }

    /// A link within its layer goes round its source; a longer one takes the lane below the part.
    fn unthreaded(&self, link: usize, placed: &Placed) -> Vec<(f64, f64)> {
        let Link { from, to } = self.links[link];
        if self.layer[from] == self.layer[to] {
            return self.around(link, std::iter::empty(), placed);
        }
        let mut route = self.leave(link, placed);
        let out = self.columns[self.layer[from]].right + self.margin();
        let back = self.columns[self.layer[to]].left - self.margin();
        route.push((out, placed.lane));
        route.push((back, placed.lane));
        route.push(self.arrive(link, placed));
        route
    }

    /// A third of the space between layers: far enough from the cards to read, clear of what the next layer does.
    fn margin(&self) -> f64 {
        f64::from(self.spacing.layer) / 3.0
    }

    /// The right middle of the source, then its column's edge if the column is wider than the card.
    fn leave(&self, link: usize, placed: &Placed) -> Vec<(f64, f64)> {
        let card = self.links[link].from;
        let column = self.columns[self.layer[card]];
        let y = self.middle(card, placed);
        // The true width, not the rounded one: a route that starts beside its card looks broken.
        let width = if length(self.cards[card].width) > 0.0 { f64::from(self.cards[card].width) } else { 0.0 };
        let mut route = vec![(column.left + width, y)];
        if column.left + width < column.right {
            route.push((column.right, y));
        }
        route
    }

    /// The left middle of the target.
    fn arrive(&self, link: usize, placed: &Placed) -> (f64, f64) {
        let card = self.links[link].to;
        (self.columns[self.layer[card]].left, self.middle(card, placed))
    }

    fn middle(&self, card: usize, placed: &Placed) -> f64 {
        let height = if length(self.cards[card].height) > 0.0 { f64::from(self.cards[card].height) } else { 0.0 };
        placed.top + placed.tops[item_of(placed.part, card) as usize] + height / 2.0
    }

    /// Leftward through a card's own column, in the gap below the card.
    fn pass_below(&self, card: usize, placed: &Placed, route: &mut Vec<(f64, f64)>) {
        let item = item_of(placed.part, card) as usize;
        let gap = f64::from(self.spacing.card.min(self.spacing.link)) / 2.0;
        let y = placed.top + placed.tops[item] + placed.lattice.items[item].height + gap;
        let column = self.columns[self.layer[card]];
        route.push((column.right + self.margin(), y));
        route.push((column.left - self.margin(), y));
    }
}
