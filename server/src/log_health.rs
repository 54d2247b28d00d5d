//! Tells `health` how the event log is: whether it can be written, and which entries cannot be read.

use crate::health::{Health, Part};
use crate::log::{Listener, UnreadableEntries};
use std::sync::Arc;
use tokio::sync::watch;

/// Numbers of unreadable entries in one sentence.
const NAMED: usize = 20;

/// Reports whether the event log can be written, in the words that clients get.
pub fn writing(health: &Arc<Health>) -> Listener {
    let health = health.clone();
    Box::new(move |fault| {
        match fault {
            Some(fault) => health.broken(Part::Log, fault.to_string()),
            None => health.mended(Part::Log),
        };
    })
}

/// Names the entries of the event log that cannot be read, as they are found; ends with the log.
pub async fn entries(mut found: watch::Receiver<UnreadableEntries>, health: Arc<Health>) {
    loop {
        let text = sentence(&found.borrow_and_update());
        match text {
            Some(text) => health.note(Part::Entries, text),
            None => health.mended(Part::Entries),
        };
        if found.changed().await.is_err() {
            return;
        }
    }
}

fn sentence(entries: &UnreadableEntries) -> Option<String> {
    let named: Vec<String> = entries.keys().take(NAMED).map(u64::to_string).collect();
    let count = entries.len();
    let what = match count {
        0 => return None,
        1 => "1 entry".to_owned(),
        _ => format!("{count} entries"),
    };
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    Some(format!("{what} of the event log cannot be read: {}{more}", named.join(", ")))
}
