//! Files to proposals: which reader reads what, and in which namespace names stand.

use crate::check::wire::{Edit, Field, Proposed};
use crate::cli::Failure;
use crate::cli::dbt::{ENVIRONMENT, ProfileArgs, Target};
use clap::{Args, ValueEnum};
use ingest_adapters::dbt::{Documents, Import, is_manifest};
use ingest_adapters::proposal::{self, Column, Proposal, Proposals};
use ingest_adapters::sql::dialect_of;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Datasets with fields, as in OpenLineage events.
    Json,
    /// SQL: CREATE TABLE, ALTER TABLE, DROP TABLE.
    Ddl,
    /// dbt's target folder.
    Dbt,
    /// A data contract of the Open Data Contract Standard.
    Odcs,
}

/// How proposals are read.
#[derive(Args)]
pub(super) struct Sources {
    /// What the files are [default: by their names]
    #[arg(long, value_enum)]
    input: Option<Kind>,
    /// Namespace of tables that do not say one, such as postgres://host:5432; of dbt's instead of the profile's
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Option<String>,
    /// Put this before names that do not begin with it, such as `shop.public.`
    #[arg(long, value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Read a namespace as another, such as dev's as production's; may be repeated
    #[arg(long, value_name = "FROM=TO")]
    map: Vec<String>,
    /// A column of SQL, JSON or a contract that gets another name; may be repeated
    #[arg(long, value_name = "DATASET.COLUMN=NEW")]
    rename: Vec<String>,
    /// SQL dialect of .sql files: postgres, snowflake, bigquery, … [default: that of --namespace]
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
}

/// The file that proposes a dataset, and its text.
pub(super) struct Origin {
    /// As it was given.
    pub path: String,
    text: String,
}

/// Files by dataset: namespace and name.
#[derive(Default)]
pub(super) struct Origins {
    files: Vec<Origin>,
    by_name: HashMap<(String, String), usize>,
}

impl Origins {
    /// The file of a dataset, and the line that names the column after it; else that of the dataset, else the first.
    pub fn find(&self, namespace: &str, name: &str, column: Option<&str>) -> Option<(&str, usize)> {
        let file = &self.files[*self.by_name.get(&(namespace.to_owned(), name.to_owned()))?];
        let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
        let find = |word: &str, from: usize| file.text.lines().skip(from).position(|line| names(line, word)).map(|at| at + from);
        let table = find(&last(name), 0).unwrap_or(0);
        let line = column.and_then(|path| find(&last(path), table)).unwrap_or(table) + 1;
        Some((&file.path, line))
    }
}

/// True when a line has the word.
fn names(line: &str, word: &str) -> bool {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part.eq_ignore_ascii_case(word))
}

/// Everything that was read.
pub(super) struct Read {
    pub datasets: Vec<Proposed>,
    pub notes: Vec<String>,
    pub origins: Origins,
}

/// Reads every path.
pub(super) fn read(paths: &[PathBuf], sources: &Sources, dbt: &ProfileArgs) -> Result<Read, String> {
    let mut read = Read { datasets: Vec::new(), notes: Vec::new(), origins: Origins::default() };
    for path in paths {
        let (proposals, text) = one(path, sources, dbt).map_err(|why| format!("{}: {why}", path.display()))?;
        let shown = if path.is_dir() { path.join("manifest.json") } else { path.clone() }.display().to_string();
        read.notes.extend(proposals.notes.into_iter().map(|note| format!("{shown}: {note}")));
        read.origins.files.push(Origin { path: shown, text });
        for proposal in proposals.datasets {
            let proposed = placed(proposal, sources).map_err(|why| format!("{}: {why}", path.display()))?;
            let key = (proposed.namespace.clone(), proposed.name.clone());
            read.origins.by_name.insert(key, read.origins.files.len() - 1);
            read.datasets.push(proposed);
        }
    }
    for rename in &sources.rename {
        state(rename, &mut read.datasets)?;
    }
    Ok(read)
}

