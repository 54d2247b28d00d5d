//! The recorded target folders, and what is told of them.

use ingest_adapters::dbt::{ARTIFACTS, Documents, Files, Import, Options};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What is told of a folder: events, and notes on the rest.
pub struct Told {
    pub events: Vec<Value>,
    pub notes: Vec<String>,
}

/// The files of a folder, to be changed before they are read.
#[derive(Clone, Default)]
pub struct Folder {
    pub manifest: Vec<u8>,
    pub run_results: Option<Vec<u8>>,
    pub catalog: Option<Vec<u8>>,
    pub sources: Option<Vec<u8>>,
    pub project: Option<Vec<u8>>,
    pub profiles: Option<Vec<u8>>,
}

impl Folder {
    /// A recorded one, with the project's settings.
    pub fn recorded(step: &str) -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dbt/jaffle");
        let read = |path: PathBuf| std::fs::read(path).ok();
        let artifact = |at: usize| read(project.join(step).join(ARTIFACTS[at]));
        Self {
            manifest: artifact(0).unwrap(),
            run_results: artifact(1),
            catalog: artifact(2),
            sources: artifact(3),
            project: read(project.join("dbt_project.yml")),
            profiles: read(project.join("profiles.yml")),
        }
    }

    /// With a change to the manifest.
    pub fn manifest(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut json = serde_json::from_slice(&self.manifest).unwrap();
        change(&mut json);
        self.manifest = json.to_string().into_bytes();
        self
    }

    /// With a change to the run results.
    pub fn run_results(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut json = serde_json::from_slice(&self.run_results.unwrap()).unwrap();
        change(&mut json);
        self.run_results = Some(json.to_string().into_bytes());
        self
    }

    pub fn files(&self) -> Files<'_> {
        Files {
            manifest: &self.manifest,
            run_results: self.run_results.as_deref(),
            catalog: self.catalog.as_deref(),
            sources: self.sources.as_deref(),
            project: self.project.as_deref(),
            profiles: self.profiles.as_deref(),
        }
    }

    pub fn told(&self) -> Told {
        self.told_with(&Options { job_namespace: "dbt-prod".to_owned(), ..Options::default() })
    }

    pub fn told_with(&self, options: &Options) -> Told {
        let documents = Documents::parse(&self.files()).unwrap();
        let import = Import::plan(&documents, options, &|_| None).unwrap();
        assert!(import.translated().all(|event| event.is_ok_and(|event| event.findings.is_empty())), "an event with something odd");
        Told { events: import.events().collect(), notes: import.notes().to_vec() }
    }

    /// Why nothing can be told.
    pub fn refusal(&self) -> String {
        let documents = Documents::parse(&self.files());
        let refused = documents.and_then(|documents| Import::plan(&documents, &Options::default(), &|_| None).map(|_| ()));
        refused.err().map(|error| error.to_string()).unwrap_or_default()
    }
}

/// The one event of a job of this kind.
pub fn event<'e>(told: &'e Told, kind: &str, job: &str) -> &'e Value {
    let mut found = told.events.iter().filter(|event| event["job"]["name"] == job && event["eventType"] == kind);
    let event = found.next().unwrap_or_else(|| panic!("no {kind} of {job}"));
    assert!(found.next().is_none(), "two {kind} of {job}");
    event
}

/// `namespace name` of datasets, without a namespace that is the project's.
pub fn names(datasets: &Value) -> Vec<String> {
    let name = |dataset: &Value| match dataset["namespace"].as_str().unwrap() {
        "duckdb://jaffle.duckdb" => dataset["name"].as_str().unwrap().to_owned(),
        other => format!("{other} {}", dataset["name"].as_str().unwrap()),
    };
    datasets.as_array().into_iter().flatten().map(name).collect()
}
