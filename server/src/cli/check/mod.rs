//! `headwater check`: what a change of schemas breaks, before it is made. For people at a terminal and for
//! CI: one call to a server, an answer in the form that the place reads, an exit code by policy.

mod input;
mod junit;
mod markdown;
mod sarif;
mod text;

use super::Failure;
use super::dbt::ProfileArgs;
use crate::check::wire::{Answer, Request};
use crate::impact::Verdict;
use clap::{Args, ValueEnum};
use input::{Sources, read};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Pause between two requests to a server that is catching up.
const AGAIN: Duration = Duration::from_secs(1);

/// The form of the answer.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// The server's answer as it is.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML: each change is a test.
    Junit,
}

/// From which verdict on the exit code is 1.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
enum FailOn {
    /// Something breaks.
    Breaks,
    /// Something breaks or is risky.
    Risky,
    /// Anything is not proven safe.
    Unknown,
    /// Whatever happens.
    Never,
}

impl FailOn {
    fn fails(self, verdict: Verdict) -> bool {
        match self {
            Self::Breaks => verdict >= Verdict::Breaks,
            Self::Risky => verdict >= Verdict::Risky,
            Self::Unknown => verdict >= Verdict::Unknown,
            Self::Never => false,
        }
    }
}

/// What `check` takes.
#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Check {
    /// Proposed schemas: .json (datasets with fields), .sql (CREATE, ALTER, DROP TABLE), .yaml (a data contract,
    /// ODCS), or dbt's target folder or manifest.json
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The server that knows what is downstream
    #[arg(long, value_name = "URL", env = "HEADWATER_URL", default_value = "http://127.0.0.1:5000")]
    url: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 from this verdict on
    #[arg(long, value_enum, ignore_case = true, default_value = "BREAKS")]
    fail_on: FailOn,
    /// Write the answer into a file instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// List at most so many affected things of each change, the worst first; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    list: usize,
    /// Lineage that was inferred from SQL counts like what tools say: it may prove BREAKS and SAFE
    #[arg(long)]
    trust_inferred: bool,
    /// Column lineage counts as complete also when it names no filter or join, or not every column
    #[arg(long)]
    assume_complete: bool,
    /// How long to wait for a server that is starting, busy or still catching up with its event log; it is asked again
    /// every second
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=86_400))]
    wait: u32,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    dbt: ProfileArgs,
}

const HELP: &str = "\
Verdicts, the worst first:
  BREAKS   its next run fails, or its value can no longer be made
  RISKY    it goes on with old, late or other values; or it breaks if inferred lineage is right
  UNKNOWN  it reads what changes, and how is not known
  SAFE     column lineage that is complete does not lead there

Exit codes: 0 fine; 1 --fail-on is reached; 2 nothing could be checked (usage, files, connection, no dataset known), or the
server is catching up with its event log, so that no verdict is final: run it again, or give --wait.
docs/CHECK.md has the rules and examples for CI.";

/// A report and what it was made of.
struct Report<'a> {
    answer: &'a Answer,
    fail_on: FailOn,
    notes: &'a [String],
    origins: &'a input::Origins,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let read = read(&self.paths, &self.sources, &self.dbt).map_err(Failure::Usage)?;
        let request = Request {
            datasets: read.datasets,
            trust_inferred: self.trust_inferred,
            assume_complete: self.assume_complete,
            limit: self.list,
            partial: true,
        };
        let answer = self.settled(&request).map_err(Failure::Usage)?;
        let report = Report { answer: &answer, fail_on: self.fail_on, notes: &read.notes, origins: &read.origins };
        let text = match self.format {
            Format::Text => text::text(&report),
            Format::Markdown => markdown::markdown(&report),
            Format::Json => serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n",
            Format::Sarif => sarif::sarif(&report),
            Format::Junit => junit::junit(&report),
        };
        match &self.output {
            Some(path) => std::fs::write(path, text).map_err(|e| Failure::Usage(format!("cannot write {}: {e}", path.display())))?,
            None => _ = write!(std::io::stdout(), "{text}"),
        }
        if self.format != Format::Text && self.format != Format::Markdown {
            read.notes.iter().for_each(|note| eprintln!("headwater: {note}"));
        }
        // Before any verdict: what breaks may not be known yet, and what is known to break may be over.
        if !answer.complete {
            let why = answer.truncated_because.as_deref().unwrap_or("the server does not say why");
            return Err(Failure::Usage(format!("the check is not complete, run it again: {why}")));
        }
        if !request.datasets.is_empty()
            && answer.unknown.len() >= request.datasets.len()
            && answer.changes.is_empty()
            && self.fail_on != FailOn::Never
        {
            let why = "none of the proposed datasets could be compared: is their namespace right (--namespace, --map, --prefix)?";
            return Err(Failure::Usage(why.into()));
        }
        if self.fail_on.fails(answer.verdict) { Err(Failure::Silent) } else { Ok(()) }
    }
}

impl Check {
    /// Repeats the request until the answer is complete or `--wait` has passed.
    fn settled(&self, request: &Request) -> Result<Answer, String> {
        let (begun, most) = (Instant::now(), Duration::from_secs(self.wait.into()));
        loop {
            let answer = ask(&self.url, request);
            let is_final = match &answer {
                Ok(answer) => answer.complete,
                Err(unanswered) => !unanswered.may_pass,
            };
            let left = most.saturating_sub(begun.elapsed());
            if is_final || left.is_zero() {
                return answer.map_err(|unanswered| unanswered.why);
            }
            std::thread::sleep(AGAIN.min(left));
        }
    }
}

/// Why there is no answer.
struct Unanswered {
    why: String,
    /// True when the same request may succeed later: the server is not there yet, or is busy.
    may_pass: bool,
}

impl From<String> for Unanswered {
    fn from(why: String) -> Self {
        Self { why, may_pass: false }
    }
}

fn ask(url: &str, request: &Request) -> Result<Answer, Unanswered> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(120))).build().into();
    let url = format!("{}/api/v1/check", url.trim_end_matches('/'));
    let body = serde_json::to_vec(request).map_err(|e| format!("cannot write the proposal: {e}"))?;
    let sent = agent.post(&url).content_type("application/json").send(&body[..]);
    let mut response = sent.map_err(|e| Unanswered { why: format!("cannot reach {url}: {e}"), may_pass: true })?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(1 << 30).read_to_string().map_err(|e| format!("{url} broke off: {e}"))?;
    if status != 200 {
        let detail = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|problem| Some(problem["detail"].as_str()?.to_owned()));
        return Err(Unanswered { why: format!("{url} answers {status}: {}", detail.unwrap_or(text)), may_pass: status == 503 });
    }
    Ok(serde_json::from_str(&text).map_err(|e| format!("{url} answers something else than a check: {e}"))?)
}

/// A verdict as it is written.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Breaks => "BREAKS",
        Verdict::Risky => "RISKY",
        Verdict::Unknown => "UNKNOWN",
        Verdict::Safe => "SAFE",
    }
}
