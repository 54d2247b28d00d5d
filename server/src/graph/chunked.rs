//! A vector that is cheap to publish: chunks are shared between the writer and its snapshots and
//! copied only when written after a publication. Publishing costs O(chunks touched), not O(graph).

use std::sync::Arc;

const CHUNK: usize = 128;

/// A growing vector of shared values.
#[derive(Clone)]
pub struct Chunked<T> {
    chunks: Arc<Vec<Arc<Vec<Arc<T>>>>>,
    length: usize,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Arc::default(), length: 0 }
    }
}

impl<T: Clone + Default> Chunked<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The value at `index`.
    pub fn get(&self, index: u32) -> Option<&T> {
        let index = index as usize;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK).map(AsRef::as_ref)
    }

    /// The value at `index` to change; grows with defaults up to it.
    pub fn get_mut(&mut self, index: u32) -> &mut T {
        let index = index as usize;
        let chunks = Arc::make_mut(&mut self.chunks);
        while chunks.len() <= index / CHUNK {
            chunks.push(Arc::default());
        }
        let chunk = Arc::make_mut(&mut chunks[index / CHUNK]);
        if chunk.len() <= index % CHUNK {
            chunk.resize_with(index % CHUNK + 1, Arc::default);
        }
        self.length = self.length.max(index + 1);
        Arc::make_mut(&mut chunk[index % CHUNK])
    }

    /// Every value with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let chunks = self.chunks.iter().enumerate();
        chunks.flat_map(|(c, chunk)| chunk.iter().enumerate().map(move |(i, value)| ((c * CHUNK + i) as u32, value.as_ref())))
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
    }
}
