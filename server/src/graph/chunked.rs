//! Vectors that are cheap to publish: leaves are shared between the writer and its snapshots and copied
//! only when written after a publication. Publishing costs O(leaves touched), not O(graph).

use std::sync::Arc;

/// Values of a leaf, and leaves of a branch. A table of ten million values has ten branches at its root.
const LEAF: usize = 1024;
const BRANCH: usize = 1024;

/// A growing vector of small values that lie side by side; a leaf is copied whole.
#[derive(Clone)]
pub struct Packed<T> {
    branches: Arc<Vec<Branch<T>>>,
    length: usize,
    leaf: usize,
}

type Branch<T> = Arc<Vec<Leaf<T>>>;

/// Values that lie side by side.
pub type Leaf<T> = Arc<Vec<T>>;

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self { branches: Arc::default(), length: 0, leaf: LEAF }
    }
}

impl<T: Clone + Default> Packed<T> {
    /// With other than the usual number of values in a leaf.
    pub fn with_leaf(leaf: usize) -> Self {
        Self { leaf, ..Self::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The value at `index`.
    pub fn get(&self, index: u32) -> Option<&T> {
        let (leaf, at) = (index as usize / self.leaf, index as usize % self.leaf);
        self.branches.get(leaf / BRANCH)?.get(leaf % BRANCH)?.get(at)
    }

    /// The value at `index` to change; grows with defaults up to it.
    pub fn get_mut(&mut self, index: u32) -> &mut T {
        let (leaf, at) = (index as usize / self.leaf, index as usize % self.leaf);
        let branches = Arc::make_mut(&mut self.branches);
        if branches.len() <= leaf / BRANCH {
            branches.resize_with(leaf / BRANCH + 1, Arc::default);
        }
        let branch = Arc::make_mut(&mut branches[leaf / BRANCH]);
        if branch.len() <= leaf % BRANCH {
            branch.resize_with(leaf % BRANCH + 1, Arc::default);
        }
        let values = Arc::make_mut(&mut branch[leaf % BRANCH]);
        if values.len() <= at {
            values.resize_with(at + 1, T::default);
        }
        self.length = self.length.max(index as usize + 1);
        &mut values[at]
    }

    /// Adds one; its index.
    pub fn push(&mut self, value: T) -> u32 {
        let index = self.length as u32;
        *self.get_mut(index) = value;
        index
    }

    /// Every leaf, in order; a leaf may hold fewer values than there is room for.
    pub fn leaves(&self) -> impl Iterator<Item = &Leaf<T>> {
        self.branches.iter().flat_map(|branch| branch.iter())
    }

    /// Of all of its leaves, in order, with so many values.
    pub fn of_leaves(&self, leaves: Vec<Leaf<T>>, length: usize) -> Self {
        let mut leaves = leaves.into_iter().peekable();
        let mut branches = Vec::new();
        while leaves.peek().is_some() {
            branches.push(Arc::new(leaves.by_ref().take(BRANCH).collect()));
        }
        Self { branches: Arc::new(branches), length, leaf: self.leaf }
    }

    /// Every value with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let leaf = self.leaf;
        let leaves = self.branches.iter().enumerate();
        let leaves = leaves.flat_map(|(b, branch)| branch.iter().enumerate().map(move |(l, values)| (b * BRANCH + l, values)));
        leaves.flat_map(move |(l, values)| values.iter().enumerate().map(move |(at, value)| ((l * leaf + at) as u32, value)))
    }
}

/// A growing vector of values that are shared one by one: those that are too large to be copied with their neighbours.
#[derive(Clone)]
pub struct Chunked<T> {
    pub(super) values: Packed<Option<Arc<T>>>,
}

/// Values of a leaf of `Chunked`.
const SHARED_LEAF: usize = 128;

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { values: Packed::with_leaf(SHARED_LEAF) }
    }
}

impl<T: Clone + Default> Chunked<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The value at `index`.
    pub fn get(&self, index: u32) -> Option<&T> {
        self.values.get(index)?.as_deref()
    }

    /// The value at `index` to change; grows up to it.
    pub fn get_mut(&mut self, index: u32) -> &mut T {
        Arc::make_mut(self.values.get_mut(index).get_or_insert_default())
    }

    /// Puts a value at `index`.
    pub fn set(&mut self, index: u32, value: T) {
        *self.values.get_mut(index) = Some(Arc::new(value));
    }

    /// Every value with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.values.iter().filter_map(|(index, value)| Some((index, value.as_deref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_stays_as_it_was() {
        let mut live: Chunked<u32> = Chunked::default();
        *live.get_mut(300) = 7;
        let snapshot = live.clone();
        *live.get_mut(300) = 8;
        *live.get_mut(301) = 9;
        assert_eq!((snapshot.get(300), snapshot.get(301), snapshot.len()), (Some(&7), None, 301));
        assert_eq!((live.get(300), live.get(301), live.get(5)), (Some(&8), Some(&9), None));
        assert_eq!(live.iter().collect::<Vec<_>>(), [(300, &8), (301, &9)]);
    }

    #[test]
    fn values_are_found_across_leaves_and_branches() {
        let mut live: Packed<u32> = Packed::with_leaf(4);
        let count = 4 * BRANCH as u32 + 9;
        (0..count).for_each(|value| assert_eq!(live.push(value), value));
        let snapshot = live.clone();
        *live.get_mut(5) = 0;
        assert!(snapshot.iter().map(|(index, value)| (index, *value)).eq((0..count).map(|value| (value, value))));
        assert_eq!((live.get(5), live.get(count), snapshot.get(count - 1)), (Some(&0), None, Some(&(count - 1))));
    }
}
