//! Whether an answer holds everything that was asked for, and if not, why: one list of reasons for every interface, as a
//! word for programs and as a sentence for people. Where an answer is cut is decided where it is made.

use async_graphql::{Enum, SimpleObject};

/// Up to which entry of the log an answer holds, beside what had been acknowledged before its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The newest log sequence that had been acknowledged when the question came, or that the question itself names.
    pub acknowledged: u64,
    /// The answer is made of everything up to this log sequence at least. Taken before anything is read, so that what is read
    /// then is this new or newer.
    pub holds: u64,
}

impl Settled {
    /// True when something that was acknowledged before the question may be missing from the answer.
    pub fn is_behind(self) -> bool {
        self.holds < self.acknowledged
    }
}

/// Why an answer is not complete, the weightiest reason first; of several, the first is given.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncompleteReason {
    /// Catalog, graph or search have not caught up with the event log: what was acknowledged before the question may be
    /// missing, and nothing can be concluded from what is not there. Ask again.
    CatchingUp,
    /// Something that was named is not known here; the answer is that of the rest.
    NotKnown,
    /// Something could not be looked at within the bounds of one question.
    SearchLimit,
    /// Paths through a cycle are not counted one by one.
    Cycle,
    /// The answer has more than it lists; page through it, or ask for less.
    AnswerLimit,
}

impl IncompleteReason {
    /// As GraphQL spells it.
    pub fn word(self) -> &'static str {
        use async_graphql::resolver_utils::EnumType;
        Self::items().iter().find(|item| item.value == self).map_or("", |item| item.name)
    }
}

/// Every reason why an answer is not complete; none when it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness(Vec<(IncompleteReason, String)>);

impl Completeness {
    /// Of an answer from which nothing is cut: it is as complete as what it rests on.
    pub fn of(settled: Settled) -> Self {
        Self::default().and(catching_up(settled).map(|words| (IncompleteReason::CatchingUp, words)))
    }

    /// With one reason more, when there is one.
    #[must_use]
    pub fn and(mut self, more: Option<(IncompleteReason, String)>) -> Self {
        self.0.extend(more);
        self.0.sort_by_key(|(reason, _)| *reason);
        self
    }

    /// True when the answer holds everything.
    pub fn is_complete(&self) -> bool {
        self.0.is_empty()
    }

    /// The weightiest reason why not.
    pub fn reason(&self) -> Option<IncompleteReason> {
        self.0.first().map(|(reason, _)| *reason)
    }

    /// All reasons, in words.
    pub fn sentence(&self) -> Option<String> {
        let words: Vec<&str> = self.0.iter().map(|(_, words)| words.as_str()).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

fn catching_up(Settled { acknowledged, holds }: Settled) -> Option<String> {
    (holds < acknowledged).then(|| {
        format!(
            "CATCHING_UP: this answer covers the event log up to entry {holds} of {acknowledged}, newer events are missing: ask again \
             when the server has caught up"
        )
    })
}

/// What an answer of GraphQL says of it.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct CompletenessFields {
    /// True when nothing that matches is missing. A requested page counts as complete although there are other pages.
    complete: bool,
    /// Why not, in words; of several reasons all, the weightiest first.
    truncated_because: Option<String>,
    /// Why not, for programs; of several reasons the weightiest.
    incomplete_reason: Option<IncompleteReason>,
}

impl From<Completeness> for CompletenessFields {
    fn from(completeness: Completeness) -> Self {
        Self { complete: completeness.is_complete(), truncated_because: completeness.sentence(), incomplete_reason: completeness.reason() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_reason_is_named_and_all_are_said() {
        let cut = Some((IncompleteReason::AnswerLimit, "the answer has 5 nodes and lists 2".to_owned()));
        let behind = Completeness::of(Settled { acknowledged: 60_003, holds: 4096 }).and(cut.clone());
        assert_eq!(behind.reason(), Some(IncompleteReason::CatchingUp));
        let words = behind.sentence().unwrap();
        assert!(words.starts_with("CATCHING_UP: this answer covers the event log up to entry 4096 of 60003, "), "{words}");
        assert!(words.ends_with("; the answer has 5 nodes and lists 2"), "{words}");
        let whole = Completeness::of(Settled { acknowledged: 7, holds: 9 });
        assert_eq!((whole.is_complete(), whole.reason(), whole.sentence()), (true, None, None));
        assert_eq!(whole.and(cut).reason(), Some(IncompleteReason::AnswerLimit));
        assert_eq!(IncompleteReason::CatchingUp.word(), "CATCHING_UP");
    }
}
