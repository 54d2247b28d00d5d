//! What a job reads may be used for whatever else it writes, where lineage does not say otherwise. A job that reads and
//! writes hundreds of datasets would be told so hundreds of times hundreds; here it is told once, and again only for what
//! becomes nearer by it. The verdicts and proofs are those of telling it every time.

use super::reads::{Output, Reader};
use super::spread::{Spot, Spread};
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
fn open(reader: &Reader) -> Box<dyn Iterator<Item = &Output> + '_> {
    let writes = &reader.writes;
    if reader.bare {
        return Box::new(writes.datasets.values());
    }
    Box::new(writes.open.iter().filter_map(|dataset| writes.datasets.get(dataset)))
}

/// The first of those that are not fed.
pub fn first_open(reader: &Reader) -> Option<&Output> {
    open(reader).find(|output| !reader.fed.contains_key(&output.dataset))
}

impl Spread<'_, '_> {
    /// Says that what a reader does not feed is unknown by a fact about what it reads.
    pub(super) fn offer(&mut self, from: u32, reader: &Reader) {
        let Some(job) = reader.job else { return };
        let (key, distance) = ((job, reader.bare), self.facts[from as usize].distance);
        match self.offered.remove(&key) {
            Some(mut before) if before.distance <= distance => {
                for (&dataset, nearest) in &mut before.rest {
                    if nearest.is_none_or(|nearest| distance < nearest) && !reader.fed.contains_key(&dataset) {
                        *nearest = Some(distance);
                        self.unknown(from, reader, dataset);
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
                    if reader.fed.contains_key(&output.dataset) {
                        rest.insert(output.dataset, of_before(output.dataset));
                    } else {
                        self.unknown(from, reader, output.dataset);
                    }
                }
                self.offered.insert(key, Offered { distance, rest });
            }
        }
    }

    fn unknown(&mut self, from: u32, reader: &Reader, dataset: u32) {
        if let Some(output) = reader.writes.datasets.get(&dataset) {
            self.push_plain(from, Spot::Dataset(dataset), Verdict::Unknown, Reason::UseUnknown, output.link);
        }
    }
}
