//! Goes through all hits of a query once: counts facets exactly and keeps the best for one page.

use std::collections::BinaryHeap;
use std::io;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::Facets;
use super::fields::{KIND, NAMESPACE, ORDER, OWNER, TAG};
use super::tally::{Counts, Tally, most_frequent_first};

const FACETS: [&str; 4] = [KIND, NAMESPACE, TAG, OWNER];

/// The collector: wants the best so many hits.
pub(super) struct Ranking {
    pub wanted: usize,
    /// Without it every hit is equally relevant.
    pub scored: bool,
}

/// A hit among the best, not read yet.
pub(super) struct Candidate {
    pub score: f32,
    pub address: DocAddress,
    key: Vec<u8>,
}

/// What the collector found.
pub(super) struct Found {
    pub total: usize,
    /// Best first.
    pub best: Vec<Candidate>,
    pub facets: Facets,
}

impl Collector for Ranking {
    type Fruit = Found;
    type Child = SegmentRanking;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentRanking> {
        let columns = reader.fast_fields();
        let mut facets = Vec::with_capacity(FACETS.len());
        for name in FACETS {
            facets.push(columns.str(name)?.map(Tally::new));
        }
        let order = columns.str(ORDER)?;
        Ok(SegmentRanking { segment, order, facets, total: 0, wanted: self.wanted, best: BinaryHeap::new() })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, segments: Vec<io::Result<SegmentFound>>) -> tantivy::Result<Found> {
        let mut total = 0;
        let mut best = Vec::new();
        let mut counts: [Counts; FACETS.len()] = Default::default();
        for segment in segments {
            let segment = segment?;
            total += segment.total;
            best.extend(segment.best);
            for (sum, part) in counts.iter_mut().zip(segment.counts) {
                for (value, count) in part {
                    *sum.entry(value).or_default() += count;
                }
            }
        }
        best.sort_unstable_by(|a: &Candidate, b| b.score.total_cmp(&a.score).then_with(|| a.key.cmp(&b.key)));
        best.truncate(self.wanted);
        let [kinds, namespaces, tags, owners] = counts.map(most_frequent_first);
        Ok(Found { total, best, facets: Facets { kinds, namespaces, tags, owners } })
    }
}

/// Best first: `Ord` says which of two hits of a segment comes earlier.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Negated, because more is earlier.
    score: i64,
    /// Ordinal of the sort key, which sorts as the keys of this segment do.
    key: u64,
    doc: DocId,
}

/// The hits of one segment.
pub(super) struct SegmentRanking {
    segment: SegmentOrdinal,
    order: Option<StrColumn>,
    facets: Vec<Option<Tally>>,
    total: usize,
    wanted: usize,
    /// The worst on top, ready to be thrown out.
    best: BinaryHeap<Place>,
}

/// What one segment contributes, with ordinals resolved: they mean nothing elsewhere.
pub(super) struct SegmentFound {
    total: usize,
    best: Vec<Candidate>,
    counts: Vec<Counts>,
}

impl SegmentCollector for SegmentRanking {
    type Fruit = io::Result<SegmentFound>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        for tally in self.facets.iter_mut().flatten() {
            tally.add(doc);
        }
        if self.wanted > 0 {
            self.keep(doc, score);
        }
    }

    fn harvest(self) -> io::Result<SegmentFound> {
        let counts = self.facets.into_iter().map(|tally| tally.map_or_else(|| Ok(Counts::new()), Tally::counts));
        let counts = counts.collect::<io::Result<_>>()?;
        let best = resolve(self.best.into_vec(), self.order.as_ref(), self.segment)?;
        Ok(SegmentFound { total: self.total, best, counts })
    }
}

impl SegmentRanking {
    fn keep(&mut self, doc: DocId, score: Score) {
        // Weights are whole numbers, see `query.rs`.
        #[expect(clippy::cast_possible_truncation)]
        let score = -(score as i64);
        let full = self.best.len() >= self.wanted;
        if full && self.best.peek().is_some_and(|worst| worst.score < score) {
            return;
        }
        let key = self.order.as_ref().and_then(|order| order.ords().first(doc)).unwrap_or(u64::MAX);
        let place = Place { score, key, doc };
        if !full {
            self.best.push(place);
        } else if let Some(mut worst) = self.best.peek_mut()
            && place < *worst
        {
            *worst = place;
        }
    }
}

/// Reads the sort keys, in dictionary order because the dictionary is a compressed stream.
fn resolve(mut places: Vec<Place>, order: Option<&StrColumn>, segment: SegmentOrdinal) -> io::Result<Vec<Candidate>> {
    places.sort_unstable_by_key(|place| place.key);
    let ordinals: Vec<u64> = places.iter().map(|place| place.key).filter(|&key| key != u64::MAX).collect();
    let mut keys = Vec::with_capacity(places.len());
    if let Some(order) = order {
        order.dictionary().sorted_ords_to_term_cb(&ordinals, |key| keys.push(key.to_vec()))?;
    }
    keys.resize(places.len(), Vec::new());
    let candidate = |(place, key): (Place, Vec<u8>)| {
        #[expect(clippy::cast_precision_loss)]
        let score = -place.score as f32;
        Candidate { score, address: DocAddress::new(segment, place.doc), key }
    };
    Ok(places.into_iter().zip(keys).map(candidate).collect())
}
