//! Names of columns, each once: most tables call theirs what others do. Found by a hash table that is
//! published like the rest, so that readers find a name without asking the writer.

use super::chunked::Packed;
use std::sync::Arc;

/// Names of a leaf: one that comes copies its neighbours.
const LEAF: usize = 256;

/// Every name with its number.
#[derive(Clone)]
pub struct Names {
    pub(super) texts: Packed<Arc<str>>,
    /// Numbers from 1 on, by the hash of their texts; 0 where there is none. Open addressing.
    pub(super) slots: Packed<u32>,
    /// How many slots there are: a power of two, at least twice as many as names.
    pub(super) room: u32,
}

/// FNV-1a, folded to 32 bits: the table is written down, so its hash has a name and is the same in every release.
fn hash(text: &str) -> u32 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    (hash >> 32) as u32 ^ hash as u32
}

impl Default for Names {
    fn default() -> Self {
        Self { texts: Packed::with_leaf(LEAF), slots: Packed::default(), room: 0 }
    }
}

impl Names {
    /// The text of a number.
    pub fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get(number)
    }

    /// The number of a text.
    pub fn find(&self, text: &str) -> Option<u32> {
        if self.room == 0 { None } else { self.place(text).1 }
    }

    /// The number of a text, a new one if need be.
    pub fn number(&mut self, text: &str) -> u32 {
        if self.texts.len() as u32 >= self.room / 2 {
            self.widen();
        }
        let (slot, known) = self.place(text);
        known.unwrap_or_else(|| {
            let number = self.texts.push(text.into());
            *self.slots.get_mut(slot) = number + 1;
            number
        })
    }

    /// Where a text is, or would be.
    fn place(&self, text: &str) -> (u32, Option<u32>) {
        let mask = self.room - 1;
        let mut slot = hash(text) & mask;
        loop {
            let Some(number) = self.slots.get(slot).and_then(|number| number.checked_sub(1)) else { return (slot, None) };
            if self.texts.get(number).is_some_and(|known| **known == *text) {
                return (slot, Some(number));
            }
            slot = (slot + 1) & mask;
        }
    }

    fn widen(&mut self) {
        self.room = (self.room * 2).max(64);
        self.slots = Packed::default();
        for number in 0..self.texts.len() as u32 {
            let text = self.texts.get(number).cloned().unwrap_or_default();
            let (slot, _) = self.place(&text);
            *self.slots.get_mut(slot) = number + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        let number = |names: &mut Names, at: u32| names.number(&format!("column_{at}"));
        let numbers: Vec<u32> = (0..1000).map(|at| number(&mut names, at)).collect();
        assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
        assert_eq!(number(&mut names, 500), 500);
        let snapshot = names.clone();
        assert_eq!(names.number("new"), 1000);
        assert_eq!((snapshot.find("new"), snapshot.find("column_7"), names.find("new")), (None, Some(7), Some(1000)));
        assert_eq!(Names::default().find("column_7"), None);
    }
}
