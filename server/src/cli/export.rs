//! `headwater export`: asks a running server for lineage as a file. Nothing is left where `--output` says when the
//! answer breaks off.

use super::Failure;
use clap::{Args, ValueEnum};
use schema::id;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What `export` takes. The words are those of GraphQL's `lineage`.
#[derive(Args)]
#[command(after_help = "\
Without a start the whole graph is written.

  headwater export --format csv --output lineage.csv
  headwater export --format mermaid --dataset postgres://db:5432 shop.public.orders --direction downstream --depth 2
  headwater export --format ndjson --granularity column --column postgres://db:5432 shop.public.orders amount")]
pub(super) struct Export {
    /// What to write: csv is one table, ndjson a JSON object a line, dot is for Graphviz, mermaid for Markdown
    #[arg(long, value_enum)]
    format: FormatName,
    /// Start at this dataset; may be given several times
    #[arg(long, num_args = 2, value_names = ["NAMESPACE", "NAME"], action = clap::ArgAction::Append)]
    dataset: Vec<String>,
    /// Start at this job
    #[arg(long, num_args = 2, value_names = ["NAMESPACE", "NAME"], action = clap::ArgAction::Append)]
    job: Vec<String>,
    /// Start at this column; takes --granularity column
    #[arg(long, num_args = 3, value_names = ["NAMESPACE", "DATASET", "COLUMN"], action = clap::ArgAction::Append)]
    column: Vec<String>,
    /// Start at what this run read and wrote
    #[arg(long, value_name = "ID")]
    run: Vec<String>,
    /// Start at every dataset of this namespace
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Vec<String>,
    /// Which way: upstream, downstream or both
    #[arg(long, value_name = "WAY", default_value = "both")]
    direction: String,
    /// Dataset steps to go; all the way when left out
    #[arg(long, value_name = "STEPS")]
    depth: Option<u32>,
    /// What nodes are: dataset, column or job
    #[arg(long, value_name = "WHAT", default_value = "dataset")]
    granularity: String,
    /// Lineage as it was at a moment of event time, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
    /// Lineage that held at some moment of a window: two moments with a slash between
    #[arg(long, value_name = "FROM/TO", conflicts_with = "as_of")]
    window: Option<String>,
    /// With what the server had been told by a moment
    #[arg(long, value_name = "MOMENT")]
    known_at: Option<String>,
    /// Only over edges at least that sure: column_proven, table_level, inferred or assumed
    #[arg(long, value_name = "LEVEL")]
    min_confidence: Option<String>,
    /// Leave out the jobs between datasets
    #[arg(long)]
    datasets_only: bool,
    /// Show temporary datasets instead of going through them
    #[arg(long)]
    temporary: bool,
    /// Leave out column lineage that was inferred from SQL
    #[arg(long)]
    stated_only: bool,
    /// Of csv: which table, edges or nodes
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Of csv: put an apostrophe before cells that a spreadsheet would compute
    #[arg(long)]
    spreadsheet: bool,
    /// File to write; standard output when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Server to ask
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5000", env = "HEADWATER_URL")]
    url: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Ndjson,
    Dot,
    Mermaid,
}

