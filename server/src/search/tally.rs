//! Counts the values of one facet column, exactly.

use std::collections::HashMap;
use std::io;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

/// How often each value was seen.
pub(super) type Counts = HashMap<String, usize>;

/// The order that facets are shown in.
pub(super) fn most_frequent_first(counts: Counts) -> Vec<(String, usize)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// Counts the values of one facet by ordinal.
pub(super) struct Tally {
    column: StrColumn,
    counts: Vec<usize>,
}

impl Tally {
    pub(super) fn new(column: StrColumn) -> Self {
        let counts = vec![0; column.num_terms()];
        Self { column, counts }
    }

    pub(super) fn add(&mut self, doc: DocId) {
        for ordinal in self.column.term_ords(doc) {
            if let Some(count) = usize::try_from(ordinal).ok().and_then(|at| self.counts.get_mut(at)) {
                *count += 1;
            }
        }
    }

    pub(super) fn counts(self) -> io::Result<Counts> {
        let seen = self.counts.iter().zip(0u64..).filter(|&(&count, _)| count > 0);
        let (counts, ordinals): (Vec<usize>, Vec<u64>) = seen.map(|(&count, at)| (count, at)).unzip();
        let mut values = Vec::with_capacity(ordinals.len());
        self.column.dictionary().sorted_ords_to_term_cb(&ordinals, |value| {
            values.push(String::from_utf8_lossy(value).into_owned());
        })?;
        Ok(values.into_iter().zip(counts).collect())
    }
}
