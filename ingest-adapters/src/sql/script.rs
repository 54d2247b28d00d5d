//! The statements of a script in order: which of them write, and what each leaves for the next.

use super::datasets::Dataset;
use super::relation::{Column, Relation, Rest};
use super::resolver::Resolver;
use super::value::{Effects, Source, Value};
use super::{Reason, align};
use sqlparser::ast::{
    AlterTableOperation, CreateTable, CreateView, Expr, ObjectType, Query, RenameTableNameKind, Select, SetExpr, Statement,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What was written to one output.
#[derive(Default)]
pub(super) struct Output {
    /// By name as the query says it.
    pub(super) columns: BTreeMap<String, Written>,
    pub(super) effects: Effects,
    /// Why whole columns are missing.
    pub(super) gaps: BTreeSet<Reason>,
}

/// What was written to one column, over all statements.
#[derive(Default)]
pub(super) struct Written {
    pub(super) sources: BTreeSet<Source>,
    pub(super) doubts: BTreeSet<Reason>,
}

/// A script, followed.
#[derive(Default)]
pub(super) struct Script {
    pub(super) outputs: BTreeMap<Dataset, Output>,
    /// Statements that may have written anything.
    pub(super) unfollowed: BTreeSet<Reason>,
    /// Why a statement that writes came to nothing.
    pub(super) missed: Option<Reason>,
    /// Columns of outputs in order, as the script's own DDL says.
    pub(super) declared: HashMap<Dataset, Vec<String>>,
}

/// Where a statement writes.
pub(super) enum Target {
    Output(Dataset),
    /// A table of the script's own.
    Made(Vec<String>),
    Nowhere(Reason),
}

/// Follows a script.
pub(super) fn follow(resolver: &Resolver<'_>, statements: &[Statement]) -> Script {
    let mut script = Script::default();
    let mut acting = statements.iter().filter(|statement| !is_idle(statement));
    let alone = acting.next().is_some() && acting.next().is_none();
    for statement in statements {
        script.statement(resolver, statement, alone);
        resolver.writing.set(None);
    }
    script
}

impl Script {
    fn statement(&mut self, resolver: &Resolver<'_>, statement: &Statement, alone: bool) {
        match statement {
            Statement::Query(query) => self.query(resolver, query, alone),
            Statement::Insert(insert) => self.insert(resolver, insert),
            Statement::Merge(merge) => self.merge(resolver, merge),
            Statement::Update(update) => self.update(resolver, update),
            Statement::Delete(delete) => self.delete(resolver, delete),
            Statement::CreateTable(create) => self.create_table(resolver, create),
            Statement::CreateView(create) => self.create_view(resolver, create),
            Statement::AlterTable(alter) => {
                for operation in &alter.operations {
                    self.alter(resolver, &alter.name, operation);
                }
            }
            Statement::Drop { object_type: ObjectType::Table | ObjectType::View, names, .. } => {
                names.iter().filter_map(|name| resolver.path(name)).for_each(|path| resolver.make(&path, None));
            }
            Statement::Declare { stmts } => stmts.iter().flat_map(|declare| &declare.names).for_each(|name| resolver.declare(name)),
            other if is_idle(other) => {}
            _ => self.unfollow("a statement of the script"),
        }
    }

    /// A query alone is what the event's only output is made of; among other statements it only reads.
    fn query(&mut self, resolver: &Resolver<'_>, query: &Query, alone: bool) {
        let writer = match query.body.as_ref() {
            SetExpr::Insert(s) | SetExpr::Update(s) | SetExpr::Delete(s) | SetExpr::Merge(s) => Some(s),
            _ => None,
        };
        if let Some(statement) = writer {
            resolver.enter();
            if let Some(with) = &query.with {
                resolver.with(with, None);
            }
            self.statement(resolver, statement, alone);
            return resolver.leave();
        }
        let target = match into(resolver, query) {
            Some(path) => self.create(resolver, path, false),
            None if !alone => return,
            None => resolver.datasets.only_output().map_or(Target::Nowhere(Reason::NoOutput), Target::Output),
        };
        self.fill(resolver, target, query, &[]);
    }

    /// Where CREATE TABLE or SELECT INTO write.
    fn create(&mut self, resolver: &Resolver<'_>, path: Vec<String>, temporary: bool) -> Target {
        // `#t` is SQL Server's way to say temporary.
        let temporary = temporary || path.last().is_some_and(|name| name.starts_with('#'));
        match resolver.datasets.written(&path) {
            Ok(dataset) if !temporary => Target::Output(dataset),
            Err(reason @ Reason::AmbiguousTable) if !temporary => Target::Nowhere(reason),
            _ => Target::Made(path),
        }
    }

    fn create_table(&mut self, resolver: &Resolver<'_>, create: &CreateTable) {
        let Some(path) = resolver.path(&create.name) else { return };
        let columns: Vec<String> = create.columns.iter().map(|column| resolver.name(&column.name)).collect();
        let target = self.create(resolver, path, create.temporary);
        if let Some(query) = &create.query {
            return self.fill(resolver, target, query, &columns);
        }
        let copies = create.clone.is_some() || create.like.is_some() || create.inherits.is_some() || create.partition_of.is_some();
        match target {
            Target::Output(dataset) if !copies => drop(self.declared.insert(dataset, columns)),
            Target::Output(dataset) => drop(self.output(dataset).gaps.insert(Reason::Unsupported("a copy of a table"))),
            Target::Made(path) if copies => resolver.make(&path, Some(Relation::lost(Reason::Unsupported("a copy of a table")))),
            Target::Made(path) if create.if_not_exists && resolver.made(&path).is_some() => {}
            Target::Made(path) => {
                let column = |name: String| Column { name: Some(name), value: Value::constant(), starred: false };
                let empty = Relation::new(columns.into_iter().map(column).collect(), Rest::Tails(Vec::new()), Effects::default());
                resolver.make(&path, Some(empty));
            }
            Target::Nowhere(reason) => self.miss(reason),
        }
    }

    fn create_view(&mut self, resolver: &Resolver<'_>, create: &CreateView) {
        let Some(path) = resolver.path(create.to.as_ref().unwrap_or(&create.name)) else { return };
        let columns: Vec<String> = create.columns.iter().map(|column| resolver.name(&column.name)).collect();
        let target = self.create(resolver, path, create.temporary);
        self.fill(resolver, target, &create.query, &columns);
    }

    /// A table made of a query: its columns by name, or under the names listed.
    fn fill(&mut self, resolver: &Resolver<'_>, target: Target, query: &Query, names: &[String]) {
        if let Target::Output(dataset) = target {
            resolver.writing.set(Some(dataset));
        }
        let relation = resolver.query(query, None).renamed(names);
        match target {
            Target::Output(dataset) => {
                let aligned = align::by_name(&relation, resolver.datasets.table(dataset).columns.as_deref());
                self.put(dataset, aligned, &relation.effects);
            }
            Target::Made(path) => resolver.make(&path, Some(relation)),
            Target::Nowhere(reason) => self.miss(reason),
        }
    }

    fn alter(&mut self, resolver: &Resolver<'_>, name: &sqlparser::ast::ObjectName, operation: &AlterTableOperation) {
        let Some(from) = resolver.path(name) else { return };
        match operation {
            AlterTableOperation::RenameTable { table_name: RenameTableNameKind::As(to) | RenameTableNameKind::To(to) } => {
                let (Some(to), Some(relation)) = (resolver.path(to), resolver.made(&from)) else { return };
                resolver.make(&from, None);
                match resolver.datasets.written(&to) {
                    Ok(dataset) => {
                        let aligned = align::by_name(&relation, resolver.datasets.table(dataset).columns.as_deref());
                        self.put(dataset, aligned, &relation.effects);
                    }
                    Err(_) => resolver.make(&to, Some(relation)),
                }
            }
            AlterTableOperation::SwapWith { .. }
            | AlterTableOperation::RenameColumn { .. }
            | AlterTableOperation::AttachPartition { .. } => {
                self.unfollow("a change of a table's name or columns");
            }
            _ => {}
        }
    }

    pub(super) fn output(&mut self, dataset: Dataset) -> &mut Output {
        self.outputs.entry(dataset).or_default()
    }

    /// A statement that may have written anything.
    pub(super) fn unfollow(&mut self, construct: &'static str) {
        self.unfollowed.insert(Reason::Unsupported(construct));
    }

    /// A statement that wrote nothing that the event names.
    pub(super) fn miss(&mut self, reason: Reason) {
        self.missed.get_or_insert(reason);
    }

    /// Adds to an output what one statement wrote.
    pub(super) fn put(&mut self, dataset: Dataset, aligned: align::Aligned, effects: &Effects) {
        let output = self.output(dataset);
        output.gaps.extend(aligned.gap);
        output.effects.all(effects);
        for (name, value) in aligned.columns {
            let written = output.columns.entry(name).or_default();
            match value.sources() {
                Ok(sources) => written.sources.extend(sources),
                Err(reason) => drop(written.doubts.insert(reason)),
            }
        }
    }
}

/// `SELECT … INTO t`.
fn into(resolver: &Resolver<'_>, query: &Query) -> Option<Vec<String>> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let Select { into: Some(into), .. } = select.as_ref() else { return None };
    match &into.targets[..] {
        [Expr::Identifier(ident)] => Some(vec![resolver.name(ident)]),
        [Expr::CompoundIdentifier(parts)] => Some(parts.iter().map(|part| resolver.name(part)).collect()),
        _ => None,
    }
}

/// Statements that move no data between columns.
fn is_idle(statement: &Statement) -> bool {
    use Statement::*;
    if let StartTransaction { statements, exception, .. } = statement {
        // `BEGIN … END` of a procedural dialect.
        return statements.is_empty() && exception.is_none();
    }
    matches!(
        statement,
        Analyze(_)
            | Set(_)
            | Truncate(_)
            | Use(_)
            | Commit { .. }
            | Rollback { .. }
            | Savepoint { .. }
            | ReleaseSavepoint { .. }
            | CreateSchema { .. }
            | CreateDatabase { .. }
            | CreateIndex(_)
            | CreateExtension(_)
            | CreateRole(_)
            | CreateSequence { .. }
            | Comment { .. }
            | Grant(_)
            | Revoke(_)
            | Explain { .. }
            | ExplainTable { .. }
            | ShowTables { .. }
            | ShowVariable { .. }
            | ShowVariables { .. }
            | ShowColumns { .. }
            | ShowSchemas { .. }
            | Pragma { .. }
            | Vacuum(_)
            | AlterSession { .. }
            | Cache { .. }
            | UNCache { .. }
            | LockTables { .. }
            | UnlockTables
            | OptimizeTable { .. }
            | Msck(_)
            | Drop { .. }
            | AlterIndex { .. }
            | Deallocate { .. }
            | Discard { .. }
            | Install { .. }
            | Load { .. }
    )
}
