//! The entries that were acknowledged last, as readers get them: who follows the log closely need not have them read back,
//! unpacked and checked. Only what a reader has found in the file is here; whoever checks the file goes past this.

use super::Read;
use schema::log::Entry;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of payloads that are kept; more of one batch would be made in vain.
pub const KEPT: usize = 8 << 20;

/// Larger payloads are read back.
pub const LONGEST: usize = 256 << 10;

/// A run of entries without a gap, the newest last.
#[derive(Default)]
pub(super) struct Recent(Mutex<Run>);

#[derive(Default)]
struct Run {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Recent {
    /// Keeps the next entries, and of the older ones what there is room for.
    pub fn add(&self, entries: impl Iterator<Item = Entry>) {
        let mut run = self.run();
        for entry in entries {
            if run.entries.back().is_some_and(|last| last.seq + 1 != entry.seq) {
                *run = Run::default();
            }
            run.bytes += entry.payload.len();
            run.entries.push_back(entry);
            while run.bytes > KEPT {
                let Some(oldest) = run.entries.pop_front() else { break };
                run.bytes -= oldest.payload.len();
            }
        }
    }

    /// Entries after `seq`, as `EventLog::read_after` gives them; none when the next one is not here.
    pub fn after(&self, seq: u64, limit: usize, max_bytes: usize) -> Option<Vec<Read>> {
        let run = self.run();
        let skipped = (seq + 1).checked_sub(run.entries.front()?.seq)? as usize;
        let mut bytes = 0;
        let fits = |entry: &&Entry| {
            let has_room = bytes < max_bytes;
            bytes += entry.payload.len();
            has_room
        };
        let found: Vec<Read> = run.entries.iter().skip(skipped).take(limit).take_while(fits).map(|entry| Ok(entry.clone())).collect();
        (!found.is_empty()).then_some(found)
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::number;
    use schema::log::{ContentHash, EntryKind};

    fn entry(seq: u64, bytes: usize) -> Entry {
        Entry { seq, kind: EntryKind::OpenLineage, hash: ContentHash::of(&seq.to_le_bytes()), received_at: 1, payload: vec![b' '; bytes] }
    }

    fn numbers(found: Option<Vec<Read>>) -> Option<Vec<u64>> {
        found.map(|found| found.iter().map(number).collect())
    }

    #[test]
    fn gives_what_follows_and_nothing_across_a_gap() {
        let recent = Recent::default();
        assert!(recent.after(0, 10, 100).is_none());
        recent.add((3..7).map(|seq| entry(seq, 10)));
        assert_eq!(numbers(recent.after(2, 10, 100)), Some(vec![3, 4, 5, 6]));
        assert_eq!(numbers(recent.after(4, 1, 100)), Some(vec![5]));
        assert_eq!(numbers(recent.after(2, 10, 11)), Some(vec![3, 4]), "up to the one that fills it");
        assert_eq!(numbers(recent.after(2, 10, 1)), Some(vec![3]), "one at least");
        assert!(recent.after(1, 10, 100).is_none() && recent.after(6, 10, 100).is_none() && recent.after(9, 10, 100).is_none());
        recent.add([entry(8, 10)].into_iter());
        assert!(recent.after(2, 10, 100).is_none());
        assert_eq!(numbers(recent.after(7, 10, 100)), Some(vec![8]));
    }

    #[test]
    fn forgets_the_oldest() {
        let recent = Recent::default();
        recent.add((1..=100).map(|seq| entry(seq, LONGEST)));
        let run = recent.run();
        assert!(run.bytes <= KEPT && run.bytes > KEPT - LONGEST, "{} bytes", run.bytes);
        assert_eq!(run.entries.back().map(|entry| entry.seq), Some(100));
    }
}
