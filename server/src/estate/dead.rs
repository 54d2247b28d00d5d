//! Whether anybody uses a dataset or a column. It takes evidence to call something dead: reads must have been watched for
//! as long as is asked about, and the dataset must be known for as long.

use crate::fold::flow::Owner;
use crate::graph::{ColumnAnswer, ColumnLink, ColumnNode, Direction, Graph, Link, Node, Origin, When};
use std::collections::HashMap;

/// The time that is asked about, microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// Since when reads are watched: the first event of anybody who says what runs read. None when nobody does.
    pub watched: Option<i64>,
}

/// Whether a dataset is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usage {
    /// No run read it in the window, and nothing says that anything reads it.
    Dead,
    /// No run read it in the window, but somebody declares that it is read.
    DeclaredOnly,
    /// Not read, but reads are not watched, or the dataset is not known, for as long as the window.
    TooYoung,
    /// Read in the window.
    Used,
}

/// What is known of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// First event that names it.
    pub known: Option<i64>,
    /// Newest read.
    pub last: Option<i64>,
    /// True when something is declared to read it.
    pub declared: bool,
}

impl Window {
    /// Judges a dataset.
    pub fn judge(&self, reads: Reads) -> Usage {
        let covers = |since: Option<i64>| since.is_some_and(|since| since <= self.from);
        if reads.last.is_some_and(|at| at >= self.from) {
            Usage::Used
        } else if reads.declared {
            Usage::DeclaredOnly
        } else if !covers(self.watched) || !covers(reads.known) {
            Usage::TooYoung
        } else {
            Usage::Dead
        }
    }
}

/// True when a job or dataset event that holds then declares that something reads the dataset.
pub fn is_declared_read(graph: &Graph, dataset: u32, when: When) -> bool {
    let steps = graph.steps(Node::Dataset(dataset), Direction::Downstream, when);
    steps.iter().any(|link| link.edge.origin == Origin::Declared)
}

/// Whether a column is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnUsage {
    /// Every reader of the dataset in the window says which columns it uses, and none names this one.
    Dead,
    /// Some reader does not say which columns it uses, or nobody read the dataset, or it is too young to tell.
    Unknown,
    /// Its value or a condition on it is used.
    Used,
}

/// What tells whether an edge was seen in a window. Of its evidence only the first and the newest are kept: of an edge that was
/// seen before the window and again after it, the reads of its job tell.
pub struct Seen<'a> {
    /// When it must be seen.
    pub window: &'a Window,
    /// The newest read by the end of the window, by job and by the representative of the dataset; none is needed when the window
    /// ends now.
    pub reads: &'a HashMap<(u32, u32), i64>,
}

impl Seen<'_> {
    /// `dataset` is what the edge leaves. Where nothing tells, it counts: nothing is called dead without evidence.
    fn is_seen(&self, dataset: u32, job: Option<u32>, (first, last): (i64, i64)) -> bool {
        let Window { from, to, .. } = *self.window;
        if last <= to || first >= from {
            return last >= from;
        }
        job.and_then(|job| self.reads.get(&(job, dataset))).is_none_or(|&at| at >= from)
    }
}

/// Judges a column by its first steps downstream, those over filters and joins and inferred ones among them. `usage` is that
/// of its dataset, and `is_told` whether every reader of it in the window says which columns it uses.
pub fn judge_column(seen: &Seen<'_>, usage: Usage, is_told: bool, column: &ColumnAnswer) -> ColumnUsage {
    let window = seen.window;
    let is_recent = |link: &ColumnLink| {
        let job = if let Owner::Job(job) = link.owner { Some(job) } else { None };
        seen.is_seen(link.from.dataset(), job, (link.first, link.last))
    };
    let recent = || column.links.iter().filter(|link| link.column_level && is_recent(link));
    if recent().any(|link| matches!(link.from, ColumnNode::Column(..))) {
        ColumnUsage::Used
    } else if recent().next().is_some() {
        // Some column of the dataset is used, and it is not said which.
        ColumnUsage::Unknown
    } else if usage == Usage::Used && is_told && window.watched.is_some_and(|watched| watched <= window.from) {
        ColumnUsage::Dead
    } else {
        ColumnUsage::Unknown
    }
}

/// True when every reader of a dataset in the window says which of its columns it uses, and there is one. What is inferred
/// from SQL may leave things out, and what only says that the dataset is read, says nothing of columns.
pub fn tells_columns(graph: &Graph, seen: &Seen<'_>, dataset: u32, when: When) -> bool {
    let steps = graph.steps(Node::Dataset(dataset), Direction::Downstream, when);
    let is_recent = |link: &&Link| {
        let edge = &link.edge;
        seen.is_seen(graph.representative(dataset), edge.job(link.owner), (edge.first, edge.last))
    };
    let mut recent = steps.iter().filter(is_recent).peekable();
    recent.peek().is_some() && recent.all(|link| link.edge.columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_seen_in_the_window_by_its_evidence_or_by_reads_of_its_job() {
        let window = Window { from: 100, to: 200, watched: Some(50) };
        let reads = [((1, 0), 150), ((2, 0), 99)].into();
        let seen = |job, span| Seen { window: &window, reads: &reads }.is_seen(0, Some(job), span);
        assert!(seen(9, (50, 100)) && seen(9, (200, 300)), "its first or newest evidence lies in it");
        assert!(!seen(9, (50, 99)));
        assert_eq!([1, 2, 3].map(|job| seen(job, (50, 300))), [true, false, true]);
    }

    #[test]
    fn it_takes_evidence_to_call_something_dead() {
        let window = Window { from: 100, to: 200, watched: Some(50) };
        let reads = |known, last, declared| Reads { known: Some(known), last, declared };
        assert_eq!(window.judge(reads(60, Some(150), false)), Usage::Used);
        assert_eq!(window.judge(reads(60, Some(99), false)), Usage::Dead);
        assert_eq!(window.judge(reads(60, None, false)), Usage::Dead);
        assert_eq!(window.judge(reads(60, None, true)), Usage::DeclaredOnly);
        assert_eq!(window.judge(reads(101, None, false)), Usage::TooYoung);
        let unwatched = |watched| Window { watched, ..window }.judge(reads(60, None, false));
        assert_eq!((unwatched(Some(101)), unwatched(None)), (Usage::TooYoung, Usage::TooYoung));
    }
}
