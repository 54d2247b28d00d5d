//! What is done with every facet of the specification and its registry: data, from which
//! `docs/OPENLINEAGE.md` is written and which a test compares with the JSON schemas. A facet that is not
//! here is a custom one: stored verbatim, with its history, and shown as JSON.

mod dataset;
mod io;
mod job;
mod run;

use super::Container;
use std::fmt::Write;

/// One facet in one place.
#[derive(Debug)]
pub struct FacetCoverage {
    /// Its key.
    pub key: &'static str,
    /// Where it belongs.
    pub places: &'static [Container],
    /// The schema file, from the root of the specification.
    pub file: &'static str,
    /// The version of the schema that was read.
    pub version: &'static str,
    /// Paths of its fields; `*` stands for any key.
    pub fields: &'static str,
    /// What is done with it.
    pub usage: Usage,
}

/// What is done with a facet, beside being stored with its history and shown as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Answers depend on it.
    Used(&'static str),
    /// It has typed fields and a place where a person looks for it.
    Shown(&'static str),
}

/// Every facet of the specification.
pub fn all() -> impl Iterator<Item = &'static FacetCoverage> {
    [run::FACETS, job::FACETS, dataset::FACETS, io::FACETS].into_iter().flatten()
}

/// What is done with a facet in a place; `None` for a custom one, or one that does not belong there.
pub fn coverage(place: Container, key: &str) -> Option<&'static FacetCoverage> {
    all().find(|facet| facet.key == key && facet.places.contains(&place))
}

/// The table as Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| facet | of | schema | fields | what is done with it |\n|---|---|---|---|---|\n");
    let mut rows: Vec<&FacetCoverage> = all().collect();
    rows.sort_by_key(|facet| (facet.file.starts_with("registry"), facet.key, facet.file));
    for facet in rows {
        let places: Vec<String> = facet.places.iter().map(|place| format!("{place:?}").to_lowercase()).collect();
        let fields = facet.fields.split_whitespace().count();
        let (kind, what) = match facet.usage {
            Usage::Used(what) => ("used", what),
            Usage::Shown(what) => ("shown", what),
        };
        let FacetCoverage { key, version, .. } = facet;
        let _ = writeln!(text, "| `{key}` | {} | {version} | {fields} | **{kind}**: {what} |", places.join(", "));
    }
    text
}
