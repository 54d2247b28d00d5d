//! Writes events: what a run says when it starts, goes on and ends.

use serde_json::{Map, Value, json};

use super::clock::{DAY, Dice, text};
use super::model::{Dataset, Estate, Job, Kind};
use super::runs::{Outcome, Run};
use super::{facets, faults, quality, sql};

const AIRFLOW: &str = "https://github.com/apache/airflow/tree/providers-openlineage/2.20.3";
const OPENLINEAGE: &str = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0";
const BRIDGE: &str = "https://github.com/meltwater-outfitters/lineage-bridge/tree/3.1.0";
/// Every so many runs a job tells everything again, as tools do that keep no memory of what they sent.
const RETELL: u32 = 7;

/// The address of a class of events.
pub(super) fn schema_url(class: &str) -> String {
    format!("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{class}")
}

/// Which tool says it.
pub(super) fn producer(kind: Kind) -> String {
    match kind {
        Kind::Dag | Kind::Task => AIRFLOW.to_owned(),
        Kind::Command | Kind::Model | Kind::Test => format!("{OPENLINEAGE}/integration/dbt"),
        Kind::Spark => format!("{OPENLINEAGE}/integration/spark"),
        Kind::Stream => format!("{OPENLINEAGE}/integration/flink"),
        Kind::Script => format!("{OPENLINEAGE}/client/python"),
        Kind::Sync => BRIDGE.to_owned(),
    }
}

/// Writes the events of runs; remembers what each job has told already. Runs must come in order of start.
pub(super) struct Scribe<'a> {
    estate: &'a Estate,
    now: i64,
    starts_others: Vec<bool>,
    told: Vec<(u32, String)>,
    /// Time and text of every event.
    pub(super) lines: Vec<(i64, String)>,
}

impl<'a> Scribe<'a> {
    pub(super) fn new(estate: &'a Estate, now: i64) -> Self {
        let mut starts_others = vec![false; estate.jobs.len()];
        for parent in estate.jobs.iter().filter_map(|job| job.parent) {
            starts_others[parent] = true;
        }
        Self { estate, now, starts_others, told: vec![(0, String::new()); estate.jobs.len()], lines: Vec::new() }
    }

    /// Writes all events of a run.
    pub(super) fn run(&mut self, run: &Run) {
        let age = (self.now - run.start).div_euclid(DAY);
        let full = matches!(run.outcome, Outcome::Complete | Outcome::Running) && self.is_due(run.job, age);
        let stream = self.estate.jobs[run.job].kind == Kind::Stream;
        self.say(run, run.start, "START", age, stream);
        for &beat in &run.beats {
            self.say(run, beat, "RUNNING", age, false);
        }
        match run.outcome {
            Outcome::Complete => self.say(run, run.end, "COMPLETE", age, full),
            Outcome::Fail => self.say(run, run.end, "FAIL", age, false),
            Outcome::Abort => self.say(run, run.end, "ABORT", age, false),
            Outcome::Running => {}
        }
    }

    /// Whether a job should tell everything: the first time, when a schema changed, and now and then.
    fn is_due(&mut self, index: usize, age: i64) -> bool {
        let job = &self.estate.jobs[index];
        let mut shape = String::new();
        for &dataset in job.inputs.iter().chain(&job.outputs) {
            for column in self.estate.datasets[dataset].columns(age) {
                shape += &column.name;
                shape += column.kind(age);
            }
        }
        let (count, before) = &mut self.told[index];
        let due = *count % RETELL == 0 || *before != shape;
        *count += 1;
        *before = shape;
        due
    }

