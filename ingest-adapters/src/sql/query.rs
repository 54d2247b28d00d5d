//! A query: its WITH, its body, its order. Each common table expression is resolved once, where it is
//! defined, however often it is used.

use super::Reason;
use super::names::last;
use super::relation::{Column, Relation, Rest, joined};
use super::resolver::Resolver;
use super::scope::{Bound, Place, Scope};
use super::value::{Effects, Via};
use sqlparser::ast::{Cte, OrderBy, OrderByKind, Query, SetExpr, Values, With};
use std::rc::Rc;

/// Rounds after which a recursive expression must have settled.
const MAX_ROUNDS: usize = 8;

impl Resolver<'_> {
    /// A query as a relation. `parent` is the query around it, whose columns it may mention.
    pub(super) fn query(&self, query: &Query, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        if self.is_spent() {
            return Relation::lost(Reason::TooLarge);
        }
        if !query.pipe_operators.is_empty() {
            return Relation::lost(Reason::Unsupported("the pipe syntax"));
        }
        if query.for_clause.is_some() {
            return Relation::lost(Reason::Unsupported("FOR XML or FOR JSON"));
        }
        self.enter();
        if let Some(with) = &query.with {
            self.with(with, parent);
        }
        let relation = self.body(&query.body, query.order_by.as_ref(), parent);
        self.leave();
        self.spend(relation.weight());
        relation
    }

    /// Binds the expressions of a WITH in the innermost layer.
    pub(super) fn with(&self, with: &With, parent: Option<&Scope<'_>>) {
        for cte in &with.cte_tables {
            let name = self.name(&cte.alias.name);
            let unions = matches!(*cte.query.body, SetExpr::SetOperation { .. });
            let relation = if with.recursive || (unions && self.dialect.recursion_unsaid()) {
                self.recursive(cte, &name, parent)
            } else {
                self.query(&cte.query, parent).renamed(&self.column_names(cte))
            };
            self.bind(&name, Some(relation));
        }
    }

    fn column_names(&self, cte: &Cte) -> Vec<String> {
        cte.alias.columns.iter().map(|column| self.name(&column.name)).collect()
    }

    /// `x AS (start UNION ALL step over x)`: what x is made of settles after a few rounds, since it only grows.
    fn recursive(&self, cte: &Cte, name: &str, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        let names = self.column_names(cte);
        let SetExpr::SetOperation { left, right, op, set_quantifier } = cte.query.body.as_ref() else {
            // Under RECURSIVE the name means the expression itself, were it used.
            self.bind(name, Some(Relation::lost(Reason::Unsupported("this recursion"))));
            return self.query(&cte.query, parent).renamed(&names);
        };
        if self.recursing.get() {
            return Relation::lost(Reason::Unsupported("a recursion in a recursion"));
        }
        self.enter();
        if let Some(with) = &cte.query.with {
            self.with(with, parent);
        }
        let mut known = self.body(left, None, parent).renamed(&names);
        self.recursing.set(true);
        let mut settled = None;
        for _ in 0..MAX_ROUNDS {
            self.bind(name, Some(known.clone()));
            let step = self.body(right, None, parent);
            let next = self.combine(*op, *set_quantifier, &known, &step);
            if next.uncounted().is_some() || equal(&known, &next) {
                settled = Some(next);
                break;
            }
            known = next;
        }
        self.recursing.set(false);
        self.leave();
        settled.unwrap_or_else(|| Relation::lost(Reason::TooLarge))
    }

    /// The body of a query.
    pub(super) fn body(&self, body: &SetExpr, order: Option<&OrderBy>, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        let relation = match body {
            SetExpr::Select(select) => return self.select(select, order, parent),
            SetExpr::Query(query) => self.query(query, parent),
            SetExpr::SetOperation { .. } => self.set_operation(body, parent),
            SetExpr::Values(values) => self.values(values, parent),
            SetExpr::Table(table) => {
                self.table(&[&table.schema_name, &table.table_name].into_iter().flatten().cloned().collect::<Vec<_>>())
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Relation::lost(Reason::Unsupported("a statement that writes inside of a query"))
            }
        };
        match order {
            Some(order) => self.ordered(&relation, order, parent),
            None => relation,
        }
    }

    /// ORDER BY after something that is no SELECT: only output columns are in scope.
    fn ordered(&self, relation: &Rc<Relation>, order: &OrderBy, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        let mut effects = relation.effects.clone();
        let mut scope = Scope::within(parent);
        scope.bound.push(Bound { alias: None, path: Vec::new(), relation: relation.clone() });
        self.order(order, &relation.columns, &scope, &mut effects);
        Relation::new(relation.columns.clone(), relation.rest.clone(), effects)
    }

    /// Adds what an ORDER BY sorts by.
    pub(super) fn order(&self, order: &OrderBy, columns: &[Column], scope: &Scope<'_>, effects: &mut Effects) {
        match &order.kind {
            OrderByKind::All(_) => columns.iter().for_each(|column| effects.add(&column.value, Via::Sort)),
            OrderByKind::Expressions(list) => {
                for item in list {
                    let value = self.numbered(&item.expr, columns).unwrap_or_else(|| self.expr(&item.expr, scope, Place::Order));
                    effects.add(&value, Via::Sort);
                }
            }
        }
    }

    /// `VALUES`: columns without names.
    fn values(&self, values: &Values, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        let scope = Scope::within(parent);
        let mut columns: Vec<Column> = Vec::new();
        for row in &values.rows {
            for (at, cell) in row.content.iter().enumerate() {
                let value = self.expr(cell, &scope, Place::Plain);
                match columns.get_mut(at) {
                    Some(column) => column.value = joined(&column.value, &value),
                    None => columns.push(Column { name: None, value, starred: false }),
                }
            }
        }
        Relation::new(columns, Rest::Tails(Vec::new()), Effects::default())
    }

    /// The last part of a computed or plain name.
    pub(super) fn last_name(&self, object: &sqlparser::ast::ObjectName) -> Option<String> {
        last(&self.dialect, object)
    }
}

fn equal(left: &Relation, right: &Relation) -> bool {
    let sources =
        |relation: &Relation| relation.columns.iter().map(|c| c.value.sources().map(std::collections::BTreeSet::len)).collect::<Vec<_>>();
    // Both only grow, so that equal sizes mean equal sets.
    sources(left) == sources(right)
        && left.effects.sources.len() == right.effects.sources.len()
        && left.effects.doubts == right.effects.doubts
}
