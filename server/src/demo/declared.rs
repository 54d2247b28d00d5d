//! What is known without a run: entries of a catalog kept by hand, and jobs that were declared but never ran.

use serde_json::{Value, json};

use super::clock::{DAY, MINUTE, text};
use super::event::{described, job_facets, producer, schema_url};
use super::facets;
use super::model::{Estate, Job, Kind, Platform};
use super::runs::MONTH;

const REGISTRY: &str = "https://github.com/meltwater-outfitters/data-registry/tree/1.8.2";

/// Time and text of every event.
pub(super) fn all(estate: &Estate, now: i64) -> Vec<(i64, String)> {
    let mut lines = registry(estate, now);
    lines.extend(handovers(estate, now));
    lines.extend(plans(estate, now));
    lines
}

/// The registry describes what no pipeline writes: source tables, topics, delivered files.
fn registry(estate: &Estate, now: i64) -> Vec<(i64, String)> {
    let unwritten = estate.datasets.iter().filter(|dataset| dataset.sources.is_empty());
    unwritten
        .zip(0..)
        .map(|(dataset, place)| {
            let mut all = described(dataset, REGISTRY, MONTH, "USER");
            all.insert("datasetType".to_owned(), facets::dataset_type(REGISTRY, dataset));
            if dataset.platform != Platform::Postgres {
                all.insert("schema".to_owned(), facets::schema(REGISTRY, dataset, MONTH));
            }
            let at = now - MONTH * DAY - 30 * MINUTE + place * 3 * 1_000_000;
            dataset_event(at, &dataset.namespace, &dataset.name, &all.into())
        })
        .collect()
}

/// Two datasets change hands, one gets a label, one gets a better description.
fn handovers(estate: &Estate, now: i64) -> Vec<(i64, String)> {
    let event = |age: i64, key: &str, facets: Value| {
        let dataset = estate.keys.get(key).map(|&dataset| &estate.datasets[dataset])?;
        Some(dataset_event(now - age * DAY - 47 * MINUTE, &dataset.namespace, &dataset.name, &facets))
    };
    let owners = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        json!({"ownership": facets::owners(REGISTRY, "OwnershipDatasetFacet", &names)})
    };
    let text = "Consents to newsletters, with their history. Ask the privacy team before exporting: the address of the \
                visitor at the time of consent is kept as proof.";
    [
        event(19, "shop.carts", owners(&["team:checkout", "user:jonas.beck"])),
        event(13, "shop.gift_cards", owners(&["team:finance", "user:olga.reyes"])),
        event(6, "shop.addresses", reviewed(estate, "shop.addresses")),
        event(2, "shop.newsletter_subscriptions", json!({"documentation": facets::about(REGISTRY, "DocumentationDatasetFacet", text)})),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Labels are sent whole: the new one comes with those that were there.
fn reviewed(estate: &Estate, key: &str) -> Value {
    let mut tags = estate.keys.get(key).map(|&dataset| facets::dataset_tags(REGISTRY, &estate.datasets[dataset], MONTH, "USER"));
    if let Some(all) = tags.as_mut().and_then(|tags| tags["tags"].as_array_mut()) {
        all.push(json!({"key": "reviewed", "value": "privacy-board", "source": "USER"}));
    }
    json!({"tags": tags})
}

/// Jobs that are planned: declared with what they will read and write.
fn plans(estate: &Estate, now: i64) -> Vec<(i64, String)> {
    let plan = |age: i64, name: &str, about: &str, reads: &[&str], writes: &str| {
        let mut job = Job::new(Kind::Task, "airflow-prod", name);
        about.clone_into(&mut job.about);
        job.owners = vec!["team:finance".to_owned()];
        job.tags = vec![("planned".to_owned(), "true".to_owned())];
        let reads = reads.iter().filter_map(|&key| estate.keys.get(key)).map(|&input| &estate.datasets[input]);
        let inputs: Vec<Value> = reads.map(|input| json!({"namespace": input.namespace, "name": input.name})).collect();
        let producer = producer(Kind::Task);
        let at = now - age * DAY - 90 * MINUTE;
        let event = json!({
            "eventTime": text(at),
            "job": {"namespace": job.namespace, "name": job.name, "facets": job_facets(estate, &job, &producer, Some(age))},
            "inputs": inputs,
            "outputs": [{"namespace": super::copies::WAREHOUSE, "name": writes}],
            "producer": producer,
            "schemaURL": schema_url("JobEvent"),
        });
        (at, event.to_string())
    };
    vec![
        plan(
            20,
            "year_end.count_inventory",
            "Values the shelves at the end of the year.",
            &["stock_position", "raw.wms.purchase_orders"],
            "analytics.marts_finance.inventory_value",
        ),
        plan(
            11,
            "year_end.close_books",
            "Closes the year once the auditors agree.",
            &["fct_ledger", "revenue_reconciliation", "tax_report"],
            "analytics.marts_finance.annual_report",
        ),
    ]
}

fn dataset_event(at: i64, namespace: &str, name: &str, facets: &Value) -> (i64, String) {
    let event = json!({
        "eventTime": text(at),
        "dataset": {"namespace": namespace, "name": name, "facets": facets},
        "producer": REGISTRY,
        "schemaURL": schema_url("DatasetEvent"),
    });
    (at, event.to_string())
}
