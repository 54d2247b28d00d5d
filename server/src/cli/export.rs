//! `headwater export`: asks a running server for lineage as a file. Nothing is left where `--output` says when the
//! answer breaks off.

use super::Failure;
use super::question::Question;
use crate::completeness::{Completeness, Settled};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// What `export` takes. The words are those of GraphQL's `lineage`.
#[derive(Args)]
#[command(after_help = "\
Without a start the whole graph is written. The exit code is 2 when the file is written but the server is catching up with its
event log, so that what is newer may be missing from it: export again.

  headwater export --format csv --output lineage.csv
  headwater export --format mermaid --dataset postgres://db:5432 shop.public.orders --direction downstream --depth 2
  headwater export --format ndjson --granularity column --column postgres://db:5432 shop.public.orders amount
  headwater export --format dot --tag pii --direction downstream --granularity namespace")]
pub(super) struct Export {
    /// What to write: csv is one table, ndjson a JSON object a line, dot is for Graphviz, mermaid for Markdown
    #[arg(long, value_enum)]
    format: FormatName,
    #[command(flatten)]
    question: Question,
    /// Of csv: which table, edges or nodes
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Of csv: put an apostrophe before cells that a spreadsheet would compute
    #[arg(long)]
    spreadsheet: bool,
    /// File to write; standard output when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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
        let response = self.question.ask("/api/v1/lineage/export", &self.parameters())?;
        let said = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("?").to_owned();
        let [nodes, edges, version] = ["x-headwater-nodes", "x-headwater-edges", "x-headwater-graph-version"].map(said);
        let behind = behind(response.headers());
        let body = response.into_body().into_reader();
        match &self.output {
            None => copy(body, io::stdout().lock()).map_err(|e| broken(&e))?,
            Some(path) => {
                whole(body, path)?;
                eprintln!("{}: {nodes} nodes and {edges} edges, graph version {version}", path.display());
            }
        }
        behind.map_or(Ok(()), |why| Err(Failure::Usage(why)))
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let format = self.format.to_possible_value().map_or_else(String::new, |format| format.get_name().to_owned());
        let texts = [("format", Some(format)), ("table", self.table.clone()), ("spreadsheet", self.spreadsheet.then(|| "true".into()))];
        texts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// That what was written may lack what is newer, when the server says so.
fn behind(headers: &ureq::http::HeaderMap) -> Option<String> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse().ok();
    let settled = Settled { acknowledged: number("x-headwater-acknowledged")?, holds: number("x-headwater-seq")? };
    Completeness::of(settled).sentence().map(|why| format!("the export is not complete: {why}"))
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