    fn say(&mut self, run: &Run, at: i64, word: &str, age: i64, full: bool) {
        let job = &self.estate.jobs[run.job];
        let producer = producer(job.kind);
        let ended = !matches!(word, "START" | "RUNNING");
        let inputs: Vec<Value> = job.inputs.iter().map(|&input| self.input(job, run, input, &producer, age, full, ended)).collect();
        // A model or task that failed has written nothing.
        let written: &[usize] = if word == "FAIL" { &[] } else { &job.outputs };
        let outputs: Vec<Value> = written.iter().map(|&output| self.output(run, output, &producer, age, full, word)).collect();
        let event = json!({
            "eventTime": text(at),
            "eventType": word,
            "run": {"runId": run.id.to_string(), "facets": self.run_facets(run, job, &producer, word)},
            "job": {"namespace": job.namespace, "name": job.name, "facets": job_facets(self.estate, job, &producer, full.then_some(age))},
            "inputs": inputs,
            "outputs": outputs,
            "producer": producer,
            "schemaURL": schema_url("RunEvent"),
        });
        self.lines.push((at, event.to_string()));
    }

    fn run_facets(&self, run: &Run, job: &Job, producer: &str, word: &str) -> Map<String, Value> {
        let mut all = Map::new();
        if let (Some((parent, id)), Some((root, root_id))) = (run.parent, run.root) {
            let name = |job: usize| json!({"namespace": self.estate.jobs[job].namespace, "name": self.estate.jobs[job].name});
            let root = json!({"run": {"runId": root_id.to_string()}, "job": name(root)});
            let body = json!({"run": {"runId": id.to_string()}, "job": name(parent), "root": root});
            all.insert("parent".to_owned(), facets::facet(producer, "1-2-0", "ParentRunFacet", body));
        }
        if matches!(job.kind, Kind::Dag | Kind::Task) {
            let body = json!({"nominalStartTime": text(run.nominal)});
            all.insert("nominalTime".to_owned(), facets::facet(producer, "1-0-1", "NominalTimeRunFacet", body));
        }
        if word == "START" {
            if let Some((name, version, adapter)) = engine(job.kind) {
                let body = json!({"name": name, "version": version, "openlineageAdapterVersion": adapter});
                let facet = facets::facet(producer, "1-1-1", "ProcessingEngineRunFacet", body);
                all.insert("processing_engine".to_owned(), facet);
            }
            if let Some((name, class, body)) = custom(run, job) {
                all.insert(name.to_owned(), facets::facet(producer, "", class, body));
            }
        }
        if word == "FAIL" {
            let fault = faults::of(run, &job.name, job.kind, self.starts_others[run.job]);
            all.insert("errorMessage".to_owned(), facets::error(producer, fault));
        }
        all
    }

    #[expect(clippy::too_many_arguments, reason = "they are the sentence that a run says about an input")]
    fn input(&self, job: &Job, run: &Run, input: usize, producer: &str, age: i64, full: bool, ended: bool) -> Value {
        let dataset = &self.estate.datasets[input];
        let (namespace, name) = dataset.identity(job.by_alias);
        let mut value = json!({"namespace": namespace, "name": name, "facets": {}});
        if full {
            value["facets"] = json!({"schema": facets::schema(producer, dataset, age)});
        }
        if ended && job.kind == Kind::Test {
            let facet = quality::assertions(producer, dataset, age, run);
            value["facets"]["dataQualityAssertions"] = facet.clone();
            value["inputFacets"] = json!({"dataQualityAssertions": facet});
        }
        value
    }

    fn output(&self, run: &Run, output: usize, producer: &str, age: i64, full: bool, word: &str) -> Value {
        let dataset = &self.estate.datasets[output];
        let mut value = json!({"namespace": dataset.namespace, "name": dataset.name, "facets": {}});
        if full {
            value["facets"] = self.everything(dataset, &self.estate.jobs[run.job], producer, age).into();
        }
        if word == "COMPLETE" {
            let rows = Dice::new(&dataset.name, 0).below(400_000) + Dice::new(&dataset.name, run.nominal).below(9_000);
            let body = json!({"rowCount": rows, "size": rows * 84, "fileCount": 1 + rows / 100_000});
            let facet = facets::facet(producer, "1-0-2", "OutputStatisticsOutputDatasetFacet", body);
            value["outputFacets"] = json!({"outputStatistics": facet});
        }
        value
    }

