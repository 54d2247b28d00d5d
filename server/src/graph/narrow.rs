//! Flows of an owner that nobody writes to just now, in a fifth of the memory: numbers as differences, and each
//! time once. Most owners are seen again only the next day.

use super::flows::{Declaration, Fan, Flows, Spans};
use crate::fold::{Span, Stamp};
use schema::log::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Flows as bytes.
#[derive(Serialize, Deserialize)]
pub struct Narrow(Box<[u8]>);

/// What the bytes hold; `usize` is the place of a span.
#[derive(Serialize, Deserialize)]
struct Content {
    /// In order: first moment since that of the one before, and length.
    spans: Vec<(i64, i64)>,
    reads: Vec<(u32, usize)>,
    writes: Vec<(u32, usize)>,
    pairs: Vec<((u32, u32), usize)>,
    columns: Vec<((u32, ContentHash), usize)>,
    inferred: Vec<((u32, ContentHash), usize)>,
    explicit: Vec<(ContentHash, usize)>,
    described: Vec<(u32, usize)>,
    fans: BTreeMap<ContentHash, Fan>,
    snapshot: Option<i64>,
    declared: BTreeMap<Stamp, Declaration>,
}

impl Narrow {
    /// Packs flows.
    pub fn of(flows: &Flows) -> Result<Self, postcard::Error> {
        let mut spans = Vec::new();
        gather(&flows.reads, &mut spans);
        gather(&flows.writes, &mut spans);
        gather(&flows.pairs, &mut spans);
        gather(&flows.columns, &mut spans);
        gather(&flows.inferred, &mut spans);
        gather(&flows.explicit, &mut spans);
        gather(&flows.described, &mut spans);
        spans.sort_unstable();
        spans.dedup();
        let content = Content {
            reads: places(&flows.reads, &spans, less),
            writes: places(&flows.writes, &spans, less),
            pairs: places(&flows.pairs, &spans, |key, before| (less(key.0, before.0), key.1)),
            columns: places(&flows.columns, &spans, |key, before| (less(key.0, before.0), key.1)),
            inferred: places(&flows.inferred, &spans, |key, before| (less(key.0, before.0), key.1)),
            explicit: places(&flows.explicit, &spans, |key, _| key),
            described: places(&flows.described, &spans, less),
            fans: flows.fans.clone(),
            snapshot: flows.snapshot,
            declared: flows.declared.clone(),
            spans: differences(&spans),
        };
        Ok(Self(postcard::to_stdvec(&content)?.into()))
    }

    /// The flows.
    pub fn widen(&self) -> Result<Flows, postcard::Error> {
        let content: Content = postcard::from_bytes(&self.0)?;
        let mut spans = Vec::with_capacity(content.spans.len());
        let mut begin = 0i64;
        for (step, length) in content.spans {
            begin = begin.wrapping_add(step);
            spans.push(Span { first: begin, last: begin.wrapping_add(length) });
        }
        Ok(Flows {
            reads: times(content.reads, &spans, more),
            writes: times(content.writes, &spans, more),
            pairs: times(content.pairs, &spans, |key, before| (more(key.0, before.0), key.1)),
            columns: times(content.columns, &spans, |key, before| (more(key.0, before.0), key.1)),
            inferred: times(content.inferred, &spans, |key, before| (more(key.0, before.0), key.1)),
            explicit: times(content.explicit, &spans, |key, _| key),
            described: times(content.described, &spans, more),
            fans: content.fans,
            snapshot: content.snapshot,
            declared: content.declared,
        })
    }
}

fn less(key: u32, before: u32) -> u32 {
    key.wrapping_sub(before)
}

fn more(step: u32, before: u32) -> u32 {
    before.wrapping_add(step)
}

fn gather<K>(from: &Spans<K>, all: &mut Vec<(i64, i64)>) {
    all.extend(from.iter().map(|(_, span)| (span.first, span.last)));
}

fn differences(spans: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let before = std::iter::once(0).chain(spans.iter().map(|span| span.0));
    spans.iter().zip(before).map(|(&(first, last), before)| (first.wrapping_sub(before), last.wrapping_sub(first))).collect()
}

/// Keys as what they are more than the one before, each with the place of its span.
fn places<K: Copy + Zero>(from: &Spans<K>, spans: &[(i64, i64)], step: impl Fn(K, K) -> K) -> Vec<(K, usize)> {
    let mut before = K::ZERO;
    let mut place = |&(key, span): &(K, Span)| {
        let stepped = step(key, before);
        before = key;
        (stepped, spans.binary_search(&(span.first, span.last)).unwrap_or_default())
    };
    from.iter().map(&mut place).collect()
}

fn times<K: Copy + Zero>(from: Vec<(K, usize)>, spans: &[Span], step: impl Fn(K, K) -> K) -> Spans<K> {
    let mut before = K::ZERO;
    let time = |(stepped, place): (K, usize)| {
        before = step(stepped, before);
        Some((before, *spans.get(place)?))
    };
    from.into_iter().filter_map(time).collect()
}

/// What the first of some keys is counted from.
trait Zero {
    const ZERO: Self;
}

impl Zero for u32 {
    const ZERO: Self = 0;
}

impl Zero for ContentHash {
    const ZERO: Self = Self([0; 16]);
}

impl<A: Zero, B: Zero> Zero for (A, B) {
    const ZERO: Self = (A::ZERO, B::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::flow::{FlowFact, FlowSource, Owner};
    use proptest::prelude::*;

    /// A moment, a length, a kind, inputs, outputs, and whether columns are known.
    type Draw = (i64, i64, u8, Vec<u32>, Vec<u32>, bool);

    fn draw() -> impl Strategy<Value = Draw> {
        let datasets = || prop::collection::btree_set(any::<u32>(), 0..4).prop_map(|set| set.into_iter().collect::<Vec<_>>());
        (any::<i64>(), 0..9i64, 0..3u8, datasets(), datasets(), any::<bool>())
    }

    fn fact((first, length, kind, inputs, outputs, more): Draw) -> FlowFact {
        let hash = ContentHash::of(&first.to_le_bytes());
        let source = match kind {
            0 => FlowSource::Observed(Span { first, last: first.saturating_add(length) }),
            1 => FlowSource::Snapshot(first),
            _ => FlowSource::Declared(Stamp { time: first, rank: 0, hash }),
        };
        let columns: Vec<_> = outputs.iter().filter(|_| more).map(|&output| (output, hash)).collect();
        let explicit = if length > 4 { vec![hash] } else { Vec::new() };
        FlowFact { owner: Owner::Job(1), source, inputs, outputs, inferred: columns.clone(), columns, explicit }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(draws in prop::collection::vec(draw(), 0..6)) {
            let mut flows = Flows::default();
            draws.into_iter().for_each(|draw| {
                flows.merge(fact(draw));
            });
            prop_assert_eq!(Narrow::of(&flows).unwrap().widen().unwrap(), flows);
        }
    }
}
