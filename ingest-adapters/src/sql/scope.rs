//! Which column a name means: the relations of a FROM, the queries around it, and the aliases of the
//! select list.

use super::Reason;
use super::names::{ends_with, key, same};
use super::relation::{Presence, Relation};
use super::resolver::Resolver;
use super::value::{Mix, Value, Via};
use sqlparser::ast::{Ident, WindowSpec};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// Steps that looking for a name in one relation counts for.
pub(super) const LOOK_UP: usize = 4;

/// A relation under the names by which columns may call it.
pub(super) struct Bound {
    pub(super) alias: Option<String>,
    /// The table's own name, when it has no alias.
    pub(super) path: Vec<String>,
    pub(super) relation: Rc<Relation>,
}

/// A column that `JOIN … USING` made of several.
pub(super) struct Merged {
    pub(super) name: String,
    pub(super) value: Value,
    /// The relations in scope, by place, whose column it is: a star does not give it again.
    pub(super) of: Range<usize>,
}

/// An alias of the select list.
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) value: Value,
    /// What its expression has to do with a column of the same name.
    pub(super) echo: Echo,
}

/// What an aliased expression has to do with a column named like the alias.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    /// It is that column (`o.amount AS amount`).
    Same,
    /// It is made from that column (`round(amount) AS amount`), so that there is one.
    Made,
    /// Nothing, and it may stand in GROUP BY.
    Scalar,
    /// Nothing, and it holds an aggregate.
    Aggregate,
}

/// Where in a query an expression stands: which aliases it may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// None.
    Plain,
    /// The select list: aliases further left, in some dialects.
    List,
    /// WHERE, HAVING, QUALIFY: columns before aliases.
    Clause,
    /// A name alone in GROUP BY: columns before aliases.
    Group,
    /// ORDER BY: aliases before columns.
    Order,
}

/// The names of one SELECT.
#[derive(Default)]
pub(super) struct Scope<'s> {
    pub(super) parent: Option<&'s Scope<'s>>,
    pub(super) bound: Vec<Bound>,
    pub(super) merged: Vec<Merged>,
    pub(super) aliases: Vec<Alias>,
    by_alias: HashMap<String, Vec<usize>>,
    /// The alias whose expression is being resolved: it does not see itself.
    pub(super) naming: Option<usize>,
    pub(super) windows: HashMap<String, &'s WindowSpec>,
    /// Parameters of a lambda.
    pub(super) locals: Vec<String>,
}

