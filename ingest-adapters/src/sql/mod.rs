//! Column lineage from SQL: what feeds each output column of an event that carries a `sql` facet and
//! no `columnLineage` (issue 3, item 7). Pure, and silent rather than wrong: an edge is given when it
//! follows from the statement and the schemas that the event names, provided that the statement is
//! valid; what does not follow is left out and named as a gap. When to ask, and how the answer is
//! marked (`INFERRED`), is the server's affair.

mod align;
mod answer;
mod datasets;
mod dates;
mod dialect;
mod expr;
mod from;
mod function;
mod join;
mod names;
mod parse;
mod query;
mod relation;
mod resolver;
mod scope;
mod script;
mod select;
mod setop;
mod star;
mod table_function;
mod value;
mod write;

pub(crate) use dialect::Dialect;
pub use dialect::dialect_of;
pub(crate) use names::{name, path};
pub(crate) use parse::parse;

use schema::openlineage::facets::ColumnSource;

/// A dataset as the event names it.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its columns in order; `None` when its schema is not known. A list counts as what is known, not
    /// as all there is: dbt, for one, lists the documented columns only.
    pub columns: Option<Vec<&'a str>>,
}

/// One `sql` facet and what the event says around it.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// The text; several statements are separated by `;`.
    pub query: &'a str,
    /// The facet's `dialect`, or [`dialect_of`] the namespace.
    pub dialect: Option<&'a str>,
    /// What the event says is read.
    pub inputs: Vec<Table<'a>>,
    /// What the event says is written.
    pub outputs: Vec<Table<'a>>,
}

/// Column lineage of one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// Index into [`Statement::outputs`].
    pub output: usize,
    /// The output columns that are proven whole, sorted; those made of constants have no source.
    pub columns: Vec<String>,
    /// As in a `columnLineage` facet: sorted, each once.
    pub sources: Vec<ColumnSource>,
    /// What could not be proven, sorted; empty when the answer is complete.
    pub gaps: Vec<Gap>,
}

impl Inferred {
    /// True when nothing had to be left out.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Something that an answer leaves out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The output column; `None` when it concerns the whole output (a filter, a star, a statement).
    pub column: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no column lineage from this SQL: {reason}")]
pub struct Unproven {
    /// Why; the first reason when there are several.
    pub reason: Reason,
}

/// Why something is not proven. None carries text of the query, which may hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    /// Not SQL of this dialect, or a template that was not rendered. Line and column count from 1; 0 when not known.
    #[error("the SQL could not be parsed (line {line}, column {column})")]
    NotParsed {
        /// Where the parser stopped.
        line: u64,
        /// Where the parser stopped.
        column: u64,
    },
    /// Nothing that the SQL writes is an output of the event.
    #[error("the SQL writes no output of the event")]
    NoOutput,
    /// A table name fits several datasets of the event.
    #[error("a table name fits several datasets of the event")]
    AmbiguousTable,
    /// A table that the event does not name.
    #[error("a table of the SQL is no dataset of the event")]
    UnknownTable,
    /// A column that several tables may have, or a name that may mean an alias or a column.
    #[error("a column may come from more than one place")]
    AmbiguousColumn,
    /// A column that no table in scope has.
    #[error("a column is in no table of the query")]
    UnknownColumn,
    /// `*` over a table whose columns are not known.
    #[error("a star stands for columns that are not known")]
    StarWithoutSchema,
    /// Columns are inserted by position into a table whose columns are not known.
    #[error("columns are written by position and the order of the output's columns is not known")]
    NoTargetSchema,
    /// A construct that is not followed.
    #[error("{0} is not followed")]
    Unsupported(&'static str),
    /// Beyond the limits of [`infer`].
    #[error("the SQL is too large to follow")]
    TooLarge,
}

/// Infers the column lineage of the outputs that the statement writes.
///
/// Limits: 1 MiB of text, 50 levels of nesting, 4,000 operators in a row, 100,000 edges, and a budget of
/// steps that grows with nothing but the size of the answer; beyond them it is [`Reason::TooLarge`].
///
/// # Errors
/// [`Unproven`] when not one edge and not one whole column is proven.
pub fn infer(statement: &Statement<'_>) -> Result<Vec<Inferred>, Unproven> {
    let dialect = Dialect::named(statement.dialect);
    let script = parse(statement.query, &dialect).map_err(|reason| Unproven { reason })?;
    let resolver = resolver::Resolver::new(dialect, statement);
    let written = script::follow(&resolver, &script);
    answer::answer(&resolver, &written).map_err(|reason| Unproven { reason })
}
