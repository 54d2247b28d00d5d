//! Exposures: dashboards, notebooks, applications that read the project's relations.
//!
//! An exposure is a dataset, for that is what people search for and where impact analysis should end;
//! a job of the exposure's unique id declares what it reads.

use super::event::job_event;
use super::facet::{self, Facets, standard};
use super::node::Node;
use super::project::Project;
use super::{dataset, job, labels};
use schema::moment::Moment;
use serde_json::{Value, json};

/// The job event that declares it.
pub(super) fn declared<'d>(project: &Project<'d>, exposure: Node<'d>, at: Moment) -> Value {
    let inputs = project.inputs(exposure).into_iter().map(|input| dataset::read(project, input)).collect();
    let mut facets = job::of(exposure, "EXPOSURE");
    labels::facets(&mut facets, "Job", Vec::new(), labels::owners(exposure.json, None), exposure.text("description"));
    job_event(project, at, exposure.id, facets, inputs, vec![consumer(exposure)])
}

/// The dataset that stands for it: `dbt://{package}` is its namespace, its name is the exposure's.
fn consumer(exposure: Node<'_>) -> Value {
    let mut facets = Facets::new();
    let mut tags = labels::tags(exposure.json, None);
    tags.extend(exposure.text("maturity").map(|maturity| json!({ "key": "maturity", "value": maturity, "source": "DBT" })));
    labels::facets(&mut facets, "Dataset", tags, labels::owners(exposure.json, None), exposure.text("description"));
    facets.insert("datasetType".into(), standard("1-0-1/DatasetTypeDatasetFacet", json!({ "datasetType": kind(exposure) })));
    let told = json!({
        "unique_id": exposure.id,
        "name": exposure.text("name"),
        "label": exposure.text("label"),
        "type": exposure.text("type"),
        "maturity": exposure.text("maturity"),
        "url": exposure.text("url"),
    });
    facets.insert("dbt_exposure".into(), facet::own("dbt_exposure", told));
    if let Some(url) = exposure.text("url") {
        let source = json!({ "name": exposure.text("label").or(exposure.text("name")), "uri": url });
        facets.insert("dataSource".into(), standard("1-0-1/DatasourceDatasetFacet", facet::without_nulls(source)));
    }
    let namespace = format!("dbt://{}", exposure.text("package_name").unwrap_or("exposures"));
    json!({ "namespace": namespace, "name": exposure.text("name").unwrap_or(exposure.id), "facets": facets })
}

/// dbt's five types; `ml` is what the specification calls a model.
fn kind(exposure: Node<'_>) -> String {
    match exposure.text("type") {
        Some("ml") => "MODEL".to_owned(),
        Some(kind) => kind.to_uppercase(),
        None => "DASHBOARD".to_owned(),
    }
}
