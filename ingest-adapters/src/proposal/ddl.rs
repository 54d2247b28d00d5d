//! SQL DDL: CREATE TABLE lists all columns, ALTER TABLE says changes, DROP TABLE drops. Statements about
//! one table add up in order. Everything else is passed over and counted.

use super::{Column, Edit, Proposal, Proposals, Unreadable};
use crate::sql::{Dialect, Reason, name, parse, path};
use sqlparser::ast::{AlterColumnOperation, AlterTableOperation, ObjectName, ObjectType, Statement};

/// Reads a script. Names are folded as the dialect does; without one, they are kept as written.
pub fn ddl(text: &str, dialect: Option<&str>) -> Result<Proposals, Unreadable> {
    let dialect = Dialect::named(dialect);
    let statements = parse(text, &dialect).map_err(|reason| match reason {
        Reason::NotParsed { line, column } => {
            Unreadable(format!("the SQL could not be parsed at line {line}, column {column}; --dialect says which SQL it is"))
        }
        reason => Unreadable(reason.to_string()),
    })?;
    let mut script = Script { dialect, proposals: Proposals::default(), passed: 0 };
    statements.iter().for_each(|statement| script.read(statement));
    let Script { mut proposals, passed, .. } = script;
    if passed > 0 {
        proposals.notes.push(format!("statements that are no CREATE, ALTER or DROP TABLE, passed over: {passed}"));
    }
    if proposals.datasets.is_empty() && proposals.notes.is_empty() {
        return Err(Unreadable("there is no statement in it".into()));
    }
    Ok(proposals)
}

struct Script {
    dialect: Dialect,
    proposals: Proposals,
    passed: usize,
}

impl Script {
    fn read(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(create) if !create.columns.is_empty() => {
                let column = |column: &sqlparser::ast::ColumnDef| Column {
                    path: name(&self.dialect, &column.name),
                    data_type: Some(column.data_type.to_string()).filter(|kind| !kind.is_empty()),
                };
                let columns: Vec<Column> = create.columns.iter().map(column).collect();
                self.on(&create.name, |proposal| *proposal = Proposal::of(None, proposal.name.clone()).with_all(columns));
            }
            Statement::CreateTable(create) => {
                self.proposals.notes.push(format!("CREATE TABLE {} lists no columns and was passed over", create.name));
            }
            Statement::CreateView(view) if !view.columns.is_empty() => {
                let column = |column: &sqlparser::ast::ViewColumnDef| Column {
                    path: name(&self.dialect, &column.name),
                    data_type: column.data_type.as_ref().map(ToString::to_string),
                };
                let columns: Vec<Column> = view.columns.iter().map(column).collect();
                self.on(&view.name, |proposal| *proposal = Proposal::of(None, proposal.name.clone()).with_all(columns));
            }
            Statement::AlterTable(alter) => alter.operations.iter().for_each(|operation| self.alter(&alter.name, operation)),
            Statement::Drop { object_type: ObjectType::Table | ObjectType::View | ObjectType::MaterializedView, names, .. } => {
                names.iter().for_each(|table| self.on(table, |proposal| proposal.dropped = true));
            }
            Statement::RenameTable(tables) => tables.iter().for_each(|table| self.rename(&table.old_name)),
            _ => self.passed += 1,
        }
    }

    fn alter(&mut self, table: &ObjectName, operation: &AlterTableOperation) {
        let called = |ident| name(&self.dialect, ident);
        let mut edits = Vec::new();
        match operation {
            AlterTableOperation::AddColumn { column_def, .. } => {
                edits.push(Edit::Add(Column { path: called(&column_def.name), data_type: Some(column_def.data_type.to_string()) }));
            }
            AlterTableOperation::DropColumn { column_names, .. } => {
                edits.extend(column_names.iter().map(|column| Edit::Drop(called(column))));
            }
            AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                edits.push(Edit::Rename { from: called(old_column_name), to: called(new_column_name) });
            }
            AlterTableOperation::ChangeColumn { old_name, new_name, data_type, .. } => {
                edits.push(Edit::Retype(Column { path: called(old_name), data_type: Some(data_type.to_string()) }));
                if called(old_name) != called(new_name) {
                    edits.push(Edit::Rename { from: called(old_name), to: called(new_name) });
                }
            }
            AlterTableOperation::ModifyColumn { col_name, data_type, .. } => {
                edits.push(Edit::Retype(Column { path: called(col_name), data_type: Some(data_type.to_string()) }));
            }
            AlterTableOperation::AlterColumn { column_name, op: AlterColumnOperation::SetDataType { data_type, .. } } => {
                edits.push(Edit::Retype(Column { path: called(column_name), data_type: Some(data_type.to_string()) }));
            }
            AlterTableOperation::RenameTable { .. } => {
                self.rename(table);
                return;
            }
            // Constraints, defaults, partitions: no schema.
            _ => return,
        }
        self.on(table, |proposal| edits.into_iter().for_each(|edit| proposal.edit(edit)));
    }

    /// Under its old name there is no such table any more.
    fn rename(&mut self, table: &ObjectName) {
        self.proposals.notes.push(format!("{table} is renamed: for those who read it under this name, it is dropped"));
        self.on(table, |proposal| proposal.dropped = true);
    }

    fn on(&mut self, table: &ObjectName, change: impl FnOnce(&mut Proposal)) {
        let Some(parts) = path(&self.dialect, table) else {
            self.passed += 1;
            return;
        };
        let name = parts.join(".");
        let datasets = &mut self.proposals.datasets;
        let place = datasets.iter().position(|known| known.name == name).unwrap_or_else(|| {
            datasets.push(Proposal::of(None, name));
            datasets.len() - 1
        });
        change(&mut datasets[place]);
    }
}
