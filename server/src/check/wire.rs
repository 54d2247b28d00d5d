//! What `POST /api/v1/check` takes and answers. `headwater check` speaks it, and so may anything else.

use crate::impact::{Counts, TypeChange, Verdict};
use serde::{Deserialize, Serialize};

/// Items of one change that are listed unless more are asked for; all are counted.
const LISTED: usize = 1000;

/// Proposed schemas.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Datasets with what is proposed for them.
    pub datasets: Vec<Proposed>,
    /// Lineage that was inferred from SQL counts like what emitters say.
    #[serde(default)]
    pub trust_inferred: bool,
    /// Column lineage counts as complete also when it names no filter or join, or not every column.
    #[serde(default)]
    pub assume_complete: bool,
    /// While the server is catching up with its event log: an answer as far as it goes, marked as not complete, instead of
    /// none. Nothing can be concluded from what is not in it.
    #[serde(default)]
    pub partial: bool,
    /// How many items of each change are listed, the worst first.
    #[serde(default = "listed")]
    pub limit: usize,
}

fn listed() -> usize {
    LISTED
}

fn yes() -> bool {
    true
}

/// What is proposed for one dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proposed {
    /// Its namespace.
    pub namespace: String,
    /// Its name, or one of its other names.
    pub name: String,
    /// True when there will be no such dataset.
    #[serde(default)]
    pub dropped: bool,
    /// Its columns by dotted path.
    #[serde(default)]
    pub fields: Option<Vec<Field>>,
    /// False when columns that are not among `fields` stay.
    #[serde(default = "yes")]
    pub complete: bool,
    /// Changes that are said one by one.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Dotted path.
    pub name: String,
    /// Its type.
    #[serde(rename = "type", default)]
    pub data_type: Option<String>,
}

/// One change of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "op")]
pub enum Edit {
    /// A new column.
    Add(Field),
    /// It is dropped.
    Drop {
        /// Dotted path.
        name: String,
    },
    /// It gets another name.
    Rename {
        /// Dotted path.
        name: String,
        /// The new name.
        to: String,
    },
    /// It gets another type.
    Retype(Field),
}

/// What would change, and what that does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The worst of all.
    pub verdict: Verdict,
    /// Log sequence that the answer holds for.
    pub graph_version: u64,
    /// False when what was acknowledged before the question may be missing: then no verdict is final.
    pub complete: bool,
    /// Why it is not complete, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub truncated_because: Option<String>,
    /// Why it is not complete, for programs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub incomplete_reason: Option<String>,
    /// Everything downstream of any change, each by its worst verdict.
    pub totals: Totals,
    /// Datasets and jobs by who answers for them.
    pub owners: Vec<Owner>,
    /// The worst first.
    pub changes: Vec<Change>,
    /// Datasets that are as they are proposed.
    pub unchanged: usize,
    /// Datasets that could not be compared.
    pub unknown: Vec<Unknown>,
}

/// Counts by sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Datasets, each by its worst column.
    pub datasets: Counts,
    /// Jobs.
    pub jobs: Counts,
    /// Columns that lineage knows.
    pub columns: Counts,
}

/// What concerns one owner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Owner {
    /// As sent; none for what nobody owns.
    pub name: Option<String>,
    /// Datasets.
    pub datasets: Counts,
    /// Jobs.
    pub jobs: Counts,
}

/// A dataset that could not be compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unknown {
    /// As proposed.
    pub namespace: String,
    /// As proposed.
    pub name: String,
    /// Why, in words.
    pub reason: String,
}

/// What happens to a dataset or column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum What {
    /// It is dropped.
    DropDataset,
    /// It is dropped.
    DropColumn,
    /// It gets another name.
    RenameColumn,
    /// It gets another type.
    RetypeColumn,
    /// It is new: nothing can break.
    AddColumn,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happens.
    pub change: What,
    /// Of the dataset, as the catalog has it.
    pub namespace: String,
    /// Of the dataset, as the catalog has it.
    pub name: String,
    /// Dotted path of the column.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// The type in the catalog.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old_type: Option<String>,
    /// The proposed type.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_type: Option<String>,
    /// How they relate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub type_change: Option<TypeChange>,
    /// The worst of what it does.
    pub verdict: Verdict,
    /// Everything downstream of it.
    pub totals: Totals,
    /// What is affected, the worst first; what is safe is counted only.
    pub affected: Vec<Affected>,
    /// How many more are affected than are listed.
    pub unlisted: usize,
}

/// Something that a change affects.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// `dataset`, `job` or `column`.
    pub kind: String,
    /// Of the dataset or job.
    pub namespace: String,
    /// Of the dataset or job.
    pub name: String,
    /// Dotted path of the column.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Dataset steps from the change.
    pub distance: u32,
    /// Why, in words.
    pub reason: String,
    /// Who answers for the dataset or job.
    pub owners: Vec<String>,
    /// What the proof leads through, from the change to here.
    pub path: Vec<String>,
}

impl Affected {
    /// Its name as people say it.
    pub fn label(&self) -> String {
        self.column.as_ref().map_or_else(|| self.name.clone(), |column| format!("{}.{column}", self.name))
    }
}

impl Change {
    /// The change as a phrase: `orders.amount is dropped`.
    pub fn phrase(&self) -> String {
        let name = self.column.as_ref().map_or_else(|| self.name.clone(), |column| format!("{}.{column}", self.name));
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "an unknown type".into());
        match self.change {
            What::DropDataset => format!("{name} is dropped"),
            What::DropColumn => format!("{name} is dropped"),
            What::RenameColumn => format!("{name} is renamed to {}", text(&self.to)),
            What::RetypeColumn => {
                let how = match self.type_change {
                    Some(TypeChange::Widening) => ", which is wider",
                    Some(TypeChange::Narrowing) => ", which is narrower",
                    Some(TypeChange::Conversion) => ", which is of another kind",
                    _ => "",
                };
                format!("{name} changes from {} to {}{how}", text(&self.old_type), text(&self.new_type))
            }
            What::AddColumn => format!("{name} is new"),
        }
    }
}
