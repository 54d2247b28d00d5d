//! Statements that change rows of a table: INSERT, UPDATE, MERGE, DELETE.

use super::Reason;
use super::align::{self, Aligned};
use super::relation::{Column, Relation, Rest, joined};
use super::resolver::Resolver;
use super::scope::{Bound, Place, Scope};
use super::script::{Script, Target};
use super::value::{Effects, Value, Via};
use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, Insert, Merge, MergeAction, MergeInsertExpr, MergeInsertKind, MergeUpdateKind,
    ObjectName, OnConflictAction, OnInsert, TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};
use std::rc::Rc;

impl Script {
    /// The table that a statement changes.
    fn target(&self, resolver: &Resolver<'_>, path: &[String]) -> Target {
        if resolver.made(path).is_some() {
            return Target::Made(path.to_vec());
        }
        match resolver.datasets.written(path) {
            Ok(dataset) => {
                resolver.writing.set(Some(dataset));
                Target::Output(dataset)
            }
            Err(_) if resolver.made_for(path).is_some() => Target::Made(path.to_vec()),
            Err(reason) => Target::Nowhere(reason),
        }
    }

    /// Adds columns to whatever the target is.
    fn change(&mut self, resolver: &Resolver<'_>, target: &Target, aligned: Aligned, effects: &Effects) {
        match target {
            Target::Output(dataset) => self.put(*dataset, aligned, effects),
            Target::Nowhere(reason) => self.miss(*reason),
            Target::Made(path) => {
                let Some(made) = resolver.made(path).or_else(|| resolver.made_for(path)) else { return };
                let mut columns = made.columns.clone();
                for column in &mut columns {
                    let added =
                        aligned.columns.iter().filter(|(name, _)| column.name.as_ref().is_some_and(|own| super::names::same(own, name)));
                    column.value = added.fold(column.value.clone(), |value, (_, more)| joined(&value, more));
                }
                let mut all = made.effects.clone();
                all.all(effects);
                let rest = aligned.gap.map_or(made.rest.clone(), Rest::Lost);
                if let Some(reason) = aligned.gap {
                    columns.iter_mut().for_each(|column| column.value = Value::unproven(reason));
                }
                resolver.make(path, Some(Relation::new(columns, rest, all)));
            }
        }
    }

    /// Columns of the target in order, where the statement does not list them.
    fn by_order(&self, resolver: &Resolver<'_>, target: &Target, relation: &Relation) -> Aligned {
        match target {
            Target::Output(dataset) => match self.declared.get(dataset) {
                Some(names) if names.len() == relation.columns.len() => align::by_position(relation, names),
                _ => align::by_schema(relation, resolver.datasets.table(*dataset).columns.as_deref()),
            },
            Target::Made(path) => {
                let made = resolver.made(path).or_else(|| resolver.made_for(path));
                let names: Option<Vec<String>> =
                    made.filter(|made| made.uncounted().is_none()).and_then(|made| made.columns.iter().map(|c| c.name.clone()).collect());
                match names {
                    Some(names) => align::by_position(relation, &names),
                    None => Aligned { columns: Vec::new(), gap: Some(Reason::NoTargetSchema) },
                }
            }
            Target::Nowhere(_) => Aligned { columns: Vec::new(), gap: None },
        }
    }

    pub(super) fn insert(&mut self, resolver: &Resolver<'_>, insert: &Insert) {
        if insert.multi_table_insert_type.is_some() {
            return self.unfollow("an INSERT into several tables");
        }
        let TableObject::TableName(name) = &insert.table else {
            return self.unfollow("an INSERT into a function or query");
        };
        let Some(path) = resolver.path(name) else { return };
        let target = self.target(resolver, &path);
        let relation = match &insert.source {
            Some(query) => resolver.query(query, None),
            None => self.assigned(resolver, &insert.assignments),
        };
        let named: Vec<String> = if insert.source.is_none() {
            relation.columns.iter().filter_map(|c| c.name.clone()).collect()
        } else {
            insert
                .columns
                .iter()
                .chain(insert.after_columns.iter().map(|i| ObjectName::from(i.clone())).collect::<Vec<_>>().iter())
                .filter_map(|c| resolver.last_name(c))
                .collect()
        };
        let aligned = match () {
            () if insert.partitioned.is_some() => {
                Aligned { columns: Vec::new(), gap: Some(Reason::Unsupported("an INSERT into a partition")) }
            }
            () if named.is_empty() => self.by_order(resolver, &target, &relation),
            () => align::by_position(&relation, &named),
        };
        let proposed = aligned.columns.clone();
        self.change(resolver, &target, aligned, &relation.effects);
        if let Some(on) = &insert.on {
            self.conflict(resolver, &target, &path, proposed, on);
        }
    }

    /// `INSERT INTO t SET a = 1`.
    fn assigned(&self, resolver: &Resolver<'_>, assignments: &[Assignment]) -> Rc<Relation> {
        let columns = assigned(resolver, assignments, &Scope::default());
        let columns = columns.columns.into_iter().map(|(name, value)| Column { name: Some(name), value, starred: false }).collect();
        Relation::new(columns, Rest::Tails(Vec::new()), Effects::default())
    }

