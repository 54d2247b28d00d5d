//! Per facet of an event: used, stored or ignored, and why.

use schema::json::Json;
use schema::openlineage::{Container, Event, conformance, coverage, facets as decode};

/// What is done with a facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// It has a meaning here, beside being stored.
    Used,
    /// Kept with its history and shown as JSON.
    Stored,
    /// Only in the event itself.
    Ignored,
}

/// What is done with one facet of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetReport {
    /// JSON pointer to the facet.
    pub pointer: String,
    /// Where it stands.
    pub container: Container,
    /// Its key.
    pub key: String,
    /// What is done with it.
    pub usage: Usage,
    /// Why, or what for, in a sentence.
    pub why: String,
}

/// Every facet of an event, in the order of the event.
pub fn facets(json: &Json<'_>, event: &Event<'_>) -> Vec<FacetReport> {
    let mut all = Vec::new();
    let at = |path: &[&str]| path.iter().try_fold(json, |json, key| json.get(key));
    let mut list = |facets: Option<&Json<'_>>, container, pointer: String, ignored: Option<&str>| {
        let members = facets.and_then(Json::as_object).unwrap_or_default();
        let has = |key: &str| members.iter().any(|(known, facet)| known == key && *facet != Json::Null);
        for (key, facet) in members {
            let superseded = key == "parentRun" && has("parent");
            let (usage, why) = match ignored {
                Some(why) => (Usage::Ignored, why.to_owned()),
                None if superseded => (Usage::Ignored, "the event has `parent` too, which counts".to_owned()),
                None => usage(event, container, key, facet),
            };
            all.push(FacetReport { pointer: format!("{pointer}/{key}"), container, key: key.to_string(), usage, why });
        }
    };
    list(at(&["run", "facets"]), Container::Run, "/run/facets".into(), None);
    list(at(&["job", "facets"]), Container::Job, "/job/facets".into(), None);
    let passed_over = event.dataset.is_none().then_some("the event has a job, so its top-level dataset is not read");
    list(at(&["dataset", "facets"]), Container::Dataset, "/dataset/facets".into(), passed_over);
    for (key, container, run_facets) in [("inputs", Container::Input, "inputFacets"), ("outputs", Container::Output, "outputFacets")] {
        for (i, dataset) in json.get(key).and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
            let nameless = event.findings.iter().any(|finding| finding.pointer.starts_with(&format!("/{key}/{i}/n")));
            let ignored = match () {
                () if event.dataset.is_some() => Some("a dataset event has no inputs and outputs"),
                () if nameless => Some("its dataset has no namespace or no name and was passed over"),
                () => None,
            };
            list(dataset.get("facets"), Container::Dataset, format!("/{key}/{i}/facets"), ignored);
            let outside_run = event.run.is_none().then_some("only a run event says what a run read and wrote");
            list(dataset.get(run_facets), container, format!("/{key}/{i}/{run_facets}"), ignored.or(outside_run));
        }
    }
    all
}

fn usage(event: &Event<'_>, container: Container, key: &str, facet: &Json<'_>) -> (Usage, String) {
    if (container, key) == (Container::Dataset, "lineage") && event.dataset.is_none() {
        return (Usage::Stored, "it is valid only on a job or in a dataset event, so no lineage follows from it".into());
    }
    if *facet == Json::Null {
        return (Usage::Ignored, "null says nothing; a facet is removed by `_deleted`".into());
    }
    if facet.as_object().is_none() {
        return (Usage::Stored, "it is no object, so nothing can be read from it".into());
    }
    if decode::is_deleted(facet) {
        return (Usage::Used, "it removes the facet; what it said before stays in the history".into());
    }
    if let Some(member) = conformance::unreadable(key, facet) {
        return (Usage::Stored, format!("`{member}` is not what the specification says, so it was not read"));
    }
    match purpose(container, key) {
        Some(purpose) => (Usage::Used, purpose),
        None => (Usage::Stored, "it has no meaning of its own here; it is shown as it was sent".into()),
    }
}

/// What a facet is good for, beside being stored.
fn purpose(container: Container, key: &str) -> Option<String> {
    let (container, key) = match (container, key) {
        // Old Airflow's key of the parent.
        (Container::Run, "parentRun") => (container, "parent"),
        // dbt sends it beside the dataset's other facets, where it is read as well.
        (Container::Dataset | Container::Output, "dataQualityAssertions") => (Container::Input, key),
        _ => (container, key),
    };
    Some(match coverage::coverage(container, key)?.usage {
        coverage::Usage::Used(what) => what.to_owned(),
        coverage::Usage::Shown(what) => format!("shown: {what}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_facet_has_a_reason() {
        let text = r#"{"eventTime":"2026-01-01T00:00:00Z","run":{"runId":"r","facets":{"parent":{},"parentRun":{},"custom":{"x":1}}},
            "job":{"namespace":"n","name":"j","facets":{"sql":7}},
            "inputs":[{"name":"d","facets":{"schema":{}}},{"namespace":"n","name":"d","facets":{"schema":{"_deleted":true},"storage":{},"tags":null},"inputFacets":{"inputStatistics":{}}}]}"#;
        let json = Json::parse(text.as_bytes()).unwrap();
        let event = Event::read(&json).unwrap();
        let lines: Vec<String> =
            facets(&json, &event).iter().map(|facet| format!("{} {:?} {}", facet.pointer, facet.usage, facet.why)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
