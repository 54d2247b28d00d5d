//! Entries that were passed over because they could not be read are looked at again while the server runs: a fault of the
//! disk may pass, and a damaged log be repaired. Making the catalog anew with them is `lifecycle`'s.

use super::entries::is_event;
use crate::catalog::Reader;
use crate::log::EventLog;
use std::time::Duration;

/// Until they are looked at again; twice as long each time that nothing has changed.
const SOON: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(300);
/// Entries that are looked at.
const LOOKED_AT: usize = 1000;
/// Bytes of entries that are read at a time.
const BYTES: usize = 16 << 20;

/// Ends when an entry can be read that the catalog was made without.
pub async fn repaired(log: &dyn EventLog, catalog: &Reader) {
    let mut found = log.unreadable();
    let mut pause = SOON;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(SELDOM),
            changed = found.changed() => match changed {
                Ok(()) => pause = SOON,
                // The log is closed, and with it the server.
                Err(_) => std::future::pending().await,
            },
        }
        // What cannot be read now is looked at the next time.
        let Ok(seqs) = catalog.passed_over(LOOKED_AT).await else { continue };
        if !seqs.is_empty() && log.read(seqs, BYTES).await.is_ok_and(|read| read.iter().flatten().any(is_event)) {
            return;
        }
    }
}
