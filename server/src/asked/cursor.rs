//! Cursors: where a page of a list ended, as an opaque text. One says which list and which question it is of, so that
//! another list's is refused in words instead of giving other rows; it holds no number of this catalog, so that it means the
//! same on every server that knows the same. Of lists in order of the log it holds a log sequence.

use super::{Result, wrong};
use serde::{Serialize, de::DeserializeOwned};

/// How cursors are written. With another number, older cursors are refused.
const VERSION: u8 = 1;
/// Version, kind of list, question.
const HEAD: usize = 6;

/// A kind of list that has pages. The numbers are part of cursors; a new kind takes a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the list that its words name")]
pub enum ListKind {
    #[default]
    Lineage = 1,
    LineageDiff = 2,
    Datasets = 3,
    Jobs = 4,
    Runs = 5,
    DatasetRuns = 6,
    DatasetJobs = 7,
    Search = 8,
    Events = 9,
    Quarantine = 10,
    Producers = 11,
    Stitching = 12,
    StitchingMembers = 13,
    StaleDatasets = 14,
    RootCauses = 15,
    SinglePoints = 16,
    Dominated = 17,
    DeadDatasets = 18,
    DeadColumns = 19,
    NamespaceMatrix = 20,
    ImpactDatasets = 21,
    ImpactJobs = 22,
    ImpactColumns = 23,
    ChildJobs = 24,
    JobRuns = 25,
    ChildRuns = 26,
}

impl ListKind {
    const ALL: [(Self, &str); 26] = [
        (Self::Lineage, "lineage"),
        (Self::LineageDiff, "differences of lineage"),
        (Self::Datasets, "datasets"),
        (Self::Jobs, "jobs"),
        (Self::Runs, "runs"),
        (Self::DatasetRuns, "runs of a dataset"),
        (Self::DatasetJobs, "jobs of a dataset"),
        (Self::Search, "hits of a search"),
        (Self::Events, "events"),
        (Self::Quarantine, "events in quarantine"),
        (Self::Producers, "producers"),
        (Self::Stitching, "groups of datasets that look alike"),
        (Self::StitchingMembers, "datasets of a group that look alike"),
        (Self::StaleDatasets, "stale datasets"),
        (Self::RootCauses, "root causes"),
        (Self::SinglePoints, "single points of failure"),
        (Self::Dominated, "datasets that depend on a single point of failure"),
        (Self::DeadDatasets, "dead datasets"),
        (Self::DeadColumns, "dead columns"),
        (Self::NamespaceMatrix, "cells of the namespace matrix"),
        (Self::ImpactDatasets, "datasets of an impact"),
        (Self::ImpactJobs, "jobs of an impact"),
        (Self::ImpactColumns, "columns of an impact"),
        (Self::ChildJobs, "child jobs of a job"),
        (Self::JobRuns, "runs of a job"),
        (Self::ChildRuns, "child runs of a run"),
    ];

    /// The argument that takes its cursors; the other one of a page is `first`.
    pub fn argument(self) -> &'static str {
        // There `after` is the later one of the two states that are compared.
        if self == Self::LineageDiff { "afterCursor" } else { "after" }
    }

    fn words(number: u8) -> Option<&'static str> {
        Self::ALL.iter().find(|(kind, _)| *kind as u8 == number).map(|(_, words)| *words)
    }
}

/// A list, as its cursors know it: its kind, and the question that it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    kind: ListKind,
    question: [u8; 4],
}

impl List {
    /// A list of the answer to a question: all its arguments but the page, in a form that does not change.
    pub fn new(kind: ListKind, question: &str) -> Self {
        let mut short = [0; 4];
        short.copy_from_slice(&blake3::hash(question.as_bytes()).as_bytes()[..4]);
        Self { kind, question: short }
    }

    /// A place in the list as an opaque cursor.
    pub fn cursor(&self, place: &impl Serialize) -> String {
        let mut bytes = vec![VERSION, self.kind as u8];
        bytes.extend(self.question);
        bytes.extend(postcard::to_stdvec(place).unwrap_or_default());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The place of a cursor that this list made.
    pub fn place<T: DeserializeOwned>(&self, cursor: Option<&str>) -> Result<Option<T>> {
        let Some(text) = cursor else { return Ok(None) };
        let argument = self.kind.argument();
        let none = || wrong(format!("{argument} is not a cursor of this list"));
        let but = |why: String| Err(wrong(format!("{argument} is not a cursor of this list: {why}")));
        let bytes = unhex(text).ok_or_else(none)?;
        let (head, place) = bytes.split_at_checked(HEAD).ok_or_else(none)?;
        let own = ListKind::words(self.kind as u8).unwrap_or_default();
        if head[0] != VERSION {
            return but(format!(
                "it was made by another version of Headwater; read the list of {own} from its beginning, without {argument}"
            ));
        }
        if head[1] != self.kind as u8 {
            let other = ListKind::words(head[1]).unwrap_or("something else");
            return but(format!("it is of the list of {other}, not of the list of {own}"));
        }
        if head[2..] != self.question {
            return but(format!(
                "it is of another list of {own}: of something else, or with other arguments; only first and {argument} may differ from \
                 page to page"
            ));
        }
        match postcard::take_from_bytes(place) {
            Ok((place, [])) => Ok(Some(place)),
            _ => Err(none()),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked::AskError;
    use proptest::prelude::*;

    type Place = (u32, String, Option<u128>);

    fn refusal(list: List, cursor: &str) -> String {
        match list.place::<Place>(Some(cursor)) {
            Err(AskError::Wrong(why)) => why,
            other => panic!("{cursor} was taken: {other:?}"),
        }
    }

    #[test]
    fn kinds_have_numbers_and_words_of_their_own() {
        let mut numbers: Vec<u8> = ListKind::ALL.iter().map(|(kind, _)| *kind as u8).collect();
        let mut words: Vec<&str> = ListKind::ALL.iter().map(|(_, words)| *words).collect();
        numbers.sort_unstable();
        numbers.dedup();
        words.sort_unstable();
        words.dedup();
        assert_eq!((numbers.len(), words.len()), (ListKind::ALL.len(), ListKind::ALL.len()));
    }

    #[test]
    fn another_list_version_or_question_is_refused_in_words() {
        let (datasets, jobs) = (List::new(ListKind::Datasets, "a"), List::new(ListKind::Jobs, "a"));
        let cursor = datasets.cursor(&(1u32, "b", None::<u128>));
        assert!(refusal(jobs, &cursor).ends_with("it is of the list of datasets, not of the list of jobs"));
        assert!(refusal(List::new(ListKind::Datasets, "b"), &cursor).contains("of another list of datasets"));
        assert!(refusal(datasets, &format!("00{}", &cursor[2..])).contains("made by another version of Headwater"));
        for broken in ["", "0", "zz", "\u{1f4a7}", &cursor[..12], &cursor[..cursor.len() - 2], &format!("{cursor}00")] {
            assert_eq!(refusal(datasets, broken), "after is not a cursor of this list", "{broken}");
        }
    }

    proptest! {
        #[test]
        fn what_a_list_made_it_reads(kind in 0..ListKind::ALL.len(), question: String, place: Place) {
            let list = List::new(ListKind::ALL[kind].0, &question);
            prop_assert_eq!(list.place::<Place>(Some(&list.cursor(&place))).ok().flatten(), Some(place));
        }

        #[test]
        fn no_text_breaks_it(text: String, bytes: Vec<u8>) {
            let list = List::default();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            for cursor in [text, hex.clone(), format!("0101{hex}")] {
                let _ = list.place::<Place>(Some(&cursor));
            }
        }
    }
}
