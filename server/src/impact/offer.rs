//! What a job reads may be used for whatever else it writes, where lineage does not say otherwise. A job that reads and
//! writes hundreds of datasets would be told so hundreds of times hundreds; here it is told once, and again only for what
//! becomes nearer by it. The verdicts and proofs are those of telling it every time.

use super::links::Via;
use super::reads::Reader;
use super::spread::{Spot, Spread, Way};
use super::{Reason, Verdict};
use hashbrown::HashMap;

/// Outputs of a job that are known to be unknown.
pub struct Offered {
    /// Distance of what they were said to be unknown by.
    distance: u32,
    /// Those that this did not hold for, since they are fed; with their own distance once there is one.
    rest: HashMap<u32, Option<u32>>,
}

/// Outputs that a reader may feed though nothing says so: with a bare read any, else those whose lineage is not complete.
fn open<'w>(reader: &'w Reader<'_>) -> Box<dyn Iterator<Item = u32> + 'w> {
    let writes = &reader.writes;
    if reader.bare { Box::new(writes.datasets.iter().copied()) } else { Box::new(writes.open.iter().copied()) }
}

/// The first of those that are not fed.
pub fn first_open(reader: &Reader<'_>) -> Option<u32> {
    open(reader).find(|&output| !reader.feeds(output))
}

impl Spread<'_, '_> {
    /// Says that what a reader does not feed is unknown by a fact about what it reads.
    pub(super) fn offer(&mut self, from: u32, reader: &Reader<'_>) {
        let Some(job) = reader.job else { return };
        let (key, distance) = ((job, reader.bare), self.facts.all[from as usize].distance);
        match self.offered.remove(&key) {
            Some(mut before) if before.distance <= distance => {
                for (&dataset, nearest) in &mut before.rest {
                    if nearest.is_none_or(|nearest| distance < nearest) && !reader.feeds(dataset) {
                        *nearest = Some(distance);
                        self.unknown(from, job, dataset);
                    }
                }
                self.offered.insert(key, before);
            }
            before => {
                let of_before = |dataset| match &before {
                    None => None,
                    Some(before) => before.rest.get(&dataset).copied().unwrap_or(Some(before.distance)),
                };
                let mut rest = HashMap::new();
                for output in open(reader) {
                    if reader.feeds(output) {
                        rest.insert(output, of_before(output));
                    } else {
                        self.unknown(from, job, output);
                    }
                }
                self.offered.insert(key, Offered { distance, rest });
            }
        }
    }
    fn unknown(&mut self, from: u32, job: u32, dataset: u32) {
        let way = Way::Via(Via::Writes(job, dataset));
        self.push(from, Spot::Dataset(dataset), Verdict::Unknown, Reason::UseUnknown, way);
    }
}
