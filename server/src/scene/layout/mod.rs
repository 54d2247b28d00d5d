//! A deterministic layered layout, left to right: sizes and links in, positions and routes out.
//! It knows nothing of datasets or jobs; choosing the cards and cutting a graph down is the caller's business.
//!
//! The steps, one file each: break cycles, assign layers, split into parts, thread long links through
//! invisible bends, order each layer for few crossings, place vertically, draw routes.
//! Nothing here iterates over a hash table or recurses: the same input gives the same picture, and a chain of
//! ten thousand cards needs no more stack than one of three.

mod crossings;
mod cycles;
mod layers;
mod order;
mod parts;
mod place;
mod routes;
mod threads;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// A rectangle to be placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Card {
    /// Width in pixels.
    pub width: f32,
    /// Height in pixels.
    pub height: f32,
    /// Signed distance from the focus. It decides the layer when every card has one; else layers are computed.
    pub layer: Option<i32>,
}

/// A directed link between two cards, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Index of the card where the link starts.
    pub from: usize,
    /// Index of the card where the link ends.
    pub to: usize,
}

/// Distances to keep, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    /// Between two layers, horizontally.
    pub layer: f32,
    /// Between two cards of a layer, vertically.
    pub card: f32,
    /// Between a passing link and whatever lies above or below it.
    pub link: f32,
    /// Between two parts of the graph that no link joins.
    pub part: f32,
}

impl Default for Spacing {
    fn default() -> Self {
        Self { layer: 96.0, card: 20.0, link: 12.0, part: 48.0 }
    }
}

/// Where everything goes; the picture starts at (0, 0).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Top left corner of each card, in the order of the cards.
    pub positions: Vec<(f32, f32)>,
    /// For each link its points, from the right middle of its source to the left middle of its target.
    /// Empty for a link that names a card that does not exist.
    pub routes: Vec<Vec<(f32, f32)>>,
    /// Width of the picture.
    pub width: f32,
    /// Height of the picture.
    pub height: f32,
}

/// Lays out a graph. Cycles, self loops, repeated links and separate parts are all allowed.
pub fn layout(cards: &[Card], links: &[Link], spacing: &Spacing) -> Layout {
    let spacing = sane(spacing);
    let sound: Vec<usize> = (0..links.len()).filter(|&link| links[link].from < cards.len() && links[link].to < cards.len()).collect();
    let mut layer = layers::assign(cards, links, &sound);
    let parts = parts::split(cards, links, &sound, &mut layer);
    let columns = place::columns(cards, &layer, &spacing);
    let threaded = threads::choose(links, &sound, &layer);

    let mut drawing = routes::Drawing::new(cards, links, &layer, &columns, &spacing);
    let mut top = 0.0;
    for part in &parts {
        let mut lattice = threads::weave(part, cards, links, &layer, &threaded);
        order::arrange(&mut lattice);
        let tops = place::rows(&lattice, &spacing);
        top = drawing.add(part, &lattice, &tops, top) + f64::from(spacing.part);
    }
    drawing.finish()
}

/// Distances that are not a number, or negative, would let cards overlap; fractions would let rounding do so.
fn sane(spacing: &Spacing) -> Spacing {
    let tidy = |distance: f32| length(distance).max(1.0) as f32;
    Spacing { layer: tidy(spacing.layer), card: tidy(spacing.card), link: tidy(spacing.link), part: tidy(spacing.part) }
}

/// A length as whole pixels; whatever is not a length is none at all.
fn length(value: f32) -> f64 {
    if value.is_finite() && value > 0.0 { f64::from(value.ceil()) } else { 0.0 }
}
