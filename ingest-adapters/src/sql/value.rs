//! What a value is made of, and how dependencies add up along a query.

use super::Reason;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A column of a dataset: its number in [`super::resolver::Resolver`].
pub(super) type Origin = u32;

/// How a value depends on a column (spec: columnLineage 1-2-0, `transformations`). The order matters:
/// of two direct steps in a row the later one here names both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Via {
    Identity,
    Transformation,
    Aggregation,
    Join,
    Filter,
    GroupBy,
    Sort,
    Window,
    Conditional,
}

impl Via {
    pub(super) fn is_direct(self) -> bool {
        self <= Via::Aggregation
    }

    /// The spec's subtype.
    pub(super) fn subtype(self) -> &'static str {
        match self {
            Via::Identity => "IDENTITY",
            Via::Transformation => "TRANSFORMATION",
            Via::Aggregation => "AGGREGATION",
            Via::Join => "JOIN",
            Via::Filter => "FILTER",
            Via::GroupBy => "GROUP_BY",
            Via::Sort => "SORT",
            Via::Window => "WINDOW",
            Via::Conditional => "CONDITIONAL",
        }
    }

    /// This step after that one: what only decides never becomes a value, and a value that decides only decides.
    fn after(self, inner: Via) -> Via {
        match (self.is_direct(), inner.is_direct()) {
            (true, true) => self.max(inner),
            (true, false) => inner,
            (false, _) => self,
        }
    }
}

/// One dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    pub(super) origin: Origin,
    pub(super) via: Via,
    pub(super) masking: bool,
}

/// A value: its dependencies, or why they are not known.
#[derive(Clone, Debug)]
pub(super) struct Value(Result<Rc<BTreeSet<Source>>, Reason>);

impl Value {
    /// Depends on no column.
    pub(super) fn constant() -> Value {
        Value(Ok(Rc::default()))
    }

    pub(super) fn of(origin: Origin) -> Value {
        Value(Ok(Rc::new([Source { origin, via: Via::Identity, masking: false }].into())))
    }

    pub(super) fn unproven(reason: Reason) -> Value {
        Value(Err(reason))
    }

    /// The dependencies, or why they are not known.
    pub(super) fn sources(&self) -> Result<&BTreeSet<Source>, Reason> {
        self.0.as_deref().map_err(|reason| *reason)
    }

    /// How many dependencies there are.
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |sources| sources.len())
    }
}

/// Collects the dependencies of one value.
pub(super) struct Mix(Result<BTreeSet<Source>, Reason>);

impl Mix {
    pub(super) fn new() -> Mix {
        Mix(Ok(BTreeSet::new()))
    }

    /// Adds a value as it is.
    pub(super) fn same(&mut self, value: &Value) {
        self.add(value, Via::Identity, false);
    }

    /// Adds a value through a step; one unproven part leaves the whole unproven.
    pub(super) fn add(&mut self, value: &Value, via: Via, masking: bool) {
        match (&mut self.0, value.sources()) {
            (Ok(all), Ok(sources)) => {
                all.extend(sources.iter().map(|s| Source { origin: s.origin, via: via.after(s.via), masking: s.masking || masking }));
            }
            (all @ Ok(_), Err(reason)) => *all = Err(reason),
            (Err(_), _) => {}
        }
    }

    /// Adds what decides about rows, as it is: for a subquery that is itself a value.
    pub(super) fn effects(&mut self, effects: &Effects) {
        match (&mut self.0, effects.doubts.first()) {
            (Ok(all), None) => all.extend(effects.sources.iter().copied()),
            (all @ Ok(_), Some(reason)) => *all = Err(*reason),
            (Err(_), _) => {}
        }
    }

    pub(super) fn value(self) -> Value {
        Value(self.0.map(Rc::new))
    }
}

/// What decides which rows there are, or in which order: joins, filters, groups, sorts.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    pub(super) sources: BTreeSet<Source>,
    pub(super) doubts: BTreeSet<Reason>,
}

impl Effects {
    /// A value that decides; masking is no matter for rows.
    pub(super) fn add(&mut self, value: &Value, via: Via) {
        match value.sources() {
            Ok(sources) => self.sources.extend(sources.iter().map(|s| Source { origin: s.origin, via, masking: false })),
            Err(reason) => {
                self.doubts.insert(reason);
            }
        }
    }

    pub(super) fn all(&mut self, other: &Effects) {
        self.sources.extend(&other.sources);
        self.doubts.extend(&other.doubts);
    }
}
