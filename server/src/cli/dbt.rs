//! dbt's target folders: finds and reads the files that the adapter asks for. What is in them, and what
//! it means, is the adapter's.

use super::Failure;
use clap::Args;
use ingest_adapters::dbt::{ARTIFACTS, Environment, Files, MAX_BYTES, MAX_SETTINGS_BYTES, Options, PROFILES, PROJECT, is_manifest};
use std::io::Read;
use std::path::{Path, PathBuf};

/// What `ingest` takes for dbt.
#[derive(Args)]
#[command(next_help_heading = "dbt (a target folder with manifest.json)")]
pub(super) struct DbtArgs {
    /// Namespace of the project's tables, such as postgres://host:5432 [default: as the profile says]
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Option<String>,
    #[command(flatten)]
    pub profile: ProfileArgs,
    /// Namespace of the project's jobs
    #[arg(long, value_name = "NAMESPACE", env = "OPENLINEAGE_NAMESPACE", hide_env_values = true, default_value = "dbt")]
    job_namespace: String,
    /// Name of the job that stands for the dbt command [default: dbt-run-PROJECT]
    #[arg(long, value_name = "NAME", env = "OPENLINEAGE_DBT_JOB_NAME", hide_env_values = true)]
    job_name: Option<String>,
}

/// How dbt reached the warehouse: the namespace of its tables follows from it.
#[derive(Args)]
#[command(next_help_heading = "dbt (a target folder with manifest.json)")]
pub(super) struct ProfileArgs {
    /// Folder of profiles.yml [default: the target folder, then the folder around it]
    #[arg(long, value_name = "DIR", env = "DBT_PROFILES_DIR", hide_env_values = true)]
    profiles_dir: Option<PathBuf>,
    /// Profile that dbt ran with, when its files do not say
    #[arg(long, value_name = "NAME", env = "DBT_PROFILE", hide_env_values = true)]
    profile: Option<String>,
    /// Target of the profile that dbt ran with, when its files do not say
    #[arg(long, value_name = "NAME", env = "DBT_TARGET", hide_env_values = true)]
    target: Option<String>,
}

impl DbtArgs {
    /// The same for the adapter.
    pub fn options(&self) -> Options {
        let options = self.profile.options(self.namespace.clone());
        Options { job_namespace: self.job_namespace.clone(), job_name: self.job_name.clone(), ..options }
    }
}

impl ProfileArgs {
    /// The same for the adapter, where jobs do not matter.
    pub fn options(&self, namespace: Option<String>) -> Options {
        Options { dataset_namespace: namespace, profile: self.profile.clone(), target: self.target.clone(), ..Options::default() }
    }
}

/// Variables of this process, for templates in profiles.yml.
pub(super) const ENVIRONMENT: Environment<'static> = &|name| std::env::var(name).ok();

/// A target folder in memory.
pub(super) struct Target {
    /// Where it is.
    pub folder: PathBuf,
    /// Bytes of its artifacts.
    pub size: u64,
    /// How many files were read.
    pub count: usize,
    artifacts: [Option<Vec<u8>>; 4],
    project: Option<Vec<u8>>,
    profiles: Option<Vec<u8>>,
}

impl Target {
    /// Reads what is there. `path` is the target folder, its manifest.json, or the project around it.
    pub fn read(path: &Path, arguments: &ProfileArgs) -> Result<Self, Failure> {
        let folder = folder(path)?;
        let around = folder.parent().map(Path::to_path_buf).unwrap_or_default();
        let mut artifacts: [Option<Vec<u8>>; 4] = Default::default();
        for (artifact, name) in artifacts.iter_mut().zip(ARTIFACTS) {
            *artifact = file(&folder.join(name), MAX_BYTES)?;
        }
        let profiles = match &arguments.profiles_dir {
            Some(dir) => {
                let path = dir.join(PROFILES);
                let found = file(&path, MAX_SETTINGS_BYTES)?;
                Some(found.ok_or_else(|| Failure::Said(format!("there is no {PROFILES} in {}", dir.display())))?)
            }
            None => beside(&[&folder, &around], PROFILES)?,
        };
        let project = beside(&[&around, &folder], PROJECT)?;
        let read = artifacts.iter().flatten();
        Ok(Self { size: read.clone().map(|bytes| bytes.len() as u64).sum(), count: read.count(), folder, artifacts, project, profiles })
    }

    /// The same for the adapter.
    pub fn files(&self) -> Files<'_> {
        let [manifest, run_results, catalog, sources] = &self.artifacts;
        Files {
            manifest: manifest.as_deref().unwrap_or_default(),
            run_results: run_results.as_deref(),
            catalog: catalog.as_deref(),
            sources: sources.as_deref(),
            project: self.project.as_deref(),
            profiles: self.profiles.as_deref(),
        }
    }
}

/// Whether dbt wrote this folder, by the beginning of its manifest.
pub(super) fn is_target(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let opened = crate::file::open(&path.join(ARTIFACTS[0]));
    let read = opened.is_ok_and(|(file, _)| file.take(4096).read_to_end(&mut beginning).is_ok());
    read && is_manifest(&beginning)
}

fn folder(path: &Path) -> Result<PathBuf, Failure> {
    let path = path.canonicalize().map_err(|e| Failure::Said(format!("cannot read {}: {e}", path.display())))?;
    let places = [path.clone(), path.join("target"), path.parent().map(Path::to_path_buf).unwrap_or_default()];
    let found = if path.is_dir() { places[..2].iter() } else { places[2..].iter() }.find(|folder| folder.join(ARTIFACTS[0]).is_file());
    found.cloned().ok_or_else(|| {
        Failure::Said(format!(
            "there is no {} in {}: dbt writes it into the target folder of a project, with every command (dbt build, dbt compile, …)",
            ARTIFACTS[0],
            path.display()
        ))
    })
}

fn beside(folders: &[&Path], name: &str) -> Result<Option<Vec<u8>>, Failure> {
    for folder in folders {
        if let Some(bytes) = file(&folder.join(name), MAX_SETTINGS_BYTES)? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The bytes of a file; `None` when it is not there.
fn file(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
    let unreadable = |e: std::io::Error| Failure::Said(format!("cannot read {}: {e}", path.display()));
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unreadable(e)),
        Ok(data) if data.len() > limit => {
            Err(Failure::Said(format!("{} has {} bytes; at most {limit} are read", path.display(), data.len())))
        }
        Ok(_) => {
            let (mut file, _) = crate::file::open(path).map_err(|why| Failure::Said(format!("{} {why}", path.display())))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(unreadable)?;
            Ok(Some(bytes))
        }
    }
}
