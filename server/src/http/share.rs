//! What one body takes of the bytes that all bodies under way may take together, and a text that gathers within it.

use super::buffer::Buffer;
use super::problem::Problem;
use axum::body::Bytes;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of a body that the budget does not count: more than nearly every event has.
pub(super) const FREE: usize = 64 << 10;
/// The budget is not looked at for each chunk.
const STEP: usize = 64 << 10;

/// What one body takes of the budget; given back when dropped.
pub struct Share {
    budget: Arc<Semaphore>,
    /// Bytes of the whole budget: one body may have all of it, and none waits for more than there is.
    all: usize,
    held: Option<OwnedSemaphorePermit>,
    /// Bytes that it covers.
    covered: usize,
}

impl Share {
    /// Of a budget of so many bytes in all; nothing is taken yet.
    pub(super) fn of(budget: Arc<Semaphore>, all: usize) -> Self {
        Self { budget, all, held: None, covered: FREE }
    }

    /// Takes what is missing for so many bytes; 503 when others have it.
    pub fn cover(&mut self, bytes: usize) -> Result<(), Problem> {
        let missing = bytes.min(self.all).saturating_sub(self.covered);
        if missing == 0 {
            return Ok(());
        }
        let left = self.all.saturating_sub(self.covered);
        let step = missing.max(STEP).min(left).min(u32::MAX as usize);
        let more = self.budget.clone().try_acquire_many_owned(step as u32);
        let more =
            more.map_err(|_| Problem::busy_with("as many bytes are on their way in as this server takes at a time; send this again"))?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        self.covered += step;
        Ok(())
    }

    /// The same beyond what it covers.
    pub fn add(&mut self, bytes: usize) -> Result<(), Problem> {
        self.cover(self.covered.saturating_add(bytes))
    }
}

/// A text that arrives in pieces. What it grows by is counted before it grows, the old and the new room while it moves.
#[derive(Default)]
pub(super) struct Gathered {
    /// Most bodies are one piece, which is not copied.
    first: Bytes,
    all: Buffer,
    /// Bytes that there will be, as far as the sender says; room that is not used costs no memory.
    expected: usize,
    /// Bytes of the text from which this one is unpacked.
    beside: usize,
}

impl Gathered {
    /// Of so many bytes in all, where that is known, while a text of `beside` bytes is still there.
    pub fn new(expected: usize, beside: usize) -> Self {
        Self { expected, beside, ..Self::default() }
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.first.len() + self.all.text().len()
    }

    /// Another piece as it came.
    pub fn push(&mut self, piece: Bytes, share: &mut Share) -> Result<(), Problem> {
        if self.len() == 0 {
            share.cover(self.beside.saturating_add(piece.len()))?;
            self.first = piece;
            return Ok(());
        }
        self.extend(&piece, share)
    }

    /// Another piece, which is copied.
    pub fn extend(&mut self, piece: &[u8], share: &mut Share) -> Result<(), Problem> {
        let (room, len) = (self.all.capacity(), self.len().saturating_add(piece.len()));
        if len > room {
            let grown = len.max(room.saturating_add(room / 2)).max(self.expected);
            let moved = if room == 0 { len } else { room.saturating_add(grown) };
            share.cover(self.beside.saturating_add(moved))?;
            let mut larger = Buffer::of(grown).map_err(|_| Problem::busy_with("the server has no memory left for this; send it again"))?;
            larger.extend(self.all.text());
            larger.extend(&std::mem::take(&mut self.first));
            self.all = larger;
        }
        share.cover(self.beside.saturating_add(len))?;
        self.all.extend(piece);
        Ok(())
    }

    /// The text in one piece.
    pub fn whole(self) -> Bytes {
        if self.first.is_empty() { self.all.into_bytes() } else { self.first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(all: usize) -> (Arc<Semaphore>, Share) {
        let budget = Arc::new(Semaphore::new(all));
        (budget.clone(), Share::of(budget, all))
    }

    #[test]
    fn what_is_said_to_come_is_room_for_all_of_it_and_counted_as_it_comes() {
        let (budget, mut share) = share(8 << 20);
        let mut text = Gathered::new(4 << 20, 0);
        let piece = Bytes::from(vec![b'x'; 256 << 10]);
        text.push(piece.clone(), &mut share).ok().unwrap();
        text.push(piece.clone(), &mut share).ok().unwrap();
        assert_eq!((text.len(), text.all.capacity()), (512 << 10, 4 << 20));
        assert!(budget.available_permits() >= (8 << 20) - (512 << 10), "{} are left", budget.available_permits());
        for _ in 0..14 {
            text.push(piece.clone(), &mut share).ok().unwrap();
        }
        assert_eq!((text.len(), text.all.capacity()), (4 << 20, 4 << 20), "it did not move");
        assert_eq!(text.whole().len(), 4 << 20);
    }

    #[test]
    fn growing_is_counted_with_what_it_leaves_behind() {
        let (budget, mut share) = share(1 << 20);
        let mut other = Share::of(budget, 1 << 20);
        other.cover(FREE + 2 * STEP).ok().unwrap();
        let mut text = Gathered::new(0, 0);
        let piece = [b'x'; 64 << 10];
        while text.len() < 2 << 20 && text.extend(&piece, &mut share).is_ok() {}
        let taken = text.len();
        assert!((300 << 10..600 << 10).contains(&taken), "{taken} bytes of a budget of 1 MiB");
    }
}
