//! Full-text search over datasets, jobs and columns: documents in, ranked ids out.
//!
//! The room knows nothing of the catalog, the log or HTTP. Whoever follows the log hands it documents with
//! [`SearchIndex::replace`] and makes them visible with [`SearchIndex::commit`], naming the log sequence they hold
//! for. The index is a projection: it may be deleted at any time and is rebuilt from the log.

mod answer;
mod collect;
mod copy;
mod document;
mod error;
#[cfg(test)]
pub mod failing;
mod fields;
mod index;
mod matched;
mod open;
mod query;
mod record;
mod tally;
mod text;
mod tokenizer;
mod words;

#[cfg(test)]
mod tests;

pub use answer::{Facets, Hit, SearchAnswer, SearchQuery};
pub use copy::copy;
pub use document::{Document, Kind};
pub use error::SearchError;
pub use index::SearchIndex;
pub use open::Trust;