impl Export {
    pub(super) fn run(self) -> Result<(), Failure> {
        let url = format!("{}/api/v1/lineage/export", self.url.trim_end_matches('/'));
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let asked = self.parameters().into_iter().fold(agent.get(&url), |request, (name, value)| request.query(name, value)).call();
        let mut response = asked.map_err(|e| Failure::Said(format!("cannot reach {}: {e}", self.url)))?;
        if response.status() != 200 {
            let text = response.body_mut().read_to_string().unwrap_or_default();
            return Err(Failure::Said(refusal(response.status().as_u16(), &text)));
        }
        let said = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("?").to_owned();
        let [nodes, edges, version] = ["x-headwater-nodes", "x-headwater-edges", "x-headwater-graph-version"].map(said);
        let body = response.into_body().into_reader();
        match &self.output {
            None => copy(body, io::stdout().lock()).map_err(|e| broken(&e)),
            Some(path) => {
                whole(body, path)?;
                eprintln!("{}: {nodes} nodes and {edges} edges, graph version {version}", path.display());
                Ok(())
            }
        }
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let format = self.format.to_possible_value().map_or_else(String::new, |format| format.get_name().to_owned());
        let mut parameters = vec![("format", format), ("direction", self.direction.clone()), ("granularity", self.granularity.clone())];
        parameters.extend(self.dataset.chunks_exact(2).map(|names| ("dataset", reference(names, id::dataset))));
        parameters.extend(self.job.chunks_exact(2).map(|names| ("job", reference(names, id::job))));
        let column = |names: &[String]| ("column", format!("{}|{}", dataset_of_column(names), names[2]));
        parameters.extend(self.column.chunks_exact(3).map(column));
        parameters.extend(self.run.iter().map(|run| ("run", run.clone())));
        parameters.extend(self.namespace.iter().map(|namespace| ("namespace", namespace.clone())));
        let texts = [
            ("maxDepth", self.depth.map(|depth| depth.to_string())),
            ("asOf", self.as_of.clone()),
            ("window", self.window.clone()),
            ("knownAt", self.known_at.clone()),
            ("minConfidence", self.min_confidence.clone()),
            ("table", self.table.clone()),
            ("jobs", self.datasets_only.then(|| "false".into())),
            ("temporary", self.temporary.then(|| "true".into())),
            ("inferred", self.stated_only.then(|| "false".into())),
            ("spreadsheet", self.spreadsheet.then(|| "true".into())),
        ];
        parameters.extend(texts.into_iter().filter_map(|(name, value)| Some((name, value?))));
        parameters
    }
}

/// By name, so that the server can say which is not known; by id where a name could be split at the wrong place.
fn reference(names: &[String], derive: fn(&str, &str) -> Uuid) -> String {
    let (namespace, name) = (&names[0], &names[1]);
    if namespace.contains('|') { derive(namespace, name).to_string() } else { format!("{namespace}|{name}") }
}

fn dataset_of_column(names: &[String]) -> String {
    let is_plain = !names[0].contains('|') && !names[1].contains('|');
    if is_plain { format!("{}|{}", names[0], names[1]) } else { id::dataset(&names[0], &names[1]).to_string() }
}

/// The sentence of a problem, or what came instead of one.
fn refusal(status: u16, body: &str) -> String {
    let problem: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    problem["detail"].as_str().map_or_else(|| format!("the server answers {status}: {body}"), str::to_owned)
}

/// Writes beside the file first, so that there is the whole or nothing.
fn whole(body: impl Read, path: &Path) -> Result<(), Failure> {
    let cannot = |e: &io::Error| Failure::Said(format!("cannot write {}: {e}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new().prefix(".headwater-export-").tempfile_in(folder).map_err(|e| cannot(&e))?;
    copy(body, BufWriter::new(part.as_file())).map_err(|e| broken(&e))?;
    // A temporary file is for its owner alone; this one is as the person's other files.
    let as_others = File::options().create(true).append(true).open(path).and_then(|file| file.metadata());
    let permissions = as_others.map_err(|e| cannot(&e))?.permissions();
    part.as_file().set_permissions(permissions).map_err(|e| cannot(&e))?;
    part.persist(path).map(drop).map_err(|e| cannot(&e.error))
}

fn copy(mut body: impl Read, mut to: impl Write) -> io::Result<()> {
    io::copy(&mut body, &mut to)?;
    to.flush()
}

fn broken(e: &io::Error) -> Failure {
    // Whoever reads from us has enough: `headwater export … | head`.
    if e.kind() == io::ErrorKind::BrokenPipe {
        return Failure::Silent;
    }
    Failure::Said(format!("the export broke off, what was written is not whole: {e}"))
}
