//! The files that dbt writes: which there are, whether they are what they should be, of which version.
//! What is in them is for others.

use schema::json::{Json, JsonError};

/// What to look for in a target folder, in the order of the first members of [`Files`].
pub const ARTIFACTS: [&str; 4] = ["manifest.json", "run_results.json", "catalog.json", "sources.json"];
/// The project's own settings, beside the target folder.
pub const PROJECT: &str = "dbt_project.yml";
/// How to reach the warehouse.
pub const PROFILES: &str = "profiles.yml";
/// The largest file that is read, in bytes. The largest manifests that people speak of have 200 MB.
pub const MAX_BYTES: u64 = 512 << 20;
/// The largest settings file that is read, in bytes.
pub const MAX_SETTINGS_BYTES: u64 = 1 << 20;

/// Name in the schema's address, oldest version that is read, newest version that is known.
const KINDS: [(&str, u32, u32); 4] = [("manifest", 4, 12), ("run-results", 4, 6), ("catalog", 1, 1), ("sources", 2, 3)];

/// The bytes of the files of one target folder.
#[derive(Clone, Copy, Default)]
pub struct Files<'a> {
    /// `manifest.json`: the project as dbt understood it.
    pub manifest: &'a [u8],
    /// `run_results.json`: what the last command did.
    pub run_results: Option<&'a [u8]>,
    /// `catalog.json`: columns and types as the warehouse has them.
    pub catalog: Option<&'a [u8]>,
    /// `sources.json`: how fresh the sources were.
    pub sources: Option<&'a [u8]>,
    /// `dbt_project.yml`.
    pub project: Option<&'a [u8]>,
    /// `profiles.yml`.
    pub profiles: Option<&'a [u8]>,
}

/// Why nothing can be made of a folder.
#[derive(Debug, thiserror::Error)]
pub enum DbtError {
    /// Cut off, or something else altogether.
    #[error("{file} is not JSON: {error}")]
    NotJson {
        /// Its name.
        file: &'static str,
        /// What is wrong, and where.
        error: JsonError,
    },
    /// JSON, but dbt did not write it.
    #[error("{file} is not a dbt artifact: metadata.dbt_schema_version does not name a schema of dbt's")]
    NotDbt {
        /// Its name.
        file: &'static str,
    },
    /// An artifact under the name of another.
    #[error("{file} holds dbt's {found}, not its {expected}")]
    Other {
        /// Its name.
        file: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Without a time, nothing can be told of.
    #[error("{file} does not say when it was written: metadata.generated_at is missing or no time")]
    NoTime {
        /// Its name.
        file: &'static str,
    },
    /// From before dbt 1.0.
    #[error("{file} has version {version}; version {oldest} and newer are read (dbt 1.0 and newer). Run dbt again with a newer release")]
    TooOld {
        /// Its name.
        file: &'static str,
        /// Its version.
        version: u32,
        /// The oldest that is read.
        oldest: u32,
    },
}

/// The parsed artifacts of one target folder.
pub struct Documents<'a> {
    pub(super) manifest: Json<'a>,
    pub(super) run_results: Option<Json<'a>>,
    pub(super) catalog: Option<Json<'a>>,
    pub(super) sources: Option<Json<'a>>,
    pub(super) project: Option<&'a [u8]>,
    pub(super) profiles: Option<&'a [u8]>,
    pub(super) notes: Vec<String>,
}

impl<'a> Documents<'a> {
    /// Parses what is there. A file that is there and broken is an error, not a missing file: to leave it
    /// out would tell something else than what happened.
    pub fn parse(files: &Files<'a>) -> Result<Self, DbtError> {
        let mut notes = Vec::new();
        let mut read = |kind: usize, bytes: Option<&'a [u8]>| bytes.map(|bytes| parse(kind, bytes, &mut notes)).transpose();
        let manifest = read(0, Some(files.manifest))?.unwrap_or(Json::Null);
        let (run_results, catalog, sources) = (read(1, files.run_results)?, read(2, files.catalog)?, read(3, files.sources)?);
        Ok(Self { manifest, run_results, catalog, sources, project: files.project, profiles: files.profiles, notes })
    }
}

fn parse<'a>(kind: usize, bytes: &'a [u8], notes: &mut Vec<String>) -> Result<Json<'a>, DbtError> {
    let (file, (expected, oldest, newest)) = (ARTIFACTS[kind], KINDS[kind]);
    let json = Json::parse(bytes).map_err(|error| DbtError::NotJson { file, error })?;
    let address = json.get("metadata").and_then(|metadata| metadata.get("dbt_schema_version")).and_then(Json::as_str);
    let (found, version) = address.and_then(version).ok_or(DbtError::NotDbt { file })?;
    if found != expected {
        return Err(DbtError::Other { file, found: found.to_owned(), expected });
    }
    if version < oldest {
        return Err(DbtError::TooOld { file, version, oldest });
    }
    if version > newest {
        notes.push(format!("{file} has version {version}, newer than the newest known one ({newest}); it was read as if it were that"));
    }
    Ok(json)
}

/// `https://schemas.getdbt.com/dbt/manifest/v12.json` is a manifest of version 12.
fn version(address: &str) -> Option<(&str, u32)> {
    let mut parts = address.rsplit('/');
    let version = parts.next()?.strip_prefix('v')?.strip_suffix(".json")?.parse().ok()?;
    Some((parts.next()?, version))
}

/// Whether a file that begins like this is dbt's manifest.
pub fn is_manifest(beginning: &[u8]) -> bool {
    let address = b"schemas.getdbt.com/dbt/manifest/";
    beginning.windows(address.len()).any(|window| window == address)
}
