//! `headwater ingest`: files into a data directory or a running server, with a report at the end. Where
//! dbt keeps its files is for `dbt.rs`.

use super::dbt::{self, DbtArgs, Target};
use super::post::Post;
use super::{DataArgs, Failure, logging};
use crate::app::Running;
use crate::config::Limits;
use crate::file;
use crate::ingest::{Outcome, ingest};
use crate::log::LogError;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use ingest_adapters::Translated;
use ingest_adapters::dbt::{Documents, Import};
use ingest_adapters::openlineage::{self, Bounds};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Events handed in at once.
const CHUNK: usize = 500;

/// What `ingest` takes.
#[derive(Args)]
pub(super) struct Ingest {
    /// Files with OpenLineage events (JSON, a JSON array, or one event a line), or folders of them: .json, .ndjson, .jsonl;
    /// or target folders of dbt
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Events of OpenLineage or artifacts of dbt [default: dbt for a folder with dbt's manifest.json, else openlineage]
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
    /// Send to a running server instead of a data directory
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "config"])]
    url: Option<String>,
    /// End with an error when anything was quarantined
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    dbt: DbtArgs,
}

/// Formats that are read. Without help of their own, which would spread `--help` over two pages.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Openlineage,
    Dbt,
}

/// Where events go.
enum Sink {
    Here(Box<Running>),
    There(Post),
}

/// What became of everything.
#[derive(Default)]
struct Report {
    files: usize,
    accepted: u64,
    repeated: u64,
    quarantined: u64,
    reasons: BTreeMap<String, (u64, String)>,
    /// What was passed over or assumed, each once.
    notes: BTreeSet<String>,
}

impl Ingest {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (folders, paths): (Vec<PathBuf>, Vec<PathBuf>) = self.paths.iter().cloned().partition(|path| self.is_dbt(path));
        // Whatever cannot be read is said before anything is sent.
        let targets = folders.iter().map(|path| Target::read(path, &self.dbt.profile)).collect::<Result<Vec<_>, _>>()?;
        let documents = targets.iter().map(documents).collect::<Result<Vec<_>, _>>()?;
        let files = if paths.is_empty() { Vec::new() } else { files(&paths)? };
        let mut sink = match &self.url {
            Some(url) => Sink::There(Post::new(url)),
            None => Sink::Here(Box::new(Running::start(&self.data.config()?.0).await?)),
        };
        let bytes = files.iter().map(|(_, size)| *size).chain(targets.iter().map(|target| target.size)).sum();
        let bar = ProgressBar::new(bytes).with_style(
            ProgressStyle::with_template("{bar:30} {binary_bytes}/{binary_total_bytes}  {binary_bytes_per_sec}  {eta} left  {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let mut report = Report::default();
        for (path, _) in &files {
            bar.set_message(path.display().to_string());
            self.file(path, &mut sink, &mut report, &bar).await?;
            report.files += 1;
        }
        for (target, documents) in targets.iter().zip(&documents) {
            bar.set_message(target.folder.display().to_string());
            self.target(target, documents, &mut sink, &mut report).await?;
            bar.inc(target.size);
        }
        bar.finish_and_clear();
        if let Sink::Here(running) = sink {
            let head = *running.app().writer.head().borrow();
            logging::say("INFO", &format!("building the catalog up to entry {head}"));
            running.followed(head, Duration::from_secs(3600)).await;
            // A server has seconds to end and leaves the rest of search to its next start; here there is time.
            let app = running.app();
            app.indexer.hurry();
            app.progress.search_at(head, Duration::from_secs(600)).await;
            drop(app);
            running.stop(Duration::from_secs(600)).await;
        }
        report.print();
        if self.strict && report.quarantined > 0 { Err(Failure::Silent) } else { Ok(()) }
    }

    fn is_dbt(&self, path: &Path) -> bool {
        self.format.map_or_else(|| dbt::is_target(path), |format| format == Format::Dbt)
    }

    async fn target(&self, target: &Target, documents: &Documents<'_>, sink: &mut Sink, report: &mut Report) -> Result<(), Failure> {
        let import = Import::plan(documents, &self.dbt.options(), dbt::ENVIRONMENT).map_err(|e| unusable(target, &e))?;
        let mut events = import.translated().peekable();
        while events.peek().is_some() {
            sink.take(events.by_ref().take(CHUNK).collect(), &target.folder, report).await?;
        }
        report.files += target.count;
        // One folder needs no name.
        let of = if self.paths.len() > 1 { format!("{}: ", target.folder.display()) } else { String::new() };
        report.notes.extend(import.notes().iter().map(|note| format!("{of}{note}")));
        Ok(())
    }

    async fn file(&self, path: &Path, sink: &mut Sink, report: &mut Report, bar: &ProgressBar) -> Result<(), Failure> {
        let unreadable = |e: std::io::Error| Failure::Said(format!("cannot read {}: {e}", path.display()));
        let too_many = |e: openlineage::TooMany| Failure::Said(format!("{}: {e}", path.display()));
        let bounds = sink.bounds();
        let (file, _) = file::open(path).map_err(|why| Failure::Said(format!("{} {why}", path.display())))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).map_err(unreadable)?;
        if !openlineage::is_lines(&line) {
            std::io::Read::read_to_end(&mut reader, &mut line).map_err(unreadable)?;
            bar.inc(line.len() as u64);
            // An empty file holds no event, not a broken one.
            let events = if line.trim_ascii().is_empty() { Ok(Vec::new()) } else { openlineage::document(&line, &bounds) };
            drop(line);
            let mut events = events.map_err(too_many)?.into_iter().peekable();
            while events.peek().is_some() {
                sink.take(events.by_ref().take(CHUNK).collect(), path, report).await?;
            }
            return Ok(());
        }
        let mut waiting = Vec::new();
        while !line.is_empty() {
            bar.inc(line.len() as u64);
            waiting.extend(openlineage::lines(&line, &bounds).map_err(too_many)?);
            if waiting.len() >= CHUNK {
                sink.take(std::mem::take(&mut waiting), path, report).await?;
            }
            line.clear();
            reader.read_until(b'\n', &mut line).map_err(unreadable)?;
        }
        sink.take(waiting, path, report).await
    }
}