    /// ON CONFLICT DO UPDATE: `excluded` is the row that was to be inserted.
    fn conflict(&mut self, resolver: &Resolver<'_>, target: &Target, path: &[String], proposed: Vec<(String, Value)>, on: &OnInsert) {
        let (assignments, filter) = match on {
            OnInsert::OnConflict(conflict) => match &conflict.action {
                OnConflictAction::DoNothing => return,
                OnConflictAction::DoUpdate(update) => (&update.assignments, update.selection.as_ref()),
            },
            OnInsert::DuplicateKeyUpdate(assignments) => {
                let names = assignments.iter().filter_map(|a| assignment_names(resolver, a));
                let gap = Value::unproven(Reason::Unsupported("ON DUPLICATE KEY UPDATE"));
                let columns = names.flatten().map(|name| (name, gap.clone())).collect();
                return self.change(resolver, target, Aligned { columns, gap: None }, &Effects::default());
            }
            _ => return self.miss(Reason::Unsupported("this ON clause")),
        };
        let columns = proposed.into_iter().map(|(name, value)| Column { name: Some(name), value, starred: false }).collect();
        let excluded = Relation::new(columns, Rest::Tails(Vec::new()), Effects::default());
        let mut scope = Scope::default();
        scope.bound.push(Bound { alias: None, path: path.to_vec(), relation: resolver.table(path) });
        scope.bound.push(Bound { alias: Some(resolver.dialect.fold("excluded", false)), path: Vec::new(), relation: excluded });
        let mut effects = Effects::default();
        if let Some(filter) = filter {
            effects.add(&resolver.expr(filter, &scope, Place::Plain), Via::Filter);
        }
        self.change(resolver, target, assigned(resolver, assignments, &scope), &effects);
    }

    pub(super) fn update(&mut self, resolver: &Resolver<'_>, update: &Update) {
        let from: &[TableWithJoins] = match &update.from {
            Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => from,
            None => &[],
        };
        let TableFactor::Table { name, .. } = &update.table.relation else {
            return self.unfollow("an UPDATE of a query");
        };
        let Some(written) = resolver.path(name) else { return };
        if !update.assignments.iter().all(|assignment| is_own(resolver, assignment, &update.table.relation, &written)) {
            return self.unfollow("an UPDATE of several tables or of a field");
        }
        // SQL Server: `UPDATE o SET … FROM orders o`.
        let aliased = aliased(resolver, &written, from.iter().chain([&update.table]));
        let target = self.target(resolver, aliased.as_deref().unwrap_or(&written));
        let (mut scope, mut effects) = (Scope::default(), Effects::default());
        if aliased.is_none() || from.is_empty() {
            resolver.tables(&update.table, &mut scope, &mut effects);
        }
        resolver.from(from, &mut scope, &mut effects);
        if let Some(filter) = &update.selection {
            effects.add(&resolver.expr(filter, &scope, Place::Plain), Via::Filter);
        }
        self.change(resolver, &target, assigned(resolver, &update.assignments, &scope), &effects);
    }

    pub(super) fn delete(&mut self, resolver: &Resolver<'_>, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let first = delete.tables.first().or(match from.first().map(|tables| &tables.relation) {
            Some(TableFactor::Table { name, .. }) => Some(name),
            _ => None,
        });
        let Some(written) = first.and_then(|name| resolver.path(name)) else { return };
        let aliased = aliased(resolver, &written, from.iter());
        let target = self.target(resolver, aliased.as_deref().unwrap_or(&written));
        let (mut scope, mut effects) = (Scope::default(), Effects::default());
        resolver.from(from, &mut scope, &mut effects);
        resolver.from(delete.using.as_deref().unwrap_or_default(), &mut scope, &mut effects);
        if let Some(filter) = &delete.selection {
            effects.add(&resolver.expr(filter, &scope, Place::Plain), Via::Filter);
        }
        if !matches!(target, Target::Nowhere(_)) {
            self.change(resolver, &target, Aligned { columns: Vec::new(), gap: None }, &effects);
        }
    }

    pub(super) fn merge(&mut self, resolver: &Resolver<'_>, merge: &Merge) {
        let TableFactor::Table { name, .. } = &merge.table else {
            return self.unfollow("a MERGE into a query");
        };
        let Some(path) = resolver.path(name) else { return };
        let target = self.target(resolver, &path);
        let (mut scope, mut effects) = (Scope::default(), Effects::default());
        resolver.factor(&merge.table, &mut scope, &mut effects);
        resolver.factor(&merge.source, &mut scope, &mut effects);
        effects.add(&resolver.expr(&merge.on, &scope, Place::Plain), Via::Join);
        for clause in &merge.clauses {
            let mut filters: Vec<&Expr> = clause.predicate.iter().collect();
            let aligned = match &clause.action {
                MergeAction::Insert(insert) => {
                    filters.extend(&insert.insert_predicate);
                    self.merge_insert(resolver, &target, insert, &scope)
                }
                MergeAction::Update(update) => {
                    filters.extend(update.update_predicate.iter().chain(&update.delete_predicate));
                    match &update.kind {
                        MergeUpdateKind::Set(assignments) => assigned(resolver, assignments, &scope),
                        MergeUpdateKind::Wildcard => align::by_name(&scope.bound[1].relation, None),
                    }
                }
                MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => Aligned { columns: Vec::new(), gap: None },
            };
            filters.into_iter().for_each(|filter| effects.add(&resolver.expr(filter, &scope, Place::Plain), Via::Filter));
            self.change(resolver, &target, aligned, &Effects::default());
        }
        self.change(resolver, &target, Aligned { columns: Vec::new(), gap: None }, &effects);
    }

    fn merge_insert(&self, resolver: &Resolver<'_>, target: &Target, insert: &MergeInsertExpr, scope: &Scope<'_>) -> Aligned {
        let values = match &insert.kind {
            MergeInsertKind::Values(values) => values,
            MergeInsertKind::Wildcard => return align::by_name(&scope.bound[1].relation, None),
            MergeInsertKind::Row => return self.by_order(resolver, target, &scope.bound[1].relation),
        };
        let cells = values.rows.first().map(|row| &row.content[..]).unwrap_or_default();
        let columns =
            cells.iter().map(|cell| Column { name: None, value: resolver.expr(cell, scope, Place::Plain), starred: false }).collect();
        let relation = Relation::new(columns, Rest::Tails(Vec::new()), Effects::default());
        let names: Vec<String> = insert.columns.iter().filter_map(|column| resolver.last_name(column)).collect();
        if names.is_empty() { self.by_order(resolver, target, &relation) } else { align::by_position(&relation, &names) }
    }
}

