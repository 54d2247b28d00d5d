//! What can be told from the rest of the graph and is told only when somebody asks, block by block: the writer merely
//! forgets the rows that it changed, readers fill them in, each block once. What the rows say is for each table.

use super::snapshot::Graph;
use std::sync::{Arc, OnceLock};

/// Rows of a block.
pub const ROWS: usize = 512;

/// The rows of one block, one way; cheap to clone.
pub trait Table: Clone {
    /// Tells the rows from number `first` on; those of `before` of which `holds` is true may be taken over.
    fn tell(graph: &Graph, down: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self;
}

/// A table for each way: who walks one way does not pay for the other. Cheap to clone.
pub struct Ways<T> {
    down: Blocks<T>,
    up: Blocks<T>,
}

impl<T> Clone for Ways<T> {
    fn clone(&self) -> Self {
        Self { down: self.down.clone(), up: self.up.clone() }
    }
}

impl<T> Default for Ways<T> {
    fn default() -> Self {
        Self { down: Blocks::default(), up: Blocks::default() }
    }
}

impl<T: Table> Ways<T> {
    /// The place of a number's block.
    pub fn place(number: u32) -> usize {
        number as usize / ROWS
    }

    /// How many blocks there are, each way.
    pub fn len(&self) -> usize {
        self.down.blocks.len()
    }

    /// Makes room for so many rows.
    pub fn grow(&mut self, rows: usize) {
        self.down.grow(rows);
        self.up.grow(rows);
    }

    /// Both rows of a number are to be told anew.
    pub fn forget(&mut self, number: u32) {
        self.down.forget(number);
        self.up.forget(number);
    }

    /// The rows of a block of this graph.
    pub fn table(&self, graph: &Graph, down: bool, place: usize) -> Option<&T> {
        if down { &self.down } else { &self.up }.table(graph, down, place)
    }
}

/// The blocks of a table.
struct Blocks<T> {
    blocks: Arc<Vec<Arc<Block<T>>>>,
}

impl<T> Clone for Blocks<T> {
    fn clone(&self) -> Self {
        Self { blocks: self.blocks.clone() }
    }
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Arc::default() }
    }
}

/// Rows of neighbouring numbers: there once somebody asked, until then those of before and which of them still hold.
struct Block<T> {
    rows: OnceLock<T>,
    before: Option<T>,
    stale: [u64; ROWS / 64],
}

impl<T> Default for Block<T> {
    fn default() -> Self {
        Self { rows: OnceLock::new(), before: None, stale: [0; ROWS / 64] }
    }
}

impl<T: Clone> Clone for Block<T> {
    /// To be changed: what is known is what was known before.
    fn clone(&self) -> Self {
        match self.rows.get() {
            Some(rows) => Self { before: Some(rows.clone()), ..Self::default() },
            None => Self { rows: OnceLock::new(), before: self.before.clone(), stale: self.stale },
        }
    }
}

impl<T: Table> Blocks<T> {
    fn grow(&mut self, rows: usize) {
        if self.blocks.len() < rows.div_ceil(ROWS) {
            Arc::make_mut(&mut self.blocks).resize_with(rows.div_ceil(ROWS), Arc::default);
        }
    }

    fn forget(&mut self, number: u32) {
        let (place, row) = (number as usize / ROWS, number as usize % ROWS);
        if place >= self.blocks.len() {
            return;
        }
        // Also where nothing is told yet: a reader of an older graph may be about to, and shares the block.
        let block = Arc::make_mut(&mut Arc::make_mut(&mut self.blocks)[place]);
        if block.rows.get().is_some() {
            *block = block.clone();
        }
        block.stale[row / 64] |= 1 << (row % 64);
    }

    fn table(&self, graph: &Graph, down: bool, place: usize) -> Option<&T> {
        let block = self.blocks.get(place)?;
        let holds = |row: usize| block.stale[row / 64] & (1 << (row % 64)) == 0;
        Some(block.rows.get_or_init(|| T::tell(graph, down, (place * ROWS) as u32, block.before.as_ref(), &holds)))
    }
}