impl<'s> Scope<'s> {
    pub(super) fn within(parent: Option<&'s Scope<'s>>) -> Scope<'s> {
        Scope { parent, ..Scope::default() }
    }

    /// Declares the aliases of the select list.
    pub(super) fn alias(&mut self, aliases: Vec<Alias>) {
        for (at, alias) in aliases.iter().enumerate() {
            self.by_alias.entry(key(&alias.name)).or_default().push(at);
        }
        self.aliases = aliases;
    }

    /// What an unqualified name means.
    pub(super) fn column(&self, resolver: &Resolver<'_>, ident: &Ident, place: Place) -> Value {
        let name = resolver.name(ident);
        let local = self.local(resolver, &name, ident);
        if let Some(value) = self.alias_value(resolver, &name, &local, place) {
            return value;
        }
        let mut candidate: Option<Value> = None;
        let mut found = local;
        let mut scope = self;
        loop {
            match found {
                Presence::Absent => {}
                _ if candidate.is_some() => return Value::unproven(Reason::AmbiguousColumn),
                Presence::Listed(value) => return value,
                Presence::Unsure(reason) => return Value::unproven(reason),
                Presence::Possible { value, .. } => candidate = Some(value),
            }
            let Some(parent) = scope.parent else { break };
            found = parent.local(resolver, &name, ident);
            scope = parent;
        }
        candidate.unwrap_or(Value::unproven(Reason::UnknownColumn))
    }

    /// The value of an alias, when the name means one here.
    fn alias_value(&self, resolver: &Resolver<'_>, name: &str, local: &Presence, place: Place) -> Option<Value> {
        let dialect = &resolver.dialect;
        let unseen = match place {
            Place::Plain => true,
            Place::List => !dialect.lateral_aliases(),
            Place::Clause => !dialect.aliases_in_having(),
            Place::Group | Place::Order => false,
        };
        if unseen {
            return None;
        }
        let mut fitting = self.by_alias.get(&key(name))?.iter().filter(|at| self.naming != Some(**at));
        let alias = &self.aliases[*fitting.next()?];
        if fitting.next().is_some() {
            return (place == Place::Order).then(|| Value::unproven(Reason::AmbiguousColumn));
        }
        match (local, place, alias.echo) {
            (Presence::Absent, ..) | (_, Place::Order, _) => Some(alias.value.clone()),
            (Presence::Listed(_), _, _) if !dialect.alias_beats_column() => None,
            (_, _, Echo::Same) => Some(alias.value.clone()),
            (_, Place::List, _) if dialect.alias_beats_column() => Some(Value::unproven(Reason::AmbiguousColumn)),
            (_, _, Echo::Made) => None,
            // Were it a column, the aliased expression would not be grouped, and the query not valid.
            (Presence::Possible { .. }, Place::Group, Echo::Scalar) => Some(alias.value.clone()),
            (Presence::Possible { known: true, .. }, Place::Clause, _) => Some(alias.value.clone()),
            (Presence::Listed(_), ..) => None,
            _ => Some(Value::unproven(Reason::AmbiguousColumn)),
        }
    }

    /// What this SELECT alone says to an unqualified name.
    pub(super) fn local(&self, resolver: &Resolver<'_>, name: &str, ident: &Ident) -> Presence {
        if self.locals.iter().any(|local| same(local, name)) {
            return Presence::Listed(Value::constant());
        }
        if let Some(merged) = self.merged.iter().find(|merged| same(&merged.name, name)) {
            return Presence::Listed(merged.value.clone());
        }
        if resolver.spend(LOOK_UP * (self.bound.len() + self.merged.len())) {
            return Presence::Unsure(Reason::TooLarge);
        }
        let (mut listed, mut possible, mut unsure) = (Vec::new(), Vec::new(), None);
        for bound in &self.bound {
            match resolver.find(&bound.relation, name) {
                Presence::Listed(_) if resolver.dialect.first_table_wins() && !(possible.is_empty() && unsure.is_none()) => {
                    unsure = Some(Reason::AmbiguousColumn);
                }
                Presence::Listed(value) => listed.push(value),
                Presence::Possible { value, known } => possible.push((value, known)),
                Presence::Unsure(reason) => unsure = Some(reason),
                Presence::Absent => {}
            }
        }
        if listed.is_empty() && ident.quote_style.is_none() {
            if name.starts_with('@') || CONSTANTS.contains(&key(name).as_str()) {
                return Presence::Listed(Value::constant());
            }
            if resolver.is_variable(name) && !(possible.is_empty() && unsure.is_none()) {
                return Presence::Unsure(Reason::Unsupported("a variable that may be a column"));
            }
        }
        match (listed.len(), possible.len(), unsure) {
            (1, ..) => listed.pop().map_or(Presence::Absent, Presence::Listed),
            (0, 0, None) => Presence::Absent,
            (0, 0, Some(reason)) => Presence::Unsure(reason),
            (0, 1, None) => possible.pop().map_or(Presence::Absent, |(value, known)| self.unlisted(resolver, name, ident, value, known)),
            _ => Presence::Unsure(Reason::AmbiguousColumn),
        }
    }

    /// A name that no schema lists, although one table could have it: unless it is no column at all.
    fn unlisted(&self, resolver: &Resolver<'_>, name: &str, ident: &Ident, value: Value, known: bool) -> Presence {
        if ident.quote_style.is_none() && PSEUDO_COLUMNS.contains(&key(name).as_str()) {
            return Presence::Unsure(Reason::Unsupported("a pseudo-column"));
        }
        if ident.quote_style == Some('"') && resolver.dialect.quotes_may_be_text() {
            return Presence::Unsure(Reason::UnknownColumn);
        }
        if self.bound.iter().any(|b| b.called(name)) {
            return Presence::Unsure(Reason::Unsupported("a whole row as a value"));
        }
        Presence::Possible { value, known }
    }

    /// What `a.b` or longer means: a table's column, a field of it, or a field of a column.
    pub(super) fn compound(&self, resolver: &Resolver<'_>, parts: &[Ident]) -> Value {
        let names: Vec<String> = parts.iter().map(|part| resolver.name(part)).collect();
        let mut scope = Some(self);
        while let Some(here) = scope {
            if resolver.spend(here.bound.len()) {
                return Value::unproven(Reason::TooLarge);
            }
            for table in (1..names.len()).rev() {
                let fitting: Vec<_> = here.bound.iter().filter(|b| b.qualified(&names[..table])).collect();
                match fitting[..] {
                    [] => continue,
                    [bound] => return field(here.of_bound(resolver, bound, &names[table]), names.len() > table + 1),
                    _ => return Value::unproven(Reason::AmbiguousTable),
                }
            }
            if let Presence::Listed(value) = here.local(resolver, &names[0], &parts[0]) {
                return field(value, true);
            }
            scope = here.parent;
        }
        Value::unproven(Reason::UnknownTable)
    }

    fn of_bound(&self, resolver: &Resolver<'_>, bound: &Bound, name: &str) -> Value {
        match resolver.find(&bound.relation, name) {
            Presence::Listed(value) | Presence::Possible { value, .. } => value,
            Presence::Unsure(reason) => Value::unproven(reason),
            Presence::Absent => Value::unproven(Reason::UnknownColumn),
        }
    }
}

impl Bound {
    /// True when a single name calls it.
    pub(super) fn called(&self, name: &str) -> bool {
        match &self.alias {
            Some(alias) => same(alias, name),
            None => self.path.last().is_some_and(|last| same(last, name)),
        }
    }

    /// True when a qualifier of any length calls it.
    pub(super) fn qualified(&self, qualifier: &[String]) -> bool {
        match (&self.alias, qualifier) {
            (Some(alias), [one]) => same(alias, one),
            (Some(_), _) => false,
            (None, _) => ends_with(&self.path, qualifier),
        }
    }
}

/// A field of a value is made from the value.
fn field(value: Value, inner: bool) -> Value {
    if !inner {
        return value;
    }
    let mut mix = Mix::new();
    mix.add(&value, Via::Transformation, false);
    mix.value()
}

/// Words that are read without parentheses and are no column.
const CONSTANTS: [&str; 16] = [
    "sysdate",
    "systimestamp",
    "sysdatetime",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_datetime",
    "current_user",
    "session_user",
    "localtime",
    "localtimestamp",
    "current_schema",
    "current_catalog",
    "current_role",
    "true",
    "false",
];

/// Names that every table has and no schema lists.
const PSEUDO_COLUMNS: [&str; 15] = [
    "rownum",
    "rowid",
    "level",
    "ctid",
    "xmin",
    "xmax",
    "tableoid",
    "oid",
    "_partitiontime",
    "_partitiondate",
    "_table_suffix",
    "_file",
    "connect_by_isleaf",
    "ora_rowscn",
    "user",
];
