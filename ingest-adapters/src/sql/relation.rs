//! A relation in scope: a table, a subquery, a common table expression. It may have more columns than
//! are known, and says so.

use super::datasets::Dataset;
use super::names::{key, same};
use super::value::{Effects, Mix, Origin, Value, Via};
use super::{Reason, dialect::Dialect};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// One column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// As the database keeps it; `None` when the dialect makes one up.
    pub(super) name: Option<String>,
    pub(super) value: Value,
    /// From a schema by way of a star: its place is only as sure as the schema's order.
    pub(super) starred: bool,
}

/// Further columns of a dataset, by their own names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) dataset: Dataset,
    /// The event gives a schema, so that further columns are unlikely, yet possible.
    pub(super) known: bool,
    /// Names that a star left out.
    pub(super) hidden: Rc<BTreeSet<String>>,
    /// How many columns stand before it.
    pub(super) at: usize,
}

/// What there is besides the known columns.
#[derive(Clone, Debug)]
pub(super) enum Rest {
    /// Any number of tails; none: nothing.
    Tails(Vec<Tail>),
    /// Any name gives this value (the fields of what a table function returns).
    Any(Value),
    /// Not known.
    Lost(Reason),
}

/// What a relation says to a name.
pub(super) enum Presence {
    /// It is a column.
    Listed(Value),
    /// It may be a column that the schema does not list; `known` says that there is a schema.
    Possible {
        value: Value,
        known: bool,
    },
    /// It may be one or not, and what it would be is not known.
    Unsure(Reason),
    Absent,
}

/// A relation.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) columns: Vec<Column>,
    pub(super) rest: Rest,
    /// What decided about its rows.
    pub(super) effects: Effects,
    by_name: HashMap<String, Vec<u32>>,
}

impl Relation {
    pub(super) fn new(columns: Vec<Column>, rest: Rest, effects: Effects) -> Rc<Relation> {
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, column) in (0..).zip(&columns) {
            if let Some(name) = &column.name {
                by_name.entry(key(name)).or_default().push(at);
            }
        }
        Rc::new(Relation { columns, rest, effects, by_name })
    }

    /// A relation of which nothing is known.
    pub(super) fn lost(reason: Reason) -> Rc<Relation> {
        Relation::new(Vec::new(), Rest::Lost(reason), Effects::default())
    }

    /// A column by name. `pass` gives the origin of a column that only passes through.
    pub(super) fn find(&self, name: &str, dialect: &Dialect, pass: impl Fn(Dataset, &str) -> Origin) -> Presence {
        let found = self.by_name.get(&key(name)).map_or(&[][..], Vec::as_slice);
        let exact: Vec<_> = found.iter().filter(|&&at| self.columns[at as usize].name.as_deref() == Some(name)).collect();
        match (found, &exact[..]) {
            ([], _) => self.beyond(name, pass),
            (&[at], _) | (_, &[&at]) if !self.overtaken(name, at, dialect) => Presence::Listed(self.columns[at as usize].value.clone()),
            _ => Presence::Listed(Value::unproven(Reason::AmbiguousColumn)),
        }
    }

    /// A column of the same name may hide in a star further left, and win.
    fn overtaken(&self, name: &str, at: u32, dialect: &Dialect) -> bool {
        let Rest::Tails(tails) = &self.rest else { return false };
        dialect.first_column_wins() && tails.iter().any(|t| !t.known && t.at <= at as usize && !t.hidden.contains(&key(name)))
    }

    fn beyond(&self, name: &str, pass: impl Fn(Dataset, &str) -> Origin) -> Presence {
        let tails = match &self.rest {
            Rest::Any(value) => return Presence::Possible { value: value.clone(), known: false },
            Rest::Lost(reason) => return Presence::Unsure(*reason),
            Rest::Tails(_) if self.columns.iter().any(|c| c.name.is_none()) => return Presence::Unsure(Reason::AmbiguousColumn),
            Rest::Tails(tails) => tails,
        };
        let mut open = tails.iter().filter(|t| !t.hidden.contains(&key(name)));
        match (open.next(), open.next()) {
            (None, _) => Presence::Absent,
            (Some(tail), None) => Presence::Possible { value: Value::of(pass(tail.dataset, name)), known: tail.known },
            _ => Presence::Unsure(Reason::AmbiguousColumn),
        }
    }

    /// Why columns cannot be counted, if so.
    pub(super) fn uncounted(&self) -> Option<Reason> {
        match &self.rest {
            Rest::Tails(tails) if tails.iter().all(|t| t.known) => None,
            Rest::Tails(_) | Rest::Any(_) => Some(Reason::StarWithoutSchema),
            Rest::Lost(reason) => Some(*reason),
        }
    }

    /// The same columns under other names, by position (`t(a, b)`).
    pub(super) fn renamed(self: Rc<Relation>, names: &[String]) -> Rc<Relation> {
        if names.is_empty() {
            return self;
        }
        if let Some(reason) = self.uncounted() {
            return Relation::lost(reason);
        }
        if names.len() > self.columns.len() {
            return Relation::lost(Reason::AmbiguousColumn);
        }
        let columns = self.columns.iter().enumerate().map(|(at, column)| match names.get(at) {
            Some(name) => column.placed(name),
            None => column.clone(),
        });
        Relation::new(columns.collect(), Rest::Tails(Vec::new()), self.effects.clone())
    }

    /// Everything that any column is made of.
    pub(super) fn everything(&self) -> Effects {
        let mut all = Effects::default();
        self.columns.iter().for_each(|column| all.add(&column.value, Via::Filter));
        all.doubts.extend(self.uncounted());
        all
    }

    /// A measure of the work to walk over it.
    pub(super) fn weight(&self) -> usize {
        self.columns.iter().map(|c| c.value.len() + 1).sum::<usize>() + self.effects.sources.len()
    }
}

impl Column {
    /// The column as it stands at a place called `name`: for one of a star, the place is only proven
    /// when it has that name already.
    pub(super) fn placed(&self, name: &str) -> Column {
        let sure = !self.starred || self.name.as_deref().is_some_and(|own| same(own, name));
        let value = if sure { self.value.clone() } else { Value::unproven(Reason::AmbiguousColumn) };
        Column { name: Some(name.to_owned()), value, starred: false }
    }
}

/// Columns of the same places put together (a set operation, a second insert).
pub(super) fn joined(left: &Value, right: &Value) -> Value {
    let mut mix = Mix::new();
    mix.same(left);
    mix.same(right);
    mix.value()
}
