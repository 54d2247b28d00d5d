//! The question and the answer of a search. Finding it is `query.rs` and `collect.rs`.

use uuid::Uuid;

use super::Kind;

/// What to look for. Within a filter list any value will do; the lists and the text must all hold.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Plain text, not a query language. Every term must be found somewhere; blank finds everything.
    pub text: String,
    /// Kinds to keep; none means all.
    pub kinds: Vec<Kind>,
    /// Namespaces to keep; none means all.
    pub namespaces: Vec<String>,
    /// Tags to keep; none means all.
    pub tags: Vec<String>,
    /// Owners to keep; none means all.
    pub owners: Vec<String>,
    /// Hits to skip.
    pub offset: usize,
    /// Hits to return at most.
    pub limit: usize,
}

/// One page of hits, with counts over all of them.
#[derive(Debug, Clone)]
pub struct SearchAnswer {
    /// Number of all hits, exact.
    pub total: usize,
    /// The page, best first, in a total order that does not depend on the history of the index.
    pub hits: Vec<Hit>,
    /// Counts over all hits.
    pub facets: Facets,
    /// Log sequence that the answer holds for.
    pub seq: u64,
}

/// Exact counts over all hits of a query, most frequent first, then by value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By kind, as [`Kind::as_str`] spells it.
    pub kinds: Vec<(String, usize)>,
    /// By namespace.
    pub namespaces: Vec<(String, usize)>,
    /// By tag; a document counts once for each of its tags.
    pub tags: Vec<(String, usize)>,
    /// By owner; a document counts once for each of its owners.
    pub owners: Vec<(String, usize)>,
}

/// One document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The dataset, job or column.
    pub id: Uuid,
    /// The dataset or job that it belongs to.
    pub entity: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Full name; a column's dotted path.
    pub name: String,
    /// Name of a column's dataset.
    pub dataset: Option<String>,
    /// Larger is better; comparable within one answer only.
    pub score: f32,
    /// Where the text was found: `name` (all or the last segments of it), `words` (words of the name or beginnings
    /// of them), `dataset` (of a column), `column` (of a dataset), `description`, `tag`, `owner`, `namespace`.
    pub matched: Vec<&'static str>,
}