fn documents(target: &Target) -> Result<Documents<'_>, Failure> {
    Documents::parse(&target.files()).map_err(|e| unusable(target, &e))
}

fn unusable(target: &Target, error: &ingest_adapters::dbt::DbtError) -> Failure {
    Failure::Said(format!("{}: {error}", target.folder.display()))
}

impl Sink {
    /// What one event may have; of a file any number is taken.
    fn bounds(&self) -> Bounds {
        let event = match self {
            Self::Here(running) => running.app().limits.event(),
            Self::There(_) => Limits::default().event(),
        };
        Bounds { events: usize::MAX, event }
    }

    async fn take(&mut self, events: Translated, path: &Path, report: &mut Report) -> Result<(), Failure> {
        if events.is_empty() {
            return Ok(());
        }
        let outcomes = match self {
            Self::There(post) => post.send(events)?,
            Self::Here(running) => {
                let app = running.app();
                let submitted = ingest(&app, events).await;
                let outcomes = submitted.map_err(|e: LogError| Failure::Said(format!("{e}; nothing after {} was read", path.display())))?;
                let head = *app.writer.head().borrow();
                // The projections set the pace here: there is no client to send away.
                running.followed(head.saturating_sub(app.limits.projection_lag / 2), Duration::from_secs(600)).await;
                outcomes
            }
        };
        report.count(&outcomes, path);
        Ok(())
    }
}

impl Report {
    fn count(&mut self, outcomes: &[Outcome], path: &Path) {
        for outcome in outcomes {
            match outcome {
                Outcome::Accepted(_) => self.accepted += 1,
                Outcome::Repeated(_) => self.repeated += 1,
                Outcome::Quarantined(rejection) => {
                    self.quarantined += 1;
                    let reason = if rejection.pointer.is_empty() {
                        rejection.reason.clone()
                    } else {
                        format!("{} at {}", rejection.reason, rejection.pointer)
                    };
                    self.reasons.entry(reason).or_insert((0, path.display().to_string())).0 += 1;
                }
            }
        }
    }

    fn print(&self) {
        out!("{} files: {} accepted, {} repeated, {} quarantined", self.files, self.accepted, self.repeated, self.quarantined);
        for (reason, (count, path)) in &self.reasons {
            out!("  {count} × {reason} (first in {path})");
        }
        for note in &self.notes {
            out!("  note: {note}");
        }
    }
}

/// Files with their sizes, folders walked in order of name.
fn files(paths: &[PathBuf]) -> Result<Vec<(PathBuf, u64)>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let data = std::fs::metadata(path).map_err(|e| Failure::Said(format!("cannot read {}: {e}", path.display())))?;
        if data.is_dir() {
            walk(path, &mut found).map_err(|e| Failure::Said(format!("cannot read {}: {e}", path.display())))?;
        } else {
            found.push((path.clone(), data.len()));
        }
    }
    // Whatever cannot be read is said before a data folder is made.
    for (path, _) in &found {
        file::open(path).map_err(|why| Failure::Said(format!("{} {why}", path.display())))?;
    }
    if found.is_empty() {
        return Err(Failure::Said("no .json, .ndjson or .jsonl files there".into()));
    }
    Ok(found)
}

fn walk(dir: &Path, found: &mut Vec<(PathBuf, u64)>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, data) = (entry.path(), entry.metadata()?);
        if data.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "json" || e == "ndjson" || e == "jsonl") {
            found.push((path, data.len()));
        }
    }
    Ok(())
}