    fn everything(&self, dataset: &Dataset, job: &Job, producer: &str, age: i64) -> Map<String, Value> {
        let mut all = described(dataset, producer, age, facets::integration(job.kind));
        all.insert("schema".to_owned(), facets::schema(producer, dataset, age));
        all.insert("datasetType".to_owned(), facets::dataset_type(producer, dataset));
        if let Some(facet) = facets::column_lineage(producer, self.estate, job, dataset, age) {
            all.insert("columnLineage".to_owned(), facet);
        }
        if let Some(alias) = &dataset.alias {
            all.insert("symlinks".to_owned(), facets::symlinks(producer, alias));
        }
        all
    }
}

/// What people say of a dataset: description, owners, labels.
pub(super) fn described(dataset: &Dataset, producer: &str, age: i64, source: &str) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("documentation".to_owned(), facets::about(producer, "DocumentationDatasetFacet", &dataset.about));
    all.insert("ownership".to_owned(), facets::owners(producer, "OwnershipDatasetFacet", &dataset.owners));
    all.insert("tags".to_owned(), facets::dataset_tags(producer, dataset, age, source));
    all
}

/// The type always; everything else when the job tells everything, as it was so many days before now.
pub(super) fn job_facets(estate: &Estate, job: &Job, producer: &str, told: Option<i64>) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("jobType".to_owned(), facets::job_type(producer, job.kind));
    let Some(age) = told else {
        return all;
    };
    if !job.about.is_empty() {
        all.insert("documentation".to_owned(), facets::about(producer, "DocumentationJobFacet", &job.about));
    }
    if !job.owners.is_empty() {
        all.insert("ownership".to_owned(), facets::owners(producer, "OwnershipJobFacet", &job.owners));
    }
    if !job.tags.is_empty() {
        all.insert("tags".to_owned(), facets::job_tags(producer, &job.tags, facets::integration(job.kind)));
    }
    if let Some(sql) = job.sql {
        let sql = sql::write(estate, sql, age);
        all.insert("sql".to_owned(), facets::statement(producer, job, &sql));
    }
    if let Some(file) = &job.file {
        all.insert("sourceCodeLocation".to_owned(), facets::code(producer, file));
    }
    all
}

fn engine(kind: Kind) -> Option<(&'static str, &'static str, &'static str)> {
    match kind {
        Kind::Dag | Kind::Task => Some(("Airflow", "3.3.2", "2.20.3")),
        Kind::Command | Kind::Model | Kind::Test => Some(("dbt", "1.11.16", "1.54.0")),
        Kind::Spark => Some(("spark", "3.5.6", "1.54.0")),
        Kind::Stream => Some(("flink", "2.1.0", "1.54.0")),
        Kind::Script | Kind::Sync => None,
    }
}

/// The facet that a tool adds of its own accord.
fn custom(run: &Run, job: &Job) -> Option<(&'static str, &'static str, Value)> {
    let scheduled = format!("scheduled__{}", text(run.nominal));
    match job.kind {
        Kind::Dag => {
            let dag = json!({"dag_id": job.name, "timetable_summary": job.tags.first().map(|tag| &tag.1)});
            let body = json!({"dag": dag, "dagRun": {"run_id": scheduled, "run_type": "scheduled"}});
            Some(("airflowDagRun", "AirflowDagRunFacet", body))
        }
        Kind::Command => {
            let body = json!({"invocation_id": run.id.to_string(), "project_name": "meltwater", "profile_name": "meltwater"});
            Some(("dbt_run", "DbtRunRunFacet", body))
        }
        Kind::Spark => {
            let name = job.name.split('.').next();
            let body = json!({"master": "yarn", "appName": name, "deployMode": "cluster", "userName": "spark"});
            Some(("spark_applicationDetails", "SparkApplicationDetailsFacet", body))
        }
        Kind::Stream => Some(("flink_job", "FlinkJobFacet", json!({"jobId": run.id.simple().to_string()}))),
        Kind::Task | Kind::Model | Kind::Test | Kind::Script | Kind::Sync => None,
    }
}
