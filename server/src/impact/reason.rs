//! Why a step of a proof is one: for programs a value, for people a sentence.

use super::{Kind, Point, Step};
use crate::graph::Basis;

/// Why an effect goes from one thing to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The job names the changed column.
    Names,
    /// The job reads the dropped dataset.
    ReadsDropped,
    /// The job that writes it fails, or may.
    WriterFails,
    /// The job that writes it stopped.
    WriterStopped,
    /// Another job that writes it stopped; others still write it.
    OneWriterStopped,
    /// The job that writes it is late.
    WriterLate,
    /// The column is made of the affected one.
    MadeOf,
    /// The affected column decides about its rows or values: filter, join, group, sort, window.
    DecidedBy,
    /// It reads a dataset that is old, late or holds other rows.
    FedBy,
    /// It is made of some column of the dataset; it is not said which.
    SomeColumn,
    /// Only the table is known: no column lineage.
    TableOnly,
    /// Column lineage names no filter or join at all: a use in one would not show.
    NoFilters,
    /// Column lineage does not cover all of it, or is only inferred.
    Incomplete,
    /// The job reads it, and no lineage of its outputs names it.
    UseUnknown,
    /// Data flows from job to job without a dataset between.
    JobToJob,
    /// Column lineage is complete and brings nothing here that changes.
    NotReached,
}

/// The sentence on something that is proven by its last step: of a dataset that may be one of its columns, and
/// what only SQL says is said to be so.
pub fn about(item: &Point, last: &Step, sentence: &str) -> String {
    let inferred = if last.link.edge.basis == Basis::Inferred { ", as inferred from its SQL" } else { "" };
    match (item, &last.to) {
        (Point::Dataset(_), Point::Column(_, column)) => format!("column {column}: {sentence}{inferred}"),
        _ => format!("{sentence}{inferred}"),
    }
}

impl Reason {
    /// As a sentence without its end: what happens `to` something, `from` where, `by` which job.
    pub fn sentence(self, kind: Option<Kind>, to: &Point, from: &str, by: Option<&str>) -> String {
        let maker = by.map_or_else(|| "it is made".to_owned(), |job| format!("job {job} makes it"));
        let by = by.map_or_else(String::new, |job| format!(" by job {job}"));
        let is_column = matches!(to, Point::Column(..));
        match self {
            Self::Names => match kind {
                Some(Kind::Gone) => format!("it uses {from}, which is no longer there: the next run fails"),
                Some(Kind::Narrowed) => format!("it uses {from}, whose new type does not hold every old value"),
                Some(Kind::Widened) => format!("it uses {from}, whose new type is wider"),
                _ => format!("it uses {from}, which has another type"),
            },
            Self::ReadsDropped => format!("it reads {from}, which is dropped: the next run fails"),
            Self::WriterFails => format!("it is written by {from}, which fails or may fail"),
            Self::WriterStopped => format!("nothing writes it once {from} has stopped"),
            Self::OneWriterStopped => format!("{from}, which has stopped, is one of the jobs that write it"),
            Self::WriterLate => format!("it is written by {from}, which is late"),
            Self::MadeOf if is_column => format!("its value is made of {from}{by}"),
            Self::MadeOf => format!("it makes a value of {from}"),
            Self::DecidedBy if matches!(to, Point::Job(_)) => format!("it filters, joins, groups or sorts by {from}"),
            Self::DecidedBy => format!("{from} decides about its rows or values (filter, join, group, sort or window){by}"),
            Self::FedBy if matches!(to, Point::Job(_)) => format!("it reads {from}, which may hold old, late or other rows"),
            Self::FedBy => format!("{maker} of {from}, which may hold old, late or other rows"),
            Self::SomeColumn => format!("some column of {from} feeds it{by}; which one is not said"),
            Self::TableOnly => format!("only table-level lineage is known from {from}{by}"),
            Self::NoFilters => {
                format!("the column lineage from {from}{by} names no filter or join at all, so that a use in one would not show")
            }
            Self::Incomplete => format!("the column lineage from {from}{by} does not cover every column, or is only inferred from SQL"),
            Self::UseUnknown if matches!(to, Point::Job(_)) => format!("it reads {from}, and no lineage says what for"),
            Self::UseUnknown => format!("the job that writes it reads {from}, and no lineage says what for"),
            Self::JobToJob => format!("data flows to it from {from}"),
            Self::NotReached => format!("nothing of {from} that changes reaches it{by}"),
        }
    }
}
