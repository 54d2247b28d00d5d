//! SELECT: its columns, and what decides about its rows.

use super::Reason;
use super::expr::{aggregates, mentions};
use super::names::same;
use super::relation::{Column, Relation, Rest};
use super::resolver::Resolver;
use super::scope::{Alias, Echo, Place, Scope};
use super::star::Items;
use super::value::{Effects, Mix, Value, Via};
use sqlparser::ast::{
    ConnectByKind, Distinct, Expr, GroupByExpr, GroupByWithModifier, Ident, NamedWindowExpr, OrderBy, Select, SelectFlavor, SelectItem,
    SelectItemQualifiedWildcardKind, Value as Literal, WildcardAdditionalOptions,
};
use std::rc::Rc;

impl Resolver<'_> {
    /// A SELECT as a relation.
    pub(super) fn select(&self, select: &Select, order: Option<&OrderBy>, parent: Option<&Scope<'_>>) -> Rc<Relation> {
        if select.value_table_mode.is_some() {
            return Relation::lost(Reason::Unsupported("SELECT AS STRUCT or AS VALUE"));
        }
        let mut scope = Scope::within(parent);
        let mut effects = Effects::default();
        self.from(&select.from, &mut scope, &mut effects);
        select.lateral_views.iter().for_each(|view| self.lateral_view(view, &mut scope));
        for window in &select.named_window {
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                scope.windows.insert(self.name(&window.0), spec);
            }
        }
        let items = self.items(select, &mut scope);
        self.rows(select, &items, &scope, &mut effects);
        if let Some(order) = order {
            self.order(order, &items.columns, &scope, &mut effects);
        }
        let rest = items.lost.map_or(Rest::Tails(items.tails), Rest::Lost);
        let relation = Relation::new(items.columns, rest, effects);
        self.spend(relation.weight());
        relation
    }

    fn items(&self, select: &Select, scope: &mut Scope<'_>) -> Items {
        scope.alias(select.projection.iter().filter_map(|item| self.alias_of(item)).collect());
        let mut items = Items::default();
        if select.flavor == SelectFlavor::FromFirstNoSelect {
            self.star(scope, None, &WildcardAdditionalOptions::default(), &mut items);
        }
        let mut alias = 0;
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    items.columns.push(Column { name: self.unnamed(expr), value: self.expr(expr, scope, Place::List), starred: false });
                }
                SelectItem::ExprWithAlias { expr, alias: name } => {
                    scope.naming = Some(alias);
                    let value = self.expr(expr, scope, Place::List);
                    scope.naming = None;
                    if let Some(own) = scope.aliases.get_mut(alias) {
                        own.value = value.clone();
                    }
                    alias += 1;
                    items.columns.push(Column { name: Some(self.name(name)), value, starred: false });
                }
                SelectItem::ExprWithAliases { expr, aliases } => {
                    let mut mix = Mix::new();
                    mix.add(&self.expr(expr, scope, Place::List), Via::Transformation, false);
                    let value = mix.value();
                    items.columns.extend(aliases.iter().map(|a| Column { name: Some(self.name(a)), value: value.clone(), starred: false }));
                }
                SelectItem::Wildcard(options) => self.star(scope, None, options, &mut items),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => match self.path(name) {
                    Some(path) => self.star(scope, Some(&path), options, &mut items),
                    None => items.lost = Some(Reason::Unsupported("the star of an expression")),
                },
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _) => {
                    items.lost = Some(Reason::Unsupported("the star of an expression"));
                }
            }
        }
        if let Some(exclude) = &select.exclude {
            items.exclude(&self.excluded(exclude));
        }
        items
    }

    fn alias_of(&self, item: &SelectItem) -> Option<Alias> {
        let SelectItem::ExprWithAlias { expr, alias } = item else { return None };
        let name = self.name(alias);
        let named = |ident: &Ident| same(&self.name(ident), &name);
        let echo = match expr {
            Expr::Identifier(ident) if named(ident) => Echo::Same,
            Expr::CompoundIdentifier(parts) if parts.len() == 2 && parts.last().is_some_and(named) => Echo::Same,
            _ if mentions(expr, &named) => Echo::Made,
            _ if aggregates(expr) => Echo::Aggregate,
            _ => Echo::Scalar,
        };
        Some(Alias { name, value: Value::unproven(Reason::AmbiguousColumn), echo })
    }

    /// The name that an expression without alias gets, where that is certain.
    fn unnamed(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Identifier(ident) => Some(self.name(ident)),
            Expr::CompoundIdentifier(parts) => parts.last().map(|ident| self.name(ident)),
            Expr::Nested(inner) => self.unnamed(inner),
            Expr::Cast { expr, .. } if self.dialect.names_after_function() => self.unnamed(expr),
            Expr::Function(function) if self.dialect.names_after_function() => self.last_name(&function.name),
            _ => None,
        }
    }

    /// Adds what decides about rows: filters and groups.
    fn rows(&self, select: &Select, items: &Items, scope: &Scope<'_>, effects: &mut Effects) {
        let before = if self.dialect.aliases_in_where() { Place::Clause } else { Place::Plain };
        for filter in [&select.prewhere, &select.selection].into_iter().flatten() {
            effects.add(&self.expr(filter, scope, before), Via::Filter);
        }
        for connect in &select.connect_by {
            let conditions = match connect {
                ConnectByKind::ConnectBy { relationships, .. } => &relationships[..],
                ConnectByKind::StartWith { condition, .. } => std::slice::from_ref(condition.as_ref()),
            };
            conditions.iter().for_each(|c| effects.add(&self.expr(c, scope, Place::Plain), Via::Filter));
        }
        self.groups(select, items, scope, effects);
        for filter in [&select.having, &select.qualify].into_iter().flatten() {
            effects.add(&self.expr(filter, scope, Place::Clause), Via::Filter);
        }
        if let Some(Distinct::On(keys)) = &select.distinct {
            keys.iter().for_each(|key| effects.add(&self.expr(key, scope, Place::Group), Via::GroupBy));
        }
        select.sort_by.iter().for_each(|by| effects.add(&self.expr(&by.expr, scope, Place::Order), Via::Sort));
        select.cluster_by.iter().for_each(|by| effects.add(&self.expr(by, scope, Place::Order), Via::Sort));
    }

    fn groups(&self, select: &Select, items: &Items, scope: &Scope<'_>, effects: &mut Effects) {
        let modifiers = match &select.group_by {
            GroupByExpr::All(modifiers) => {
                for item in &select.projection {
                    let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else { continue };
                    if !aggregates(expr) {
                        effects.add(&self.expr(expr, scope, Place::Plain), Via::GroupBy);
                    }
                }
                modifiers
            }
            GroupByExpr::Expressions(keys, modifiers) => {
                for key in keys {
                    let value = self.numbered(key, &items.columns).unwrap_or_else(|| self.expr(key, scope, Place::Group));
                    effects.add(&value, Via::GroupBy);
                }
                modifiers
            }
        };
        for modifier in modifiers {
            if let GroupByWithModifier::GroupingSets(sets) = modifier {
                effects.add(&self.expr(sets, scope, Place::Group), Via::GroupBy);
            }
        }
    }

    /// `GROUP BY 1`, `ORDER BY 2`: the column of that number, when columns before it can be counted.
    pub(super) fn numbered(&self, expr: &Expr, columns: &[Column]) -> Option<Value> {
        let Expr::Value(literal) = expr else { return None };
        let Literal::Number(number, _) = &literal.value else { return None };
        let at = number.to_string().parse::<usize>().ok()?.checked_sub(1)?;
        Some(match columns.get(at) {
            Some(_) if columns.iter().take(at + 1).any(|column| column.starred) => Value::unproven(Reason::AmbiguousColumn),
            Some(column) => column.value.clone(),
            None => Value::unproven(Reason::UnknownColumn),
        })
    }
}
