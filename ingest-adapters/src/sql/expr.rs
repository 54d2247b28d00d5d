//! Expressions: what a value is made of, and what only decides about it.

use super::Reason;
use super::resolver::Resolver;
use super::scope::{Place, Scope};
use super::value::{Mix, Value, Via};
use sqlparser::ast::{AccessExpr, Array, BinaryOperator, Expr, Ident, Query, Subscript, Value as Literal};

/// The operands of a plain operator, from which the value is made; `None` for what has rules of its own.
fn operands(expr: &Expr) -> Option<Vec<&Expr>> {
    use Expr::*;
    Some(match expr {
        Value(literal) if is_numbered_column(&literal.value) => return None,
        Value(_) | TypedString(_) => vec![],
        Nested(e) | IsFalse(e) | IsNotFalse(e) | IsTrue(e) | IsNotTrue(e) | IsNull(e) | IsNotNull(e) | IsUnknown(e) | IsNotUnknown(e)
        | OuterJoin(e) | Prior(e) => vec![e],
        IsDistinctFrom(a, b) | IsNotDistinctFrom(a, b) => vec![a, b],
        IsJson { expr, .. }
        | IsNormalized { expr, .. }
        | UnaryOp { expr, .. }
        | Cast { expr, .. }
        | Extract { expr, .. }
        | Ceil { expr, .. }
        | Floor { expr, .. }
        | Collate { expr, .. }
        | Named { expr, .. } => vec![expr],
        JsonAccess { value, .. } | Prefixed { value, .. } => vec![value],
        InList { expr, list, .. } => std::iter::once(expr.as_ref()).chain(list).collect(),
        InUnnest { expr, array_expr, .. } => vec![expr, array_expr],
        Between { expr, low, high, .. } => vec![expr, low, high],
        BinaryOp { left, right, .. } | AnyOp { left, right, .. } | AllOp { left, right, .. } => vec![left, right],
        Like { expr, pattern, .. } | ILike { expr, pattern, .. } | SimilarTo { expr, pattern, .. } | RLike { expr, pattern, .. } => {
            vec![expr, pattern]
        }
        Convert { expr, styles, .. } => std::iter::once(expr.as_ref()).chain(styles).collect(),
        AtTimeZone { timestamp, time_zone } => vec![timestamp, time_zone],
        Position { expr, r#in } => vec![expr, r#in],
        Substring { expr, substring_from, substring_for, .. } => {
            std::iter::once(expr).chain(substring_from).chain(substring_for).map(AsRef::as_ref).collect()
        }
        Trim { trim_what, expr, trim_characters, .. } => {
            std::iter::once(expr).chain(trim_what).map(AsRef::as_ref).chain(trim_characters.iter().flatten()).collect()
        }
        Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            [expr, overlay_what, overlay_from].into_iter().chain(overlay_for).map(AsRef::as_ref).collect()
        }
        Tuple(list) | Struct { values: list, .. } | Array(self::Array { elem: list, .. }) => list.iter().collect(),
        Dictionary(fields) => fields.iter().map(|field| field.value.as_ref()).collect(),
        Map(map) => map.entries.iter().flat_map(|entry| [entry.key.as_ref(), entry.value.as_ref()]).collect(),
        Interval(interval) => vec![&interval.value],
        MemberOf(member) => vec![&member.value, &member.array],
        GroupingSets(sets) | Cube(sets) | Rollup(sets) => sets.iter().flatten().collect(),
        CompoundFieldAccess { root, access_chain } => {
            std::iter::once(root.as_ref()).chain(access_chain.iter().flat_map(subscripts)).collect()
        }
        _ => return None,
    })
}

/// Snowflake's `$1` of a staged file; as a parameter it stands for no column either, but that cannot be told.
fn is_numbered_column(literal: &Literal) -> bool {
    matches!(literal, Literal::Placeholder(text) if text.strip_prefix('$').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit())))
}

fn subscripts(access: &AccessExpr) -> Vec<&Expr> {
    match access {
        // The name of a field.
        AccessExpr::Dot(_) => Vec::new(),
        AccessExpr::Subscript(Subscript::Index { index }) => vec![index],
        AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
            [lower_bound, upper_bound, stride].into_iter().flatten().collect()
        }
    }
}

/// Everything directly inside of an expression, subqueries apart.
fn inside(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Function(function) => super::function::arguments(function),
        Expr::Case { operand, conditions, else_result, .. } => {
            let branches = conditions.iter().flat_map(|when| [&when.condition, &when.result]);
            operand.iter().chain(else_result).map(AsRef::as_ref).chain(branches).collect()
        }
        Expr::InSubquery { expr, .. } => vec![expr],
        other => operands(other).unwrap_or_default(),
    }
}

