//! Schemas as somebody proposes them: OpenLineage JSON, SQL DDL, a dbt manifest, a data contract (ODCS),
//! all read to the same list of datasets and columns. Whether a proposal changes anything is the server's
//! to say, which knows the schemas of today.

mod ddl;
mod json;
mod odcs;
#[cfg(test)]
mod tests;

pub use ddl::ddl;
pub use json::json;
pub use odcs::odcs;

/// The largest nesting of columns that is read.
pub(crate) const MAX_DEPTH: usize = 32;

/// Everything that one input proposes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals {
    /// By dataset, in the order of the input.
    pub datasets: Vec<Proposal>,
    /// What was passed over or assumed: sentences for people.
    pub notes: Vec<String>,
}

/// What is proposed for one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its namespace, when the input says one.
    pub namespace: Option<String>,
    /// Its name as the input has it.
    pub name: String,
    /// True when the dataset is dropped; then there is nothing else.
    pub dropped: bool,
    /// Its columns, when the input lists them.
    pub columns: Option<Vec<Column>>,
    /// True when these are all of its columns, so that one that is missing is dropped.
    pub complete: bool,
    /// Changes that are said one by one, in order.
    pub edits: Vec<Edit>,
}

/// A column of a proposed schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Dotted path.
    pub path: String,
    /// Its type, when it is said.
    pub data_type: Option<String>,
}

/// One change that is said outright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A new column.
    Add(Column),
    /// A column is dropped.
    Drop(String),
    /// A column gets another name.
    Rename {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A column gets another type.
    Retype(Column),
}

/// Why nothing is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Proposal {
    /// A dataset of which nothing is said yet.
    pub fn of(namespace: Option<String>, name: String) -> Self {
        Self { namespace, name, dropped: false, columns: None, complete: false, edits: Vec::new() }
    }

    /// The same with all of its columns.
    pub fn with_all(self, columns: Vec<Column>) -> Self {
        Self { columns: Some(columns), complete: true, ..self }
    }

    /// Says one change more: a listed schema takes it in, where it is no rename.
    pub fn edit(&mut self, edit: Edit) {
        match (&mut self.columns, edit) {
            (Some(columns), Edit::Add(column)) => columns.push(column),
            (Some(columns), Edit::Drop(path)) => columns.retain(|column| column.path != path),
            (Some(columns), Edit::Retype(new)) => {
                columns.iter_mut().filter(|column| column.path == new.path).for_each(|column| column.data_type.clone_from(&new.data_type));
            }
            (_, edit) => self.edits.push(edit),
        }
    }
}
