//! The estate of a company that does not exist, for `headwater demo`: a month of OpenLineage events.
//!
//! Pure: no clock, no files, no randomness that is not seeded. Loading the events is the caller's business.
//!
//! `shop`, `backoffice`, `streams`, `marts`, `departments` and `consumers` hold the tables as text, which `tables`
//! reads; `copies` derives the copies that pipelines make; `company` and `plan` add the jobs; `runs` lives
//! through the month; `event`, `facets`, `quality`, `faults` and `declared` write it down.

mod backoffice;
mod clock;
mod company;
mod consumers;
mod copies;
mod declared;
mod departments;
mod event;
mod facets;
mod faults;
mod highlights;
mod marts;
mod model;
mod plan;
mod quality;
mod runs;
mod shop;
mod sql;
mod streams;
mod tables;

#[cfg(test)]
mod tests;

pub use highlights::{Highlight, highlights};

/// The name of the company.
pub const COMPANY: &str = "Meltwater Outfitters";

/// The events of the month before `now_micros` (microseconds since 1970), as JSON texts in order of event time.
///
/// The same `now_micros` gives the same texts. Runs keep their ids when the demo is loaded again on the same day.
pub fn estate(now_micros: i64) -> Vec<String> {
    let estate = company::build();
    let mut scribe = event::Scribe::new(&estate, now_micros);
    for run in runs::month(&estate, now_micros) {
        scribe.run(&run);
    }
    let mut lines = std::mem::take(&mut scribe.lines);
    lines.extend(declared::all(&estate, now_micros));
    // Stable: a start stays before an end that has the same time.
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, text)| text).collect()
}
