//! What a catalog of these events must count, worked out the slow and plain way from their JSON: the
//! second opinion that the server's numbers are compared with.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Namespace and name.
type Name = (String, String);
/// First and last moment.
type Span = (i64, i64);

#[derive(Default)]
struct Run {
    span: Option<Span>,
    inputs: BTreeSet<Name>,
    outputs: BTreeSet<Name>,
    /// Outputs with column lineage, and their sources.
    columns: BTreeMap<Name, BTreeSet<Name>>,
    /// Column edges by those: owner, output, its column, source, its column.
    column_edges: BTreeSet<ColumnEdge>,
    /// What a `lineage` facet says outright, in place of all that: datasets and column edges.
    said: Option<Said>,
}

/// Datasets, and column edges.
type Said = (BTreeSet<(Name, Name)>, BTreeSet<ColumnEdge>);
/// Owner, output, its column, source, its column.
type ColumnEdge = (Name, Name, Option<String>, Name, String);

#[derive(Default)]
struct Job {
    pairs: BTreeMap<(Name, Name), Span>,
    precise: BTreeSet<(Name, Name)>,
    proven: BTreeMap<Name, Span>,
    reads: BTreeSet<Name>,
    writes: BTreeSet<Name>,
    /// What a job event says, in place of a run.
    declared: Option<Run>,
}

/// `{ jobs, runs, datasets, columns, edges, columnEdges }` of events in which nobody declares twice.
pub fn counts(events: &[Value]) -> Value {
    let (mut datasets, mut jobs, mut runs_named) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut schemas: BTreeMap<Name, (i64, u8, usize)> = BTreeMap::new();
    let mut runs: BTreeMap<(String, Name), Run> = BTreeMap::new();
    let mut column_edges = BTreeSet::new();
    let mut declared: BTreeMap<Name, Run> = BTreeMap::new();
    let mut origins = BTreeSet::new();
    for event in events {
        let at = micros(event["eventTime"].as_str().unwrap());
        let rank = match event["eventType"].as_str() {
            None | Some("START") => 0,
            Some("RUNNING") => 1,
            Some("COMPLETE" | "FAIL" | "ABORT") => 3,
            Some(_) => 2,
        };
        let mut run = None;
        if event["run"].is_object() {
            let key = (event["run"]["runId"].as_str().unwrap().to_lowercase(), name(&event["job"]).unwrap());
            runs_named.insert(key.clone());
            let parent = &event["run"]["facets"]["parent"];
            for named in [parent, &parent["root"]] {
                if let (Some(id), Some(job)) = (named["run"]["runId"].as_str(), name(&named["job"])) {
                    runs_named.insert((id.to_lowercase(), job.clone()));
                    jobs.insert(job);
                }
            }
            let known = runs.entry(key).or_default();
            let span = known.span.unwrap_or((at, at));
            known.span = Some((span.0.min(at), span.1.max(at)));
            run = Some(known);
        }
        if let (None, Some(job), true) = (&run, name(&event["job"]), event["inputs"].is_array() || event["outputs"].is_array()) {
            run = Some(declared.entry(job).and_modify(|_| panic!("declared twice")).or_default());
        }
        jobs.extend(name(&event["job"]));
        let facet = &event["job"]["facets"]["lineage"];
        if let (Some(run), Some(job), true) = (run.as_mut(), name(&event["job"]), facet.is_object()) {
            let (pairs, columns) = run.said.get_or_insert_default();
            for (target, column, source, field) in statements(facet) {
                datasets.extend([target.clone(), source.clone()]);
                pairs.insert((source.clone(), target.clone()));
                if let Some(field) = field {
                    columns.insert((job.clone(), target, column, source, field));
                }
            }
        }
        for (side, list) in [("input", &event["inputs"]), ("output", &event["outputs"]), ("alone", &json!([event["dataset"]]))] {
            for dataset in list.as_array().into_iter().flatten() {
                let Some(this) = name(dataset) else { continue };
                datasets.insert(this.clone());
                let schema = &dataset["facets"]["schema"];
                if schema.is_object() {
                    let newest = (at, rank, fields(schema));
                    let known = schemas.entry(this.clone()).or_insert(newest);
                    assert!((known.0, known.1) != (at, rank) || known.2 == newest.2, "two schemas of {this:?} at one time");
                    *known = newest.max(*known);
                }
                let mut sources = BTreeSet::new();
                if side != "input" {
                    let owner = name(&event["job"]).unwrap_or_else(|| this.clone());
                    for (target, source, field) in column_sources(&dataset["facets"]["columnLineage"]) {
                        let edge = (owner.clone(), this.clone(), target, source.clone(), field);
                        run.as_mut().map_or(&mut column_edges, |run| &mut run.column_edges).insert(edge);
                        sources.insert(source);
                    }
                }
                datasets.extend(sources.iter().cloned());
                // A dataset that declares its own origin, without a job.
                if side == "alone" {
                    origins.extend(sources.iter().map(|source| (source.clone(), this.clone())));
                }
                let Some(run) = run.as_mut() else { continue };
                if side == "input" { &mut run.inputs } else { &mut run.outputs }.insert(this.clone());
                if !sources.is_empty() {
                    run.columns.entry(this).or_default().extend(sources);
                }
            }
        }
    }
    for run in runs.values().chain(declared.values()) {
        column_edges.extend(run.said.as_ref().map_or(&run.column_edges, |said| &said.1).iter().cloned());
    }
    let edges: usize = by_job(runs, declared).values().map(edges).sum::<usize>() + origins.len();
    json!({
        "jobs": jobs.len(),
        "runs": runs_named.len(),
        "datasets": datasets.iter().map(plain).collect::<BTreeSet<_>>().len(),
        "columns": schemas.values().map(|schema| schema.2).sum::<usize>(),
        "edges": edges,
        "columnEdges": column_edges.len(),
    })
}