/// `SET a = …, (b, c) = …`.
fn assigned(resolver: &Resolver<'_>, assignments: &[Assignment], scope: &Scope<'_>) -> Aligned {
    let mut aligned = Aligned { columns: Vec::new(), gap: None };
    for assignment in assignments {
        let Some(names) = assignment_names(resolver, assignment) else {
            aligned.gap = Some(Reason::Unsupported("this assignment"));
            continue;
        };
        let values: Vec<Value> = match (&assignment.target, &assignment.value) {
            (AssignmentTarget::ColumnName(_), value) => vec![resolver.expr(value, scope, Place::Plain)],
            (AssignmentTarget::Tuple(_), Expr::Tuple(list)) if list.len() == names.len() => {
                list.iter().map(|value| resolver.expr(value, scope, Place::Plain)).collect()
            }
            (AssignmentTarget::Tuple(_), Expr::Subquery(query)) => from_row(&resolver.query(query, Some(scope)), names.len()),
            _ => vec![Value::unproven(Reason::Unsupported("this assignment")); names.len()],
        };
        aligned.columns.extend(names.into_iter().zip(values));
    }
    aligned
}

/// `(a, b) = (SELECT x, y …)`.
fn from_row(relation: &Relation, count: usize) -> Vec<Value> {
    if relation.uncounted().is_some() || relation.columns.len() != count || relation.columns.iter().any(|c| c.starred) {
        return vec![Value::unproven(Reason::AmbiguousColumn); count];
    }
    let with_effects = |column: &Column| {
        let mut mix = super::value::Mix::new();
        mix.same(&column.value);
        mix.effects(&relation.effects);
        mix.value()
    };
    relation.columns.iter().map(with_effects).collect()
}

/// True when an assignment names no other table than the one that is updated (`UPDATE a JOIN b SET b.x = …`).
fn is_own(resolver: &Resolver<'_>, assignment: &Assignment, table: &TableFactor, written: &[String]) -> bool {
    let AssignmentTarget::ColumnName(name) = &assignment.target else { return true };
    let Some(path) = resolver.path(name) else { return false };
    let qualifier = &path[..path.len().saturating_sub(1)];
    let alias = if let TableFactor::Table { alias: Some(alias), .. } = table { Some(resolver.name(&alias.name)) } else { None };
    match (qualifier, alias) {
        ([], _) => true,
        ([one], Some(alias)) if super::names::same(one, &alias) => true,
        _ => super::names::ends_with(written, qualifier),
    }
}

fn assignment_names(resolver: &Resolver<'_>, assignment: &Assignment) -> Option<Vec<String>> {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => Some(vec![resolver.last_name(name)?]),
        AssignmentTarget::Tuple(names) => names.iter().map(|name| resolver.last_name(name)).collect(),
    }
}

/// The table behind a name that is an alias of one of these.
fn aliased<'t>(resolver: &Resolver<'_>, written: &[String], tables: impl Iterator<Item = &'t TableWithJoins>) -> Option<Vec<String>> {
    let [name] = written else { return None };
    let factors = tables.flat_map(|t| std::iter::once(&t.relation).chain(t.joins.iter().map(|join| &join.relation)));
    let named = |factor: &TableFactor| match factor {
        TableFactor::Table { name: table, alias: Some(alias), .. } if super::names::same(&resolver.name(&alias.name), name) => {
            resolver.path(table)
        }
        _ => None,
    };
    factors.filter_map(named).next()
}
