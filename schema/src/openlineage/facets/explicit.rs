//! The `lineage` facet (1-0-0, openlineage 3.6): what feeds what, said outright. Two shapes under one
//! key: a job lists entries, each with its target; a dataset (of a dataset event) is the target itself.
//! Both are flattened into statements; what follows from them is the graph's business.

use super::lineage::{Transformation, transformations};
use crate::json::Json;

/// One end of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The job of the event itself: a `JOB` without a name.
    OwnJob,
    /// Another job, or the own one by name.
    Job {
        /// As sent.
        namespace: String,
        /// As sent.
        name: String,
    },
    /// A dataset, or whatever a later spec adds that has a namespace and a name.
    Dataset {
        /// As sent.
        namespace: String,
        /// As sent.
        name: String,
        /// A column of it; `None` for the whole.
        field: Option<String>,
    },
}

/// Something feeds something, or, without a source, nothing tracked does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// What is fed; `None` is the dataset that carries the facet.
    pub target: Option<End>,
    /// A column of a target dataset.
    pub target_field: Option<String>,
    /// What feeds it; `None` for `inputs: []`, which says that nothing does.
    pub source: Option<End>,
    /// How; sorted, empty when the emitter says nothing.
    pub transformations: Vec<Transformation>,
}

/// The facet of a job: statements in a fixed order, each once.
pub fn job_lineage(facet: &Json<'_>) -> Vec<Statement> {
    let entries = facet.objects("entries").filter_map(|entry| Some((end(entry, None)?, entry)));
    sorted(entries.flat_map(|(target, entry)| feeding(Some(&target), entry)).collect())
}

/// The facet of a dataset event's dataset.
pub fn dataset_lineage(facet: &Json<'_>) -> Vec<Statement> {
    sorted(feeding(None, facet))
}

fn sorted(mut statements: Vec<Statement>) -> Vec<Statement> {
    statements.sort();
    statements.dedup();
    statements
}

/// What an entry, or a whole dataset facet, says of its target.
fn feeding(target: Option<&End>, entry: &Json<'_>) -> Vec<Statement> {
    let statement = |target_field: Option<&str>, source, transformations| Statement {
        target: target.cloned(),
        target_field: target_field.map(str::to_owned),
        source,
        transformations,
    };
    let mut all: Vec<Statement> = inputs(entry).map(|(source, how)| statement(None, Some(source), how)).collect();
    for (field, column) in entry.get("fields").and_then(Json::as_object).unwrap_or_default() {
        all.extend(inputs(column).map(|(source, how)| statement(Some(field), Some(source), how)));
    }
    // Only an empty list says that nothing feeds it; absent, or one that cannot be read, says nothing.
    let is_empty = entry.get("inputs").and_then(Json::as_array).is_some_and(<[_]>::is_empty);
    if is_empty && !all.iter().any(|one| matches!(one.source, Some(End::Dataset { .. } | End::Job { .. }))) {
        all.push(statement(None, None, Vec::new()));
    }
    all
}

fn inputs<'a>(json: &'a Json<'a>) -> impl Iterator<Item = (End, Vec<Transformation>)> + 'a {
    let field = |input: &Json<'_>| input.text("field").filter(|field| !field.is_empty());
    json.objects("inputs").filter_map(move |input| Some((end(input, field(input))?, transformations(input))))
}

/// A type that a later spec adds (MODEL, DASHBOARD, …) is taken for a dataset of its name.
fn end(json: &Json<'_>, field: Option<String>) -> Option<End> {
    let named = json.text("namespace").zip(json.text("name").filter(|name| !name.is_empty()));
    let is_job = json.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("JOB"));
    match named {
        Some((namespace, name)) if is_job => Some(End::Job { namespace, name }),
        Some((namespace, name)) => Some(End::Dataset { namespace, name, field }),
        None => is_job.then_some(End::OwnJob),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let name = |end: &Option<End>| match end {
            None => "-".to_owned(),
            Some(End::OwnJob) => "own job".to_owned(),
            Some(End::Job { name, .. }) => format!("job {name}"),
            Some(End::Dataset { name, field, .. }) => field.as_ref().map_or(name.clone(), |field| format!("{name}.{field}")),
        };
        let line = |one: &Statement| {
            let column = one.target_field.as_ref().map(|field| format!(".{field}")).unwrap_or_default();
            format!("{}{column} <- {} {}", name(&one.target), name(&one.source), one.transformations.len())
        };
        job_lineage(&Json::parse(text.as_bytes()).unwrap()).iter().map(line).collect()
    }

    #[test]
    fn entries_become_statements() {
        let read = said(
            r#"{"entries":[
                {"type":"DATASET","namespace":"n","name":"t","inputs":[{"type":"DATASET","namespace":"n","name":"s"},
                    {"type":"DATASET","namespace":"n","name":"s","field":"a"},{"type":"JOB"},7,{"type":"DATASET","name":"half"}],
                 "fields":{"c":{"inputs":[{"type":"DATASET","namespace":"n","name":"s","field":"b","transformations":[{"type":"DIRECT"}]}]},"d":"broken"}},
                {"type":"JOB","inputs":[{"type":"JOB","namespace":"n","name":"j"}]},
                {"type":"DATASET","namespace":"n","name":"made","inputs":[],"fields":{"x":{"inputs":[{"type":"JOB"}]}}},
                {"type":"DATASET","namespace":"n","name":"unsaid"},
                {"type":"DASHBOARD","namespace":"n","name":"board","inputs":[{"type":"DATASET","namespace":"n","name":"t"}]},
                {"type":"DATASET","inputs":[]}, "broken"]}"#,
        );
        assert_eq!(
            read,
            [
                "own job <- job j 0",
                "board <- t 0",
                "made <- - 0",
                "made.x <- own job 0",
                "t <- own job 0",
                "t <- s 0",
                "t <- s.a 0",
                "t.c <- s.b 1",
            ]
        );
        assert!(said(r#"{"entries":"broken"}"#).is_empty());
    }
}
