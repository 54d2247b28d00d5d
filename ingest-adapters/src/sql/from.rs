//! FROM: tables, subqueries, functions, and the effects that they bring along.

use super::Reason;
use super::relation::{Relation, Rest};
use super::resolver::Resolver;
use super::scope::{Bound, Scope};
use super::value::Effects;
use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, ObjectName, TableAlias, TableFactor, TableFunctionArgs, TableWithJoins};
use std::rc::Rc;

impl Resolver<'_> {
    /// Brings a FROM into scope, left to right.
    pub(super) fn from(&self, from: &[TableWithJoins], scope: &mut Scope<'_>, effects: &mut Effects) {
        for tables in from {
            self.tables(tables, scope, effects);
        }
    }

    /// One table and what is joined to it.
    pub(super) fn tables(&self, tables: &TableWithJoins, scope: &mut Scope<'_>, effects: &mut Effects) {
        let first = scope.bound.len();
        self.factor(&tables.relation, scope, effects);
        for join in &tables.joins {
            self.join(join, first, scope, effects);
        }
    }

    /// One thing that a FROM names.
    pub(super) fn factor(&self, factor: &TableFactor, scope: &mut Scope<'_>, effects: &mut Effects) {
        match factor {
            TableFactor::Table { name, alias, args, json_path, with_ordinality, .. } => match args {
                Some(args) if !self.is_hint(args) => {
                    let relation = self.table_function(name, &args.args, alias.as_ref(), *with_ordinality, scope);
                    self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
                }
                _ if json_path.is_some() => self.lost("a path into a table", alias.as_ref(), scope),
                _ => self.named(name, alias.as_ref(), scope, effects),
            },
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let relation = if *lateral { self.query(subquery, Some(&*scope)) } else { self.query(subquery, scope.parent) };
                self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => self.tables(table_with_joins, scope, effects),
            TableFactor::Function { name, args, alias, with_ordinality, .. } => {
                let relation = self.table_function(name, args, alias.as_ref(), *with_ordinality, scope);
                self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
            }
            TableFactor::TableFunction { expr, alias } => {
                let relation = self.table_of(expr, alias.as_ref(), scope);
                self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality } => {
                let offset = with_offset.then(|| with_offset_alias.as_ref().map_or("offset".to_owned(), |ident| self.name(ident)));
                let relation = self.unnest(array_exprs, alias.as_ref(), offset, *with_ordinality, scope);
                self.enter_scope(relation, alias.as_ref(), Vec::new(), scope, effects);
            }
            TableFactor::Pivot { alias, .. } => self.lost("PIVOT", alias.as_ref(), scope),
            TableFactor::Unpivot { alias, .. } => self.lost("UNPIVOT", alias.as_ref(), scope),
            TableFactor::MatchRecognize { alias, .. } => self.lost("MATCH_RECOGNIZE", alias.as_ref(), scope),
            TableFactor::JsonTable { alias, .. } | TableFactor::OpenJsonTable { alias, .. } => {
                self.lost("a JSON table", alias.as_ref(), scope);
            }
            TableFactor::NestedJoin { alias, .. } | TableFactor::XmlTable { alias, .. } | TableFactor::SemanticView { alias, .. } => {
                self.lost("this kind of table", alias.as_ref(), scope);
            }
            TableFactor::UnpivotExpr { .. } => self.lost("UNPIVOT", None, scope),
        }
    }

    fn named(&self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>, effects: &mut Effects) {
        let Some(path) = self.path(name) else { return self.lost("a computed table name", alias, scope) };
        let relation = match &path[..] {
            // BigQuery: `FROM t, t.items` unnests a column of the table before it.
            [first, _, ..] if scope.bound.iter().any(|b| b.called(first)) => Relation::lost(Reason::Unsupported("a column as a table")),
            _ => self.table(&path),
        };
        self.enter_scope(relation, alias, path, scope, effects);
    }

    /// Brings a relation into scope under its alias.
    pub(super) fn enter_scope(
        &self,
        relation: Rc<Relation>,
        alias: Option<&TableAlias>,
        path: Vec<String>,
        scope: &mut Scope<'_>,
        effects: &mut Effects,
    ) {
        self.spend(relation.effects.sources.len() + 1);
        effects.all(&relation.effects);
        let renamed = alias.map(|alias| alias.columns.iter().map(|column| self.name(&column.name)).collect::<Vec<_>>()).unwrap_or_default();
        // What a table function returns was named already.
        let relation = if matches!(relation.rest, Rest::Any(_)) { relation } else { relation.renamed(&renamed) };
        scope.bound.push(Bound { alias: alias.map(|alias| self.name(&alias.name)), path, relation });
    }

    fn lost(&self, construct: &'static str, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let relation = Relation::lost(Reason::Unsupported(construct));
        scope.bound.push(Bound { alias: alias.map(|alias| self.name(&alias.name)), path: Vec::new(), relation });
    }

    /// `FROM t (NOLOCK)` in SQL Server.
    fn is_hint(&self, args: &TableFunctionArgs) -> bool {
        let word = |arg: &FunctionArg| matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(_))));
        self.dialect.hints_look_like_arguments() && !args.args.is_empty() && args.args.iter().all(word)
    }
}
