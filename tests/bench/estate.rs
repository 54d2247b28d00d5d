//! The estate that the events describe: jobs in 100 pipelines, each with one output, over a fixed set
//! of tables, the same at every run.

use serde_json::{Map, Value, json};

const SOURCES: usize = 500;
const PIPELINES: usize = 100;
const PRODUCER: &str = "https://example.org/bench";
const WORDS: [&str; 16] = [
    "order", "customer", "invoice", "shipment", "product", "payment", "session", "ledger", "refund", "stock", "visit", "campaign",
    "contract", "ticket", "supplier", "forecast",
];
const TYPES: [&str; 5] = ["BIGINT", "VARCHAR(64)", "TIMESTAMP", "DECIMAL(18,2)", "BOOLEAN"];

/// Where an event of a pair stands in for what differs from run to run; of the same length as what
/// replaces it.
pub mod slot {
    /// The run's id.
    pub const RUN: &str = "RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR";
    /// The parent run's id.
    pub const PARENT: &str = "PPPPPPPP-PPPP-PPPP-PPPP-PPPPPPPPPPPP";
    /// The event's time.
    pub const TIME: &str = "TTTTTTTTTTTTTTTTTTTTTTTT";
    /// A count of rows.
    pub const ROWS: &str = "7777777";
}

/// A number that looks random and is the same every time.
pub fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn facet(mut body: Value, class: &str) -> Value {
    body["_producer"] = PRODUCER.into();
    body["_schemaURL"] = format!("https://openlineage.io/spec/facets/1-1-1/{class}.json").into();
    body
}

/// Name of a table; the first ones are read only, then one for each job.
fn table(number: usize) -> String {
    let word = |salt: u64| WORDS[mix(number as u64 ^ salt) as usize % WORDS.len()];
    let layer = if number < SOURCES { "raw" } else { ["staging", "core", "mart"][number % 3] };
    format!("dw.{layer}.{}_{}_{number}", word(11), word(29))
}

fn column(table: usize, position: usize) -> (String, &'static str) {
    let seed = mix((table * 16 + position) as u64);
    (format!("{}_{}", WORDS[seed as usize % 16], ["id", "at", "total", "name", "flag"][position % 5]), TYPES[position % 5])
}

/// Schema facet of a table of `width` columns.
pub fn schema(number: usize, width: usize) -> Value {
    let fields = (0..width).map(|at| {
        let (name, kind) = column(number, at);
        json!({ "name": format!("{name}_{at}"), "type": kind })
    });
    facet(json!({ "fields": fields.collect::<Vec<_>>() }), "SchemaDatasetFacet")
}

fn dataset(number: usize) -> Value {
    json!({ "namespace": "snowflake://dw", "name": table(number) })
}

/// Two tables that a job reads: sources, or outputs of jobs before it, so that there are no cycles.
fn inputs(job: usize) -> [usize; 2] {
    let pick = |salt: u64| mix(job as u64 ^ salt) as usize % (SOURCES + job.saturating_sub(1)).max(1);
    let first = pick(101);
    let second = pick(211);
    [first, if first == second { (second + 1) % SOURCES } else { second }]
}

fn lineage(job: usize) -> Value {
    let fields: Map<String, Value> = (0..6)
        .map(|at| {
            let (name, _) = column(SOURCES + job, at);
            let from = inputs(job)[at % 2];
            let (source, _) = column(from, at);
            let mut input = dataset(from);
            input["field"] = format!("{source}_{at}").into();
            if at % 2 == 0 {
                input["transformations"] = json!([{ "type": "DIRECT", "subtype": "IDENTITY" }]);
            }
            (format!("{name}_{at}"), json!({ "inputFields": [input] }))
        })
        .collect();
    facet(json!({ "fields": fields }), "ColumnLineageDatasetFacet")
}

/// SQL of about `bytes`.
fn sql(job: usize, bytes: usize) -> String {
    let mut text = format!("insert into {} select ", table(SOURCES + job));
    for at in 0.. {
        if text.len() >= bytes {
            break;
        }
        let seed = mix((job * 1000 + at) as u64);
        let (a, b) = (WORDS[seed as usize % 16], WORDS[(seed >> 8) as usize % 16]);
        text += &format!("coalesce(t{}.{a}_{}, {}) as {b}_{at}, ", seed % 4, seed % 89, seed % 9973);
    }
    text.truncate(bytes);
    text
}

/// START or COMPLETE of a job, with slots for what differs from run to run, of about `bytes`.
pub fn event(job: usize, complete: bool, bytes: usize) -> String {
    let bare = render(job, complete, "").len();
    render(job, complete, &sql(job, bytes.saturating_sub(bare)))
}

fn render(job: usize, complete: bool, sql: &str) -> String {
    let mut output = dataset(SOURCES + job);
    output["facets"] = json!({ "schema": schema(SOURCES + job, 10), "columnLineage": lineage(job) });
    if complete {
        let rows: u64 = slot::ROWS.parse().unwrap_or(0);
        output["outputFacets"] =
            json!({ "outputStatistics": facet(json!({ "rowCount": rows, "size": 52_428_800 }), "OutputStatisticsOutputDatasetFacet") });
    }
    let pipeline = format!("pipeline_{}", job % PIPELINES);
    let parent = json!({ "run": { "runId": slot::PARENT }, "job": { "namespace": "bench", "name": pipeline } });
    json!({
        "eventType": if complete { "COMPLETE" } else { "START" },
        "eventTime": slot::TIME,
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": { "runId": slot::RUN, "facets": {
            "parent": facet(parent, "ParentRunFacet"),
            "nominalTime": facet(json!({ "nominalStartTime": slot::TIME }), "NominalTimeRunFacet"),
        } },
        "job": { "namespace": "bench", "name": format!("{pipeline}.task_{job}"), "facets": { "sql": facet(json!({ "query": sql }), "SQLJobFacet") } },
        "inputs": inputs(job).map(dataset),
        "outputs": [output],
    })
    .to_string()
}
