//! The `columnLineage` facet (1-2-0 and older): what feeds each column of one output dataset.

use crate::json::Json;
use serde::{Deserialize, Serialize};

/// How one column is made from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Transformation {
    /// `DIRECT` or `INDIRECT`; `UNKNOWN` when the emitter says nothing.
    pub kind: String,
    /// `IDENTITY`, `AGGREGATION`, `FILTER`, `JOIN`, …
    pub subtype: Option<String>,
    /// In words.
    pub description: Option<String>,
    /// True when the value is masked (hashed, cut, …).
    pub masking: bool,
}

impl Transformation {
    /// True when the value itself flows; a filter or join only decides which rows there are.
    pub fn is_direct(&self) -> bool {
        self.kind != "INDIRECT"
    }
}

/// One input of a column, or of the whole output.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnSource {
    /// The output column; `None` when the whole dataset depends on the source (`dataset[]`).
    pub target: Option<String>,
    /// Namespace of the source dataset.
    pub namespace: String,
    /// Name of the source dataset.
    pub name: String,
    /// The source column.
    pub field: String,
    /// Sorted; empty when the emitter says nothing.
    pub transformations: Vec<Transformation>,
}

/// The facet, flattened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnLineage {
    /// Every source, sorted and each once.
    pub sources: Vec<ColumnSource>,
}

/// Reads a `columnLineage` facet.
pub fn column_lineage(facet: &Json<'_>) -> ColumnLineage {
    let mut sources = Vec::new();
    for (target, entry) in facet.get("fields").and_then(Json::as_object).unwrap_or_default() {
        let default = field_default(entry);
        sources.extend(entry.objects("inputFields").filter_map(|i| source(Some(target), i, default.as_ref())));
    }
    sources.extend(facet.objects("dataset").filter_map(|i| source(None, i, None)));
    sources.sort();
    sources.dedup();
    ColumnLineage { sources }
}

fn source(target: Option<&str>, input: &Json<'_>, default: Option<&Transformation>) -> Option<ColumnSource> {
    let mut transformations = transformations(input);
    if transformations.is_empty() {
        transformations.extend(default.cloned());
    }
    Some(ColumnSource {
        target: target.map(str::to_owned),
        namespace: input.text("namespace")?,
        name: input.text("name").filter(|name| !name.is_empty())?,
        field: input.text("field").filter(|field| !field.is_empty())?,
        transformations,
    })
}

/// The `transformations` of an input, sorted and each once.
pub(super) fn transformations(input: &Json<'_>) -> Vec<Transformation> {
    let mut list: Vec<_> = input.objects("transformations").filter_map(transformation).collect();
    list.sort();
    list.dedup();
    list
}

fn transformation(json: &Json<'_>) -> Option<Transformation> {
    Some(Transformation {
        kind: json.text("type")?.to_ascii_uppercase(),
        subtype: json.text("subtype").filter(|text| !text.is_empty()),
        description: json.text("description").filter(|text| !text.is_empty()),
        masking: json.flag("masking").unwrap_or(false),
    })
}

/// Before 1-1-0 a field said IDENTITY or MASKED for all of its inputs.
fn field_default(entry: &Json<'_>) -> Option<Transformation> {
    let old = entry.text("transformationType").filter(|text| !text.is_empty())?.to_ascii_uppercase();
    Some(Transformation {
        kind: "DIRECT".into(),
        masking: old == "MASKED",
        subtype: Some(if old == "MASKED" { "TRANSFORMATION".into() } else { old }),
        description: entry.text("transformationDescription").filter(|text| !text.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_ages_of_the_facet() {
        let json = Json::parse(
            br#"{"fields":{"b":{"inputFields":[{"namespace":"n","name":"t","field":"x"}],"transformationType":"MASKED"},
                "a":{"inputFields":[{"namespace":"n","name":"t","field":"x","transformations":[{"type":"INDIRECT","subtype":"JOIN"}]},{"name":"broken"}]},"c":7},
                "dataset":[{"namespace":"n","name":"t","field":"y","transformations":[{"type":"INDIRECT","subtype":"FILTER"}]}]}"#,
        )
        .unwrap();
        let read: Vec<_> = column_lineage(&json)
            .sources
            .into_iter()
            .map(|s| (s.target, s.field, s.transformations[0].is_direct(), s.transformations[0].masking))
            .collect();
        assert_eq!(
            read,
            [(None, "y".into(), false, false), (Some("a".into()), "x".into(), false, false), (Some("b".into()), "x".into(), true, true)]
        );
        assert_eq!(column_lineage(&Json::parse(br#"{"fields":"broken"}"#).unwrap()), ColumnLineage::default());
    }
}
