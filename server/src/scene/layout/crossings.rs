//! Counts how often links between neighbouring layers cross.

use super::threads::Lattice;

/// The number of crossings in the whole lattice; `place` holds the position of each item in its layer.
pub(super) fn count(lattice: &Lattice, place: &[u32]) -> u64 {
    let mut tally = Tally::default();
    lattice.layers.windows(2).map(|pair| between(lattice, &pair[0], pair[1].len(), place, &mut tally)).sum()
}

/// Two links cross when their ends are in opposite order: an inversion count over the targets, read top to bottom.
fn between(lattice: &Lattice, layer: &[u32], targets: usize, place: &[u32], tally: &mut Tally) -> u64 {
    tally.reset(targets);
    let mut crossings = 0;
    let mut seen = 0;
    for &item in layer {
        let neighbours = lattice.right.of(item);
        // All links of one item are looked up before any is entered: links with a common end do not cross.
        for &other in neighbours {
            crossings += seen - tally.up_to(place[other as usize]);
        }
        for &other in neighbours {
            tally.add(place[other as usize]);
            seen += 1;
        }
    }
    crossings
}

/// A Fenwick tree: how many links ended at or above a place.
#[derive(Default)]
struct Tally(Vec<u32>);

impl Tally {
    fn reset(&mut self, size: usize) {
        self.0.clear();
        self.0.resize(size + 1, 0);
    }

    fn add(&mut self, place: u32) {
        let mut at = place as usize + 1;
        while let Some(cell) = self.0.get_mut(at) {
            *cell += 1;
            at += at & at.wrapping_neg();
        }
    }

    fn up_to(&self, place: u32) -> u64 {
        let mut at = place as usize + 1;
        let mut sum = 0;
        while at > 0 {
            sum += u64::from(self.0[at]);
            at -= at & at.wrapping_neg();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_counts_at_or_above() {
        let mut tally = Tally::default();
        tally.reset(8);
        for place in [3, 3, 0, 7] {
            tally.add(place);
        }
        assert_eq!((0..8).map(|place| tally.up_to(place)).collect::<Vec<_>>(), [1, 1, 1, 3, 3, 3, 3, 4]);
    }
}
