//! What a walk has found: each number once, in the order of its distance. One bit a number says whether it is
//! there; the bits are kept from walk to walk, so that a short walk pays for what it finds and not for the graph.

use std::cell::RefCell;

thread_local! {
    /// Bits for the next walk of this thread, all clear.
    static SPARE: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
}

/// Bits that a thread keeps for later: both ways, datasets and jobs.
const KEPT: usize = 4;

/// Room for what most walks find.
const FEW: usize = 16;

/// Numbers that were found, nearest first.
#[derive(Default)]
pub struct Found {
    seen: Vec<u64>,
    levels: Levels,
}

/// Numbers by their distance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    numbers: Vec<u32>,
    /// Where each distance begins among them, from 0 on.
    begins: Vec<usize>,
}

impl Levels {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Nearest first.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// With distances.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let ends = self.begins.iter().skip(1).copied().chain([self.numbers.len()]);
        let levels = self.begins.iter().zip(ends).zip(0..);
        levels.flat_map(|((&begin, end), distance)| self.numbers[begin..end].iter().map(move |&number| (number, distance)))
    }
}

impl Found {
    /// For numbers below `bound`, which may be exceeded.
    pub fn new(bound: usize) -> Self {
        let mut seen = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        if seen.len() < bound.div_ceil(64) {
            seen.resize(bound.div_ceil(64), 0);
        }
        let (numbers, mut begins) = (Vec::with_capacity(FEW), Vec::with_capacity(FEW));
        begins.push(0);
        Self { seen, levels: Levels { numbers, begins } }
    }

    /// What comes from now on is one farther.
    pub fn next_level(&mut self) {
        self.levels.begins.push(self.levels.numbers.len());
    }

    /// Adds one; false when it was there.
    #[inline]
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if word >= self.seen.len() {
            self.seen.resize(word + 1, 0);
        }
        let is_new = self.seen[word] & bit == 0;
        if is_new {
            self.seen[word] |= bit;
            self.levels.numbers.push(number);
        }
        is_new
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.levels.numbers.len()
    }

    /// The one that was found so many before.
    pub fn at(&self, place: usize) -> u32 {
        self.levels.numbers[place]
    }

    /// All of it.
    pub fn finish(mut self) -> Levels {
        std::mem::take(&mut self.levels).tidy(&mut self.seen)
    }
}

impl Levels {
    /// Clears the bits of what was found and keeps them for the next walk.
    fn tidy(self, seen: &mut Vec<u64>) -> Self {
        self.numbers.iter().for_each(|&number| seen[number as usize / 64] = 0);
        let seen = std::mem::take(seen);
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < KEPT {
                spare.push(seen);
            }
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_walk_finds_nothing_of_the_one_before() {
        let mut found = Found::new(10);
        assert!(found.insert(3) && !found.insert(3));
        found.next_level();
        found.next_level();
        assert!(found.insert(700) && found.insert(4));
        assert_eq!(found.finish().iter().collect::<Vec<_>>(), [(3, 0), (700, 2), (4, 2)]);
        let mut next = Found::new(10);
        assert!(next.insert(3) && next.insert(700));
    }
}
