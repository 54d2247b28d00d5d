//! Memory for one text that gathers: of the heap, or, where it is large, pages of its own. Pages cost nothing before they are
//! written to and are gone at once when they are given back; an allocator keeps what is freed for a while.

use axum::body::Bytes;
use memmap2::MmapMut;

/// Texts beyond this have pages of their own.
const LARGE: usize = 1 << 20;

/// Memory for a text, and the text so far.
pub(super) enum Buffer {
    Heap(Vec<u8>),
    Pages { map: MmapMut, len: usize },
}

impl Default for Buffer {
    fn default() -> Self {
        Self::Heap(Vec::new())
    }
}

impl Buffer {
    /// For so many bytes. The error: the system has no more.
    pub fn of(bytes: usize) -> std::io::Result<Self> {
        if bytes <= LARGE {
            return Ok(Self::Heap(Vec::with_capacity(bytes)));
        }
        let map = MmapMut::map_anon(bytes)?;
        // A huge page would be there whole with its first byte. Systems that know none refuse this.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::NoHugePage);
        Ok(Self::Pages { map, len: 0 })
    }

    /// Bytes that there is room for.
    pub fn capacity(&self) -> usize {
        match self {
            Self::Heap(bytes) => bytes.capacity(),
            Self::Pages { map, .. } => map.len(),
        }
    }

    /// The text so far.
    pub fn text(&self) -> &[u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Pages { map, len } => &map[..*len],
        }
    }

    /// Adds to the text, for which there is buffer.
    pub fn extend(&mut self, piece: &[u8]) {
        match self {
            Self::Heap(bytes) => bytes.extend_from_slice(piece),
            Self::Pages { map, len } => {
                map[*len..*len + piece.len()].copy_from_slice(piece);
                *len += piece.len();
            }
        }
    }

    /// The text, without a copy.
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Heap(bytes) => bytes.into(),
            pages => Bytes::from_owner(pages),
        }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_texts_gather_alike() {
        for bytes in [0, 10, LARGE, LARGE + 1, 3 * LARGE] {
            let mut buffer = Buffer::of(bytes).unwrap();
            assert!(buffer.capacity() >= bytes && buffer.text().is_empty());
            let half = vec![b'x'; bytes / 2];
            buffer.extend(&half);
            buffer.extend(&half);
            assert_eq!(buffer.into_bytes(), [half.as_slice(), &half].concat());
        }
    }
}