fn by_job(runs: BTreeMap<(String, Name), Run>, declared: BTreeMap<Name, Run>) -> BTreeMap<Name, Job> {
    let mut jobs: BTreeMap<Name, Job> =
        declared.into_iter().map(|(job, run)| (job, Job { declared: Some(run), ..Job::default() })).collect();
    for ((_, job), run) in runs {
        let job = jobs.entry(job).or_default();
        let span = run.span.unwrap();
        if let Some((pairs, _)) = &run.said {
            job.precise.extend(pairs.iter().cloned());
            run.outputs.iter().for_each(|output| widen(&mut job.proven, output.clone(), span));
        }
        for (output, sources) in run.columns.iter().filter(|_| run.said.is_none()) {
            widen(&mut job.proven, output.clone(), span);
            job.precise.extend(sources.iter().map(|source| (source.clone(), output.clone())));
        }
        for output in &run.outputs {
            run.inputs.iter().for_each(|input| widen(&mut job.pairs, (input.clone(), output.clone()), span));
        }
        job.reads.extend(run.inputs);
        job.writes.extend(run.outputs);
    }
    jobs
}

/// Column lineage beats inputs × outputs unless the pair is seen again later; what feeds or is fed by
/// nothing hangs on the job. Each pair of ends counts once, however it is known.
fn edges(job: &Job) -> usize {
    let mut ends = job.precise.clone();
    let counts = |output: &Name, span: &Span| job.proven.get(output).is_none_or(|proven| proven.1 < span.1);
    ends.extend(job.pairs.iter().filter(|((_, output), span)| counts(output, span)).map(|(ends, _)| ends.clone()));
    let mut all = hanging(&ends, &job.reads, &job.writes);
    all.extend(ends.into_iter().map(|(from, to)| (Some(from), Some(to))));
    if let Some(said) = &job.declared {
        let mut ends: BTreeSet<(Name, Name)> = BTreeSet::new();
        for output in said.outputs.iter().filter(|_| said.said.is_none()) {
            let sources = said.columns.get(output).unwrap_or(&said.inputs);
            ends.extend(sources.iter().map(|source| (source.clone(), output.clone())));
        }
        ends.extend(said.said.iter().flat_map(|said| said.0.iter().cloned()));
        all.extend(hanging(&ends, &said.inputs, &said.outputs));
        all.extend(ends.into_iter().map(|(from, to)| (Some(from), Some(to))));
    }
    all.len()
}

