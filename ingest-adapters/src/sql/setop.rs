//! UNION, EXCEPT, INTERSECT: columns by position, or by name where it says so.

use super::Reason;
use super::names::same;
use super::relation::{Column, Presence, Relation, Rest, joined};
use super::resolver::Resolver;
use super::scope::Scope;
use super::value::Value;
use sqlparser::ast::{SetExpr, SetOperator, SetQuantifier};
use std::rc::Rc;

impl Resolver<'_> {
    /// A chain of set operations, walked without recursion: generated SQL chains hundreds.
    pub(super) fn set_operation(&self, body: &SetExpr, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        let (mut chain, mut first) = (Vec::new(), body);
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = first {
            chain.push((*op, *set_quantifier, right));
            first = left;
        }
        let mut relation = self.body(first, None, parent);
        for (op, quantifier, right) in chain.into_iter().rev() {
            let right = self.body(right, None, parent);
            relation = self.combine(op, quantifier, &relation, &right);
            if self.spend(relation.weight()) {
                return Relation::lost(Reason::TooLarge);
            }
        }
        relation
    }

    /// Two relations put together.
    pub(super) fn combine(&self, op: SetOperator, quantifier: SetQuantifier, left: &Relation, right: &Relation) -> Rc<Relation> {
        let mut effects = left.effects.clone();
        effects.all(&right.effects);
        if op != SetOperator::Union {
            // Rows come from the left; the right only decides which.
            effects.all(&right.everything());
            return Relation::new(left.columns.clone(), left.rest.clone(), effects);
        }
        if let Some(reason) = left.uncounted().or(right.uncounted()) {
            let lost = |c: &Column| Column { name: c.name.clone(), value: Value::unproven(reason), starred: c.starred };
            return Relation::new(left.columns.iter().map(lost).collect(), Rest::Lost(reason), effects);
        }
        let by_name = matches!(quantifier, SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName);
        let columns = if by_name { self.by_name(left, right) } else { by_position(left, right) };
        Relation::new(columns, Rest::Tails(Vec::new()), effects)
    }

    fn by_name(&self, left: &Relation, right: &Relation) -> Vec<Column> {
        let other = |relation: &Relation, column: &Column| match column.name.as_deref().map(|name| self.find(relation, name)) {
            Some(Presence::Listed(value)) => joined(&column.value, &value),
            // A schema that does not list it may still have it.
            Some(Presence::Absent) => column.value.clone(),
            _ => Value::unproven(Reason::AmbiguousColumn),
        };
        let mut columns: Vec<Column> = left.columns.iter().map(|c| Column { value: other(right, c), ..c.clone() }).collect();
        let more =
            right.columns.iter().filter(|c| !c.name.as_ref().is_some_and(|name| matches!(self.find(left, name), Presence::Listed(_))));
        columns.extend(more.map(|c| Column { value: other(left, c), ..c.clone() }).collect::<Vec<_>>());
        columns
    }
}

fn names_agree(left: &Column, right: &Column) -> bool {
    matches!((&left.name, &right.name), (Some(l), Some(r)) if same(l, r))
}

/// A column that a star gave stands at a place only as surely as its schema is in order: it must bear
/// the same name as the one it meets.
fn by_position(left: &Relation, right: &Relation) -> Vec<Column> {
    let counts = left.columns.len() == right.columns.len();
    let pair = |(at, l): (usize, &Column)| {
        let value = match right.columns.get(at).filter(|_| counts) {
            Some(r) if (!l.starred && !r.starred) || names_agree(l, r) => joined(&l.value, &r.value),
            _ => Value::unproven(Reason::AmbiguousColumn),
        };
        Column { name: l.name.clone(), value, starred: l.starred }
    };
    left.columns.iter().enumerate().map(pair).collect()
}