fn one(path: &Path, sources: &Sources, dbt: &ProfileArgs) -> Result<(Proposals, String), String> {
    if path.is_dir() || sources.input == Some(Kind::Dbt) {
        return target(path, sources, dbt);
    }
    let (mut file, data) = crate::file::open(path)?;
    let (size, mut bytes) = (data.len(), Vec::new());
    std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, MAX_BYTES + 1), &mut bytes)
        .map_err(|e| format!("cannot be read: {e}"))?;
    let name = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let kind = match (sources.input, name.as_str()) {
        (Some(kind), _) => kind,
        (None, "sql" | "ddl") => Kind::Ddl,
        (None, "yaml" | "yml") => Kind::Odcs,
        (None, "json") if is_manifest(&bytes[..bytes.len().min(4096)]) => return target(path, sources, dbt),
        (None, "json") => Kind::Json,
        _ => return Err("what it is does not follow from its name: --input says it (json, ddl, dbt, odcs)".into()),
    };
    if size > MAX_BYTES {
        return Err(format!("it has {size} bytes; at most {MAX_BYTES} are read"));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let dialect = sources.dialect.as_deref().or_else(|| dialect_of(sources.namespace.as_deref()?));
    let proposals = match kind {
        Kind::Json => proposal::json(&bytes),
        Kind::Ddl => proposal::ddl(&text, dialect),
        _ => proposal::odcs(&bytes),
    };
    Ok((proposals.map_err(|why| why.to_string())?, text))
}

fn target(path: &Path, sources: &Sources, dbt: &ProfileArgs) -> Result<(Proposals, String), String> {
    let said = |failure: Failure| match failure {
        Failure::Said(text) | Failure::Usage(text) => text,
        Failure::Silent => String::new(),
    };
    let target = Target::read(path, dbt).map_err(said)?;
    let documents = Documents::parse(&target.files()).map_err(|error| error.to_string())?;
    let import = Import::plan(&documents, &dbt.options(sources.namespace.clone()), ENVIRONMENT).map_err(|error| error.to_string())?;
    // Of the notes of an import only that on the namespace matters here: runs and tests are not told.
    let mut proposals = import.proposals();
    proposals.notes.splice(0..0, import.notes().iter().filter(|note| note.starts_with("the namespace")).cloned());
    Ok((proposals, String::new()))
}

/// In the namespace and under the name that the catalog knows it by.
fn placed(proposal: Proposal, sources: &Sources) -> Result<Proposed, String> {
    let Some(said) = proposal.namespace.as_deref().or(sources.namespace.as_deref()) else {
        return Err(format!("{} has no namespace: --namespace says it, such as postgres://host:5432", proposal.name));
    };
    let mut namespace = said.to_owned();
    for map in &sources.map {
        let (from, to) = map.split_once('=').ok_or_else(|| format!("--map {map} is not FROM=TO"))?;
        if from == said {
            namespace = to.to_owned();
        }
    }
    let prefix = &sources.prefix;
    let name = if proposal.name.starts_with(prefix.as_str()) { proposal.name } else { format!("{prefix}{}", proposal.name) };
    let field = |column: Column| Field { name: column.path, data_type: column.data_type };
    let edit = |edit: proposal::Edit| match edit {
        proposal::Edit::Add(column) => Edit::Add(field(column)),
        proposal::Edit::Drop(name) => Edit::Drop { name },
        proposal::Edit::Rename { from, to } => Edit::Rename { name: from, to },
        proposal::Edit::Retype(column) => Edit::Retype(field(column)),
    };
    Ok(Proposed {
        namespace,
        name,
        dropped: proposal.dropped,
        fields: proposal.columns.map(|columns| columns.into_iter().map(field).collect()),
        complete: proposal.complete,
        edits: proposal.edits.into_iter().map(edit).collect(),
    })
}

/// States a rename: a dataset is meant by its name or the end of it.
fn state(rename: &str, datasets: &mut [Proposed]) -> Result<(), String> {
    let wrong = || format!("--rename {rename} is not DATASET.COLUMN=NEW with a dataset of the files");
    let (old, to) = rename.split_once('=').ok_or_else(wrong)?;
    let (dataset, name) = old.rsplit_once('.').ok_or_else(wrong)?;
    let is_meant = |known: &str| known == dataset || known.ends_with(&format!(".{dataset}"));
    let found = datasets.iter_mut().find(|proposed| is_meant(&proposed.name)).ok_or_else(wrong)?;
    found.edits.push(Edit::Rename { name: name.to_owned(), to: to.to_owned() });
    Ok(())
}