/// True when `test` holds anywhere in an expression, subqueries apart. Walked without recursion.
fn anywhere(expr: &Expr, test: impl Fn(&Expr) -> bool) -> bool {
    let mut open = vec![expr];
    while let Some(next) = open.pop() {
        if test(next) {
            return true;
        }
        open.extend(inside(next));
    }
    false
}

/// True when an unqualified name occurs.
pub(super) fn mentions(expr: &Expr, named: &impl Fn(&Ident) -> bool) -> bool {
    anywhere(expr, |e| match e {
        Expr::Identifier(ident) => named(ident),
        Expr::CompoundIdentifier(parts) => parts.len() == 2 && parts.last().is_some_and(named),
        _ => false,
    })
}

/// True when an aggregate occurs that is no window function.
pub(super) fn aggregates(expr: &Expr) -> bool {
    anywhere(expr, |e| matches!(e, Expr::Function(function) if function.over.is_none() && super::function::is_aggregate(function)))
}

impl Resolver<'_> {
    /// What an expression is made of.
    pub(super) fn expr(&self, expr: &Expr, scope: &Scope<'_>, place: Place) -> Value {
        let mut expr = expr;
        while let Expr::Nested(inner) = expr {
            expr = inner;
        }
        if operands(expr).is_none() {
            return self.leaf(expr, scope, place);
        }
        // Without recursion: generated SQL chains thousands of operators.
        let mut mix = Mix::new();
        let mut open = vec![expr];
        while let Some(next) = open.pop() {
            // Inside of a longer expression, only columns are certain.
            let place = match place {
                Place::Order | Place::Group => Place::Clause,
                other => other,
            };
            match operands(next) {
                Some(_) if self.is_lambda(next) => mix.same(&Value::unproven(Reason::Unsupported("an arrow"))),
                Some(operands) => open.extend(operands),
                None => {
                    let value = self.leaf(next, scope, place);
                    self.spend(value.len() + 1);
                    mix.add(&value, Via::Transformation, false);
                }
            }
        }
        mix.value()
    }

    /// `x -> x + 1` where the parser takes the arrow for an operator.
    fn is_lambda(&self, expr: &Expr) -> bool {
        let Expr::BinaryOp { left, op: BinaryOperator::Arrow, .. } = expr else { return false };
        !self.dialect.arrow_is_json() && matches!(left.as_ref(), Expr::Identifier(_) | Expr::Tuple(_) | Expr::Nested(_))
    }

    fn leaf(&self, expr: &Expr, scope: &Scope<'_>, place: Place) -> Value {
        if self.is_spent() {
            return Value::unproven(Reason::TooLarge);
        }
        match expr {
            Expr::Value(_) => Value::unproven(Reason::Unsupported("a column by number")),
            Expr::Identifier(ident) => scope.column(self, ident, place),
            Expr::CompoundIdentifier(parts) => scope.compound(self, parts),
            Expr::Function(function) => self.function(function, scope, place),
            Expr::Case { operand, conditions, else_result, .. } => {
                let mut mix = Mix::new();
                for condition in operand.iter().map(AsRef::as_ref).chain(conditions.iter().map(|when| &when.condition)) {
                    mix.add(&self.expr(condition, scope, place), Via::Conditional, false);
                }
                for result in conditions.iter().map(|when| &when.result).chain(else_result.as_deref()) {
                    mix.add(&self.expr(result, scope, place), Via::Transformation, false);
                }
                mix.value()
            }
            Expr::Subquery(query) => self.scalar(query, scope),
            Expr::InSubquery { expr, subquery, .. } => {
                let mut mix = Mix::new();
                mix.add(&self.expr(expr, scope, place), Via::Transformation, false);
                mix.add(&self.scalar(subquery, scope), Via::Transformation, false);
                mix.value()
            }
            Expr::Exists { subquery, .. } => {
                let mut mix = Mix::new();
                mix.effects(&self.query(subquery, Some(scope)).effects);
                mix.value()
            }
            Expr::Lambda(lambda) => {
                let mut inner = Scope::within(Some(scope));
                inner.locals = lambda.params.iter().map(|param| self.name(&param.name)).collect();
                self.expr(&lambda.body, &inner, Place::Plain)
            }
            _ => Value::unproven(Reason::Unsupported("this expression")),
        }
    }

    /// A subquery as a value: its column, and what decided which row it is taken from.
    pub(super) fn scalar(&self, query: &Query, scope: &Scope<'_>) -> Value {
        let relation = self.query(query, Some(scope));
        if let Some(reason) = relation.uncounted() {
            return Value::unproven(reason);
        }
        let mut mix = Mix::new();
        relation.columns.iter().for_each(|column| mix.same(&column.value));
        mix.effects(&relation.effects);
        mix.value()
    }
}
