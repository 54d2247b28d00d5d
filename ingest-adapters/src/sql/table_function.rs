//! Functions in FROM: those that make rows from their arguments alone. One that may read a file or
//! another table is not followed.

use super::Reason;
use super::relation::{Column, Relation, Rest};
use super::resolver::Resolver;
use super::scope::{Bound, Place, Scope};
use super::value::{Effects, Mix, Value, Via};
use sqlparser::ast::{Expr, FunctionArg, FunctionArguments, LateralView, ObjectName, TableAlias};
use std::rc::Rc;

/// Make rows of their arguments.
const ROW_MAKERS: [&str; 22] = [
    "generate_series",
    "range",
    "generate_date_array",
    "generate_timestamp_array",
    "generate_array",
    "generator",
    "sequence",
    "numbers",
    "unnest",
    "explode",
    "explode_outer",
    "posexplode",
    "posexplode_outer",
    "inline",
    "stack",
    "flatten",
    "split_to_table",
    "string_split",
    "json_each",
    "jsonb_each",
    "json_array_elements",
    "jsonb_array_elements",
];

/// Columns of Snowflake's FLATTEN.
const FLATTENED: [&str; 6] = ["SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS"];

impl Resolver<'_> {
    /// `FROM f(…)`.
    pub(super) fn table_function(
        &self,
        name: &ObjectName,
        args: &[FunctionArg],
        alias: Option<&TableAlias>,
        ordinality: bool,
        scope: &Scope<'_>,
    ) -> Rc<Relation> {
        let Some(function) = self.last_name(name).filter(|name| is_row_maker(name)) else {
            return Relation::lost(Reason::Unsupported("a table function"));
        };
        if ordinality {
            return Relation::lost(Reason::Unsupported("WITH ORDINALITY"));
        }
        let mut mix = Mix::new();
        args.iter().for_each(|arg| mix.add(&self.argument(arg, scope, Place::Plain), Via::Transformation, false));
        self.made_of(mix.value(), Some(&function), alias)
    }

    /// `FROM TABLE(f(…))`.
    pub(super) fn table_of(&self, expr: &Expr, alias: Option<&TableAlias>, scope: &Scope<'_>) -> Rc<Relation> {
        match expr {
            Expr::Function(function) => match &function.args {
                FunctionArguments::List(list) => self.table_function(&function.name, &list.args, alias, false, scope),
                _ => Relation::lost(Reason::Unsupported("a table function")),
            },
            _ => Relation::lost(Reason::Unsupported("a table expression")),
        }
    }

    /// `FROM UNNEST(…)`.
    pub(super) fn unnest(
        &self,
        arrays: &[Expr],
        alias: Option<&TableAlias>,
        offset: Option<String>,
        ordinality: bool,
        scope: &Scope<'_>,
    ) -> Rc<Relation> {
        if ordinality {
            return Relation::lost(Reason::Unsupported("WITH ORDINALITY"));
        }
        let mut mix = Mix::new();
        arrays.iter().for_each(|array| mix.add(&self.expr(array, scope, Place::Plain), Via::Transformation, false));
        let made = self.made_of(mix.value(), None, alias);
        let Some(offset) = offset else { return made };
        let mut columns = made.columns.clone();
        columns.push(Column { name: Some(offset), value: Value::constant(), starred: false });
        Relation::new(columns, made.rest.clone(), Effects::default())
    }

    /// `LATERAL VIEW explode(items) t AS item`.
    pub(super) fn lateral_view(&self, view: &LateralView, scope: &mut Scope<'_>) {
        let mut mix = Mix::new();
        mix.add(&self.expr(&view.lateral_view, scope, Place::Plain), Via::Transformation, false);
        let value = mix.value();
        let followed = matches!(&view.lateral_view, Expr::Function(f) if self.last_name(&f.name).is_some_and(|name| is_row_maker(&name)));
        let relation = if followed && !view.lateral_col_alias.is_empty() {
            let names = view.lateral_col_alias.iter().map(|ident| self.name(ident));
            let columns = names.map(|name| Column { name: Some(name), value: value.clone(), starred: false }).collect();
            Relation::new(columns, Rest::Tails(Vec::new()), Effects::default())
        } else {
            Relation::lost(Reason::Unsupported("this lateral view"))
        };
        scope.bound.push(Bound { alias: self.last_name(&view.lateral_view_name), path: Vec::new(), relation });
    }

    /// Columns that are all made of the same value, under the names that the function and its alias give.
    fn made_of(&self, value: Value, function: Option<&str>, alias: Option<&TableAlias>) -> Rc<Relation> {
        let mut names: Vec<String> = alias.map(|alias| alias.columns.iter().map(|c| self.name(&c.name)).collect()).unwrap_or_default();
        let named = !names.is_empty();
        if !named {
            names.extend(alias.map(|alias| self.name(&alias.name)));
            names.extend(function.map(str::to_owned));
            if function.is_some_and(|f| f.eq_ignore_ascii_case("flatten")) {
                names.extend(FLATTENED.map(str::to_owned));
            }
        }
        names.dedup();
        let columns = names.into_iter().map(|name| Column { name: Some(name), value: value.clone(), starred: false }).collect();
        Relation::new(columns, if named { Rest::Tails(Vec::new()) } else { Rest::Any(value) }, Effects::default())
    }
}

fn is_row_maker(name: &str) -> bool {
    ROW_MAKERS.iter().any(|known| known.eq_ignore_ascii_case(name))
}
