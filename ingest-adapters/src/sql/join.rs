//! Joins: which columns they merge, which side stays visible, and by which columns they decide.

use super::Reason;
use super::names::{path, same};
use super::relation::{Presence, Relation};
use super::resolver::Resolver;
use super::scope::{Bound, LOOK_UP, Merged, Place, Scope};
use super::value::{Effects, Mix, Value, Via};
use sqlparser::ast::{Expr, Join, JoinConstraint, JoinOperator, TableFactor};

/// Whose rows a join keeps when there is no match, and so whose value a merged column has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Both,
}

impl Resolver<'_> {
    /// Joins one more table to those in scope from `first` on.
    pub(super) fn join(&self, join: &Join, first: usize, scope: &mut Scope<'_>, effects: &mut Effects) {
        use JoinOperator as Op;
        let right = scope.bound.len();
        if let (Op::CrossApply | Op::OuterApply, TableFactor::Derived { subquery, alias, .. }) = (&join.join_operator, &join.relation) {
            // The subquery sees the tables before it.
            let relation = self.query(subquery, Some(&*scope));
            return self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
        }
        self.factor(&join.relation, scope, effects);
        let (constraint, side) = match &join.join_operator {
            Op::Join(c) | Op::Inner(c) | Op::Left(c) | Op::LeftOuter(c) | Op::CrossJoin(c) | Op::StraightJoin(c) => (c, Side::Left),
            Op::Right(c) | Op::RightOuter(c) => (c, Side::Right),
            Op::FullOuter(c) => (c, Side::Both),
            Op::Semi(c) | Op::LeftSemi(c) | Op::Anti(c) | Op::LeftAnti(c) => {
                self.constraint(c, first, right, Side::Left, scope, effects);
                scope.bound.truncate(right);
                return;
            }
            Op::RightSemi(c) | Op::RightAnti(c) => {
                self.constraint(c, first, right, Side::Right, scope, effects);
                scope.bound.drain(first..right);
                scope.merged.retain(|merged| merged.of.start < first);
                return;
            }
            Op::AsOf { match_condition, constraint } => {
                effects.add(&self.expr(match_condition, scope, Place::Plain), Via::Join);
                (constraint, Side::Left)
            }
            Op::CrossApply | Op::OuterApply => return,
            Op::ArrayJoin | Op::LeftArrayJoin | Op::InnerArrayJoin => {
                scope.bound.truncate(right);
                scope.bound.push(Bound { alias: None, path: Vec::new(), relation: Relation::lost(Reason::Unsupported("ARRAY JOIN")) });
                return;
            }
        };
        self.constraint(constraint, first, right, side, scope, effects);
    }

    fn constraint(
        &self,
        constraint: &JoinConstraint,
        first: usize,
        right: usize,
        side: Side,
        scope: &mut Scope<'_>,
        effects: &mut Effects,
    ) {
        match constraint {
            JoinConstraint::None => {}
            JoinConstraint::On(Expr::Value(_)) => {}
            JoinConstraint::On(condition) => effects.add(&self.expr(condition, scope, Place::Plain), Via::Join),
            JoinConstraint::Using(columns) => {
                for column in columns {
                    match path(&self.dialect, column).and_then(|mut path| path.pop()) {
                        Some(name) => self.merge(&name, first, right, side, scope, effects),
                        None => drop(effects.doubts.insert(Reason::UnknownColumn)),
                    }
                }
            }
            JoinConstraint::Natural => match self.common(first, right, scope) {
                Some(names) => names.iter().for_each(|name| self.merge(name, first, right, side, scope, effects)),
                None => {
                    let reason = Reason::Unsupported("a natural join of tables whose columns are not known");
                    effects.doubts.insert(reason);
                    // Any column may have been merged, so that no unqualified name is sure.
                    scope.bound.push(Bound { alias: None, path: Vec::new(), relation: Relation::lost(reason) });
                }
            },
        }
    }

    /// Makes one column of two.
    fn merge(&self, name: &str, first: usize, right: usize, side: Side, scope: &mut Scope<'_>, effects: &mut Effects) {
        if self.spend(scope.merged.len()) {
            effects.doubts.insert(Reason::TooLarge);
            return;
        }
        let earlier = scope.merged.iter().position(|merged| same(&merged.name, name));
        let left = match earlier {
            Some(at) => scope.merged.swap_remove(at).value,
            None => self.one_of(name, &scope.bound[first..right]),
        };
        let other = self.one_of(name, &scope.bound[right..]);
        effects.add(&left, Via::Join);
        effects.add(&other, Via::Join);
        let value = match side {
            Side::Left => left,
            Side::Right => other,
            Side::Both => {
                let mut mix = Mix::new();
                mix.add(&left, Via::Transformation, false);
                mix.add(&other, Via::Transformation, false);
                mix.value()
            }
        };
        scope.merged.push(Merged { name: name.to_owned(), value, of: first..scope.bound.len() });
    }

    /// The column of that name in one of several tables: USING promises that exactly one has it.
    fn one_of(&self, name: &str, tables: &[Bound]) -> Value {
        if self.spend(LOOK_UP * tables.len()) {
            return Value::unproven(Reason::TooLarge);
        }
        let (mut listed, mut possible) = (Vec::new(), Vec::new());
        for bound in tables {
            match self.find(&bound.relation, name) {
                Presence::Listed(value) => listed.push(value),
                Presence::Possible { value, .. } => possible.push(value),
                Presence::Unsure(reason) => possible.push(Value::unproven(reason)),
                Presence::Absent => {}
            }
        }
        match (&listed[..], &possible[..]) {
            ([value], _) | ([], [value]) => value.clone(),
            ([], []) => Value::unproven(Reason::UnknownColumn),
            _ => Value::unproven(Reason::AmbiguousColumn),
        }
    }

    /// The columns that a natural join merges: known only when both sides' columns are.
    fn common(&self, first: usize, right: usize, scope: &Scope<'_>) -> Option<Vec<String>> {
        let (left, right) = (&scope.bound[first..right], &scope.bound[right..]);
        if left.iter().chain(right).any(|bound| bound.relation.uncounted().is_some()) {
            return None;
        }
        let has = |name: &str| left.iter().any(|b| matches!(self.find(&b.relation, name), Presence::Listed(_)));
        Some(right.iter().flat_map(|b| b.relation.columns.iter().filter_map(|c| c.name.clone())).filter(|name| has(name)).collect())
    }
}
