//! Questions about lineage as clients put them, the same for every door (GraphQL, HTTP, exports, the command line): their
//! words, where to start and which nodes are meant looked up in the catalog, the answer in its order, in pages, and by
//! headings. All in the catalog's numbers: names and the form on the wire are for the doors.

mod answer;
mod cursor;
mod filter;
mod group;
mod page;
mod question;
mod start;
mod words;

pub use answer::{Items, Listed, Thing, Things, Totals};
pub use cursor::{List, ListKind};
pub use filter::{LineageFilter, NameFilter, TagFilter};
pub use group::{GroupLink, GroupNode, Groups, Heading};
pub use page::{PageArguments, PagePlace, page_of};
pub use question::{Asked, Wording, when};
pub use start::{Start, StartAt};
pub use words::{ColumnStepKind, LineageConfidence, LineageDirection, LineageGranularity, LineageKind, named};

use crate::catalog::CatalogError;
use crate::work::WorkError;

/// Why a question has no answer. It prints nothing by itself: each door has its own form of it, a code or a status.
#[derive(Debug)]
pub enum AskError {
    /// The question is wrong; a sentence for whoever asked.
    Wrong(String),
    /// Ours.
    Catalog(CatalogError),
    /// It was not walked: others were first, or it panicked.
    Work(WorkError),
}

impl From<CatalogError> for AskError {
    fn from(error: CatalogError) -> Self {
        Self::Catalog(error)
    }
}

impl From<WorkError> for AskError {
    fn from(error: WorkError) -> Self {
        Self::Work(error)
    }
}

/// Shorthand of this room.
pub type Result<T> = std::result::Result<T, AskError>;

/// A question that cannot be answered as it is.
fn wrong(why: impl Into<String>) -> AskError {
    AskError::Wrong(why.into())
}