/// Reads that feed nothing and writes that nothing feeds.
fn hanging(ends: &BTreeSet<(Name, Name)>, reads: &BTreeSet<Name>, writes: &BTreeSet<Name>) -> BTreeSet<(Option<Name>, Option<Name>)> {
    let (feeding, fed): (BTreeSet<&Name>, BTreeSet<&Name>) = ends.iter().map(|(from, to)| (from, to)).unzip();
    let reads = reads.iter().filter(|read| !feeding.contains(read)).map(|read| (Some(read.clone()), None));
    reads.chain(writes.iter().filter(|write| !fed.contains(write)).map(|write| (None, Some(write.clone())))).collect()
}

fn widen<K: Ord>(spans: &mut BTreeMap<K, Span>, key: K, span: Span) {
    let known = spans.entry(key).or_insert(span);
    *known = (known.0.min(span.0), known.1.max(span.1));
}

fn name(value: &Value) -> Option<Name> {
    Some((value["namespace"].as_str()?.to_owned(), value["name"].as_str()?.to_owned()))
}

/// Quoted identifiers are the same dataset as plain ones: the only naming rule that the recordings need.
fn plain((namespace, name): &Name) -> Name {
    (namespace.clone(), name.replace('"', ""))
}

fn fields(schema: &Value) -> usize {
    schema["fields"].as_array().map_or(0, |list| list.iter().map(|field| 1 + fields(field)).sum())
}

/// Target column or none, source dataset, source column.
fn column_sources(facet: &Value) -> Vec<(Option<String>, Name, String)> {
    let read = |target: Option<&String>, input: &Value| Some((target.cloned(), name(input)?, input["field"].as_str()?.to_owned()));
    let mut all: Vec<_> = facet["dataset"].as_array().into_iter().flatten().filter_map(|input| read(None, input)).collect();
    for (target, entry) in facet["fields"].as_object().into_iter().flatten() {
        all.extend(entry["inputFields"].as_array().into_iter().flatten().filter_map(|input| read(Some(target), input)));
    }
    all
}

/// Target dataset and column, source dataset and column, of a job's `lineage` facet. Jobs as ends are left out.
fn statements(facet: &Value) -> Vec<(Name, Option<String>, Name, Option<String>)> {
    let mut all = Vec::new();
    for entry in facet["entries"].as_array().into_iter().flatten().filter(|entry| entry["type"] == "DATASET") {
        let mut add = |column: Option<&String>, inputs: &Value| {
            for input in inputs.as_array().into_iter().flatten().filter(|input| input["type"] == "DATASET") {
                let field = input["field"].as_str().map(str::to_owned);
                all.push((name(entry).unwrap(), column.cloned(), name(input).unwrap(), field));
            }
        };
        add(None, &entry["inputs"]);
        entry["fields"].as_object().into_iter().flatten().for_each(|(column, said)| add(Some(column), &said["inputs"]));
    }
    all
}

/// Microseconds since 1970 of an RFC 3339 time.
fn micros(time: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| time.get(range).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Days by the civil calendar, counted from March so that leap days come last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719_469;
    let rest = time.get(19..).unwrap_or("");
    let digits: String = rest.strip_prefix('.').unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
    let micros: i64 = format!("{digits:0<6}")[..6].parse().unwrap();
    let zone = rest.trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let offset = match (zone.get(1..3).and_then(|h| h.parse::<i64>().ok()), zone.get(4..6).and_then(|m| m.parse::<i64>().ok())) {
        (Some(hours), Some(minutes)) => (hours * 60 + minutes) * if zone.starts_with('-') { -60 } else { 60 },
        _ => 0,
    };
    (days * 86_400 + number(11..13) * 3600 + number(14..16) * 60 + number(17..19) - offset) * 1_000_000 + micros
}
