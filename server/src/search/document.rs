//! What can be found: the document that the index takes. How its parts are indexed is `fields.rs`.

use uuid::Uuid;

/// What a document stands for. The order is the order of equally relevant hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A dataset.
    Dataset,
    /// A job.
    Job,
    /// A column of a dataset.
    Column,
}

impl Kind {
    /// Every kind, in ranking order.
    pub const ALL: [Self; 3] = [Self::Dataset, Self::Job, Self::Column];

    /// The lower-case noun, as facets spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Job => "job",
            Self::Column => "column",
        }
    }

    /// One byte that sorts as the kinds do: the head of the sort key and of the stored record.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Dataset => b'0',
            Self::Job => b'1',
            Self::Column => b'2',
        }
    }

    pub(super) fn from_rank(rank: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.rank() == rank)
    }
}

/// One thing that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The dataset, job or column itself.
    pub id: Uuid,
    /// The dataset or job that the document is replaced with: a column's dataset, otherwise the same as `id`.
    pub entity: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Namespace of the dataset or job.
    pub namespace: String,
    /// Full name; a column's dotted path.
    pub name: String,
    /// Name of a column's dataset.
    pub dataset: Option<String>,
    /// Other full names that find it just as well.
    pub aliases: Vec<String>,
    /// Free text about it.
    pub description: Option<String>,
    /// Column names of a dataset.
    pub columns: Vec<String>,
    /// Tags, as a set.
    pub tags: Vec<String>,
    /// Owners, as a set.
    pub owners: Vec<String>,
}

impl Document {
    /// The name that nothing else of the namespace has: a column needs its dataset's in front.
    pub(super) fn qualified_name(&self) -> String {
        match &self.dataset {
            Some(dataset) => format!("{dataset}.{}", self.name),
            None => self.name.clone(),
        }
    }
}
