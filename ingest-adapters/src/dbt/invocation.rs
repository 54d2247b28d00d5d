//! One dbt command: when it ran, what it was, and the run that stands for it.

use super::artifact::DbtError;
use super::facet::{self, Facets, standard};
use super::project::Project;
use schema::json::Json;
use schema::moment::Moment;
use serde_json::json;
use uuid::Uuid;

/// Root of the run ids; itself derived from a fixed text.
const ROOT: Uuid = Uuid::from_u128(0x6462_745f_6172_7469_6661_6374_735f_5f31);

/// Commands that run nodes. Others write `run_results.json` too (`compile`, `docs generate`) but only compile.
const RUNNING: [&str; 6] = ["run", "build", "seed", "snapshot", "test", "retry"];

/// A dbt command that ran.
pub(super) struct Invocation<'d> {
    /// dbt's id of it.
    pub id: String,
    /// Which command: `build`, `run`, …
    pub command: String,
    /// When it began.
    pub started: Moment,
    /// When it wrote the artifact.
    pub ended: Moment,
    /// What it did with each node, in the order of completion.
    pub results: &'d [Json<'d>],
    version: Option<String>,
    full_refresh: Option<bool>,
}

impl<'d> Invocation<'d> {
    /// Reads it from `run_results.json` or `sources.json`, here called `file`.
    pub fn read(document: &'d Json<'d>, file: &'static str, command: Option<&str>) -> Result<Self, DbtError> {
        let metadata = document.get("metadata").unwrap_or(&Json::Null);
        let ended = generated_at(document, file)?;
        let elapsed =
            document.text("elapsed_time").and_then(|text| text.parse::<f64>().ok()).filter(|seconds| (0.0..1e9).contains(seconds));
        let began = Moment(ended.0 - (elapsed.unwrap_or_default() * 1e6) as i64);
        let args = document.get("args");
        Ok(Self {
            id: metadata.text("invocation_id").unwrap_or_else(|| ended.to_string()),
            command: command.map(str::to_owned).or_else(|| args?.text("which")).unwrap_or_else(|| "run".to_owned()),
            started: metadata.text("invocation_started_at").and_then(|text| Moment::parse(&text)).unwrap_or(began),
            ended,
            results: document.get("results").and_then(Json::as_array).unwrap_or_default(),
            version: metadata.text("dbt_version"),
            full_refresh: args.and_then(|args| args.flag("full_refresh")),
        })
    }

    /// True when its results tell what was done, rather than what would be.
    pub fn ran(&self) -> bool {
        RUNNING.contains(&self.command.as_str())
    }

    /// The ending that dbt-ol gives to names of jobs: what was done, and whether by `dbt build`.
    pub fn ending(&self, what: &str) -> String {
        ending(&self.command, what)
    }

    /// The id of the command's run: dbt's own when it is a UUID, so that it can be found by it.
    pub fn run_id(&self) -> Uuid {
        schema::id::parse_uuid(&self.id).unwrap_or_else(|| self.run_id_of("", ""))
    }

    /// The id of the run of a node in this command, always the same one. `what` tells runs of one node apart.
    pub fn run_id_of(&self, node: &str, what: &str) -> Uuid {
        let mut bytes = Vec::new();
        for part in [self.id.as_str(), node, what] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        schema::id::named_by(ROOT, &bytes)
    }

    /// Facets of the command's own run.
    pub fn facets(&self, project: &Project<'_>) -> Facets {
        let mut facets = Facets::new();
        if let Some(version) = &self.version {
            facets.insert(
                "processing_engine".into(),
                standard("1-1-1/ProcessingEngineRunFacet", json!({ "name": "dbt", "version": version })),
            );
        }
        let told = json!({
            "invocation_id": self.id,
            "command": self.command,
            "project_name": project.name,
            "project_version": project.version,
            "profile_name": project.profile,
            "dbt_runtime": "core",
            "full_refresh": self.full_refresh,
        });
        facets.insert("dbt_run".into(), facet::dbt("dbt-run-run-facet", told));
        facets
    }

    /// Facets of the run of a node: the command is its parent.
    pub fn facets_of_child(&self, project: &Project<'_>) -> Facets {
        let mut facets = self.facets(project);
        let run = json!({ "runId": self.run_id() });
        let job = json!({ "namespace": project.job_namespace, "name": project.command_job });
        let parent = json!({ "run": run, "job": job, "root": { "run": run, "job": job } });
        facets.insert("parent".into(), standard("1-2-0/ParentRunFacet", parent));
        facets
    }
}

/// See [`Invocation::ending`].
pub(super) fn ending(command: &str, what: &str) -> String {
    match (command, what) {
        ("build", _) => format!(".build.{what}"),
        (_, "run") => String::new(),
        _ => format!(".{what}"),
    }
}

/// When an artifact was written.
pub(super) fn generated_at(document: &Json<'_>, file: &'static str) -> Result<Moment, DbtError> {
    let text = document.get("metadata").and_then(|metadata| metadata.text("generated_at"));
    text.and_then(|text| Moment::parse(&text)).ok_or(DbtError::NoTime { file })
}
