//! Notes: sentences for people about nodes that are passed over.

/// How many ids a note lists.
const SHOWN: usize = 5;

/// Results of which nothing is told, by why.
#[derive(Default)]
pub(super) struct Tally<'d> {
    /// dbt did not run them.
    pub not_run: Vec<&'d str>,
    /// The manifest does not know them.
    pub missing: Vec<&'d str>,
    /// With a status that nobody knows.
    pub unknown: Vec<&'d str>,
    /// Hooks and the like.
    pub kinds: Vec<&'d str>,
}

impl Tally<'_> {
    /// A note for each reason that occurred.
    pub fn note(&self, notes: &mut Vec<String>) {
        list(notes, "not run by dbt", &self.not_run);
        list(notes, "in the results but not in manifest.json, and so passed over", &self.missing);
        list(notes, "passed over, for their status is not known", &self.unknown);
        list(notes, "passed over, for nodes of their kind have no data", &self.kinds);
    }
}

/// A note on these nodes, if there are any.
pub(super) fn list(notes: &mut Vec<String>, what: &str, ids: &[&str]) {
    if !ids.is_empty() {
        let more = if ids.len() > SHOWN { ", …" } else { "" };
        notes.push(format!("{what} ({}): {}{more}", ids.len(), ids[..ids.len().min(SHOWN)].join(", ")));
    }
}
