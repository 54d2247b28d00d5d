//! Which entries this process found that it cannot read: named once in the server's log, kept for
//! `/readyz` and GraphQL.

use schema::log::Unreadable;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// Entries that are remembered. When there are more, the log as a whole is what is broken.
const KEPT: usize = 10_000;
/// Lines in the server's log.
const LOGGED: usize = 20;

/// Number and reason of entries.
pub type UnreadableEntries = BTreeMap<u64, String>;

/// What was found so far.
pub(super) struct Found(watch::Sender<UnreadableEntries>);

impl Default for Found {
    fn default() -> Self {
        Self(watch::channel(BTreeMap::new()).0)
    }
}

impl Found {
    /// Notes an entry; known ones cost a look.
    pub fn note(&self, entry: &Unreadable) {
        self.0.send_if_modified(|known| {
            if known.contains_key(&entry.seq) || known.len() >= KEPT {
                return false;
            }
            known.insert(entry.seq, entry.reason.clone());
            match known.len() {
                ..=LOGGED => tracing::error!(seq = entry.seq, "entry {} of the event log cannot be read: {}", entry.seq, entry.reason),
                n if n == LOGGED + 1 => tracing::error!("more entries of the event log cannot be read; `headwater verify` lists them"),
                _ => {}
            }
            true
        });
    }

    /// An entry was read: it is unreadable no longer. A fault of the disk may pass, and a damaged file be repaired.
    pub fn was_read(&self, seq: u64) {
        // Most have never been known here: a look, and no news.
        if self.0.borrow().contains_key(&seq) {
            self.0.send_if_modified(|known| known.remove(&seq).is_some());
            tracing::info!(seq, "entry {seq} of the event log can be read again");
        }
    }

    /// True when every entry could be read so far.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// What was found, and news of it.
    pub fn follow(&self) -> watch::Receiver<UnreadableEntries> {
        self.0.subscribe()
    }
}
