//! One node of a project: a model, seed, snapshot, source, test, exposure, … as the manifest has it.

use schema::json::Json;
use std::borrow::Cow;

/// A node and its unique id.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    pub id: &'d str,
    pub json: &'d Json<'d>,
}

impl<'d> Node<'d> {
    /// `model`, `test`, …: what its unique id begins with.
    pub fn kind(self) -> &'d str {
        kind(self.id)
    }

    /// A member that is text and not empty.
    pub fn text(self, key: &str) -> Option<&'d str> {
        text(self.json, key)
    }

    /// A member of its resolved configuration.
    pub fn config(self, key: &str) -> Option<&'d Json<'d>> {
        self.json.get("config")?.get(key)
    }

    /// How it is materialized: `table`, `view`, `incremental`, `ephemeral`, `seed`, …
    pub fn materialized(self) -> Option<&'d str> {
        self.config("materialized").and_then(Json::as_str)
    }

    /// True for a model that is no relation in the warehouse but is written into the SQL of its readers.
    pub fn is_ephemeral(self) -> bool {
        self.materialized() == Some("ephemeral")
    }

    /// True for what has rows.
    pub fn is_relation(self) -> bool {
        matches!(self.kind(), "model" | "seed" | "snapshot" | "source")
    }

    /// The table's own name. A source may be called otherwise in the project than in the warehouse.
    pub fn table(self) -> &'d str {
        let key = if self.kind() == "source" { "identifier" } else { "alias" };
        self.text(key).or(self.text("name")).unwrap_or(self.id)
    }

    /// SQL or Python as it was sent to the warehouse; before dbt 1.3 under another name.
    pub fn compiled_code(self) -> Option<&'d str> {
        self.text("compiled_code").or(self.text("compiled_sql"))
    }

    /// True for a model in Python.
    pub fn is_python(self) -> bool {
        self.text("language") == Some("python")
    }
}

/// What a unique id begins with.
pub(super) fn kind(id: &str) -> &str {
    id.split('.').next().unwrap_or_default()
}

/// A member that is text and not empty.
pub(super) fn text<'d>(json: &'d Json<'d>, key: &str) -> Option<&'d str> {
    json.get(key).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// Texts of an array member; what else is in it is passed over.
pub(super) fn texts<'d>(json: &'d Json<'d>, key: &str) -> impl Iterator<Item = &'d str> {
    json.get(key).and_then(Json::as_array).unwrap_or_default().iter().filter_map(Json::as_str)
}

/// Members of an object in the order in which they are written, which the tree, sorted by key, does not
/// keep: keys without escapes still point into the text. The few others come last.
pub(super) fn written<'d>(object: &'d Json<'d>) -> Vec<(&'d str, &'d Json<'d>)> {
    let mut members: Vec<_> = object.as_object().unwrap_or_default().iter().collect();
    members.sort_by_key(|(key, _)| match key {
        Cow::Borrowed(text) => text.as_ptr() as usize,
        Cow::Owned(_) => usize::MAX,
    });
    members.into_iter().map(|(key, value)| (key.as_ref(), value)).collect()
}
