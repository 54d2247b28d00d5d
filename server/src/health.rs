//! What is broken at this moment, part by part, in sentences. A part reports a fault when it meets one and
//! takes it back when it works again; what operators see of it is `http`'s. Who meets damage in the catalog says so
//! here too; checking and mending it is `lifecycle`'s.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// A part of the server that can fail by itself while the others go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Appending to the event log.
    Log,
    /// Entries of the event log that cannot be read.
    Entries,
    /// The projector: catalog and graph.
    Catalog,
    /// The search index.
    Search,
}

impl Part {
    /// Every part, in the order in which they are reported.
    pub const ALL: [Self; 4] = [Self::Log, Self::Entries, Self::Catalog, Self::Search];

    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Entries => "entries",
            Self::Catalog => "catalog",
            Self::Search => "search",
        }
    }
}

/// How much a fault keeps the server from doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Worth a person's look; the server does its work.
    Note,
    /// The part does not work; the server is not ready.
    Broken,
}

/// A fault that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which part.
    pub part: Part,
    /// How bad.
    pub severity: Severity,
    /// A sentence for operators and clients, without a full stop.
    pub what: String,
    /// Since when it has been so.
    pub since: Instant,
}

/// The faults that last at this moment, one a part at most.
#[derive(Debug, Default)]
pub struct Health {
    faults: Mutex<BTreeMap<Part, Fault>>,
    /// How often damage was met in the catalog.
    damage: watch::Sender<u64>,
}

impl Health {
    /// The part does not work until `mended`. True when that is news: worth a line in the server's log.
    pub fn broken(&self, part: Part, what: impl Into<String>) -> bool {
        self.report(part, Severity::Broken, what.into())
    }

    /// Something about the part is worth a look; it works all the same. True when that is news.
    pub fn note(&self, part: Part, what: impl Into<String>) -> bool {
        self.report(part, Severity::Note, what.into())
    }

    /// The part works again. True when it did not before.
    pub fn mended(&self, part: Part) -> bool {
        self.lock().remove(&part).is_some()
    }

    /// What is wrong at this moment; empty when all is well.
    pub fn faults(&self) -> Vec<Fault> {
        self.lock().values().cloned().collect()
    }

    /// Why the part does not work, if it does not.
    pub fn broken_because(&self, part: Part) -> Option<String> {
        let faults = self.lock();
        faults.get(&part).filter(|fault| fault.severity == Severity::Broken).map(|fault| fault.what.clone())
    }

    /// Somebody met damage in the catalog while reading it.
    pub fn catalog_seems_damaged(&self) {
        self.damage.send_modify(|times| *times += 1);
    }

    /// Changes when somebody meets damage in the catalog.
    pub fn damage(&self) -> watch::Receiver<u64> {
        self.damage.subscribe()
    }

    fn report(&self, part: Part, severity: Severity, what: String) -> bool {
        let mut faults = self.lock();
        let before = faults.get(&part).filter(|fault| fault.severity == severity);
        let is_news = before.is_none_or(|fault| fault.what != what);
        // Another sentence about the same fault does not begin it anew.
        let since = before.map_or_else(Instant::now, |fault| fault.since);
        faults.insert(part, Fault { part, severity, what, since });
        is_news
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Part, Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Health, Part, Severity};

    #[test]
    fn a_fault_lasts_until_it_is_mended_and_is_news_once() {
        let health = Health::default();
        assert!(health.broken(Part::Log, "the event log cannot be written: disk full"));
        assert!(!health.broken(Part::Log, "the event log cannot be written: disk full"));
        assert!(health.note(Part::Entries, "1 entry of the event log cannot be read: 5"));
        assert_eq!(health.broken_because(Part::Entries), None);
        assert!(health.mended(Part::Log));
        assert!(!health.mended(Part::Log));
        let left = health.faults();
        assert_eq!((left.len(), left[0].part, left[0].severity), (1, Part::Entries, Severity::Note));
        assert_eq!(left[0].what, "1 entry of the event log cannot be read: 5");
    }
}
