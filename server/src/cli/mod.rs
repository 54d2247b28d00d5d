//! The command line: what there is to say, and where each command goes.

/// A line for whoever reads standard output. That nobody reads it any more, as behind `| head`, is no failure.
macro_rules! out {
    ($($said:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($said)*);
    }};
}

mod check;
mod dbt;
mod demo;
mod export;
mod ingest;
mod lineage;
mod listen;
mod logging;
mod naming;
mod post;
mod question;
mod rebuild;
mod serve;
mod verify;

use crate::app::StartError;
use crate::config::{self, Config, DEFAULT_LISTEN, File};
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A lineage and data catalog server: pipelines post OpenLineage events to it, people and programs ask it where data
/// comes from and what depends on it.
#[derive(Parser)]
#[command(name = "headwater", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: logging::LogArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the catalog: events in, web page and GraphQL out.
    Serve(serve::Serve),
    /// Serve an invented company's catalog, to look around. Nothing is kept.
    Demo(demo::Demo),
    /// Read OpenLineage events or dbt artifacts into a data directory or a running server.
    Ingest(ingest::Ingest),
    /// Show where data comes from and what depends on it, asking a running server.
    Lineage(lineage::Lineage),
    /// Write lineage as CSV, NDJSON, DOT or Mermaid: of anything or of everything, from a running server.
    Export(export::Export),
    /// Say what a change of schemas breaks, before it is made: for CI.
    Check(check::Check),
    /// Check that the event log is intact and that the projections equal a fresh rebuild.
    Verify(verify::Verify),
    /// Build the projections (catalog, graph, search) anew from the event log and put them in the place of the old ones.
    Rebuild(rebuild::Rebuild),
    /// Naming rules: which datasets are one under another name. Try rules, check them, find where they are missing.
    #[command(subcommand)]
    Naming(naming::Naming),
    /// Print the GraphQL schema.
    Schema,
    /// Print what is done with every facet of OpenLineage, as the table of docs/OPENLINEAGE.md.
    Coverage,
}

/// Where the data is.
#[derive(Args)]
struct DataArgs {
    /// Folder of the event log and its projections; made if it is not there [default: headwater-data]
    #[arg(long, value_name = "DIR", env = "HEADWATER_DATA")]
    data: Option<PathBuf>,
    /// Settings file (TOML), see below; flags and environment win over it
    #[arg(long, value_name = "FILE", env = "HEADWATER_CONFIG")]
    config: Option<PathBuf>,
    /// Naming rules (TOML): under which other names datasets are known; `headwater naming example` prints a file
    #[arg(long, value_name = "FILE", env = "HEADWATER_NAMING_RULES")]
    naming_rules: Option<PathBuf>,
    /// Go on although the event log lost entries that were acknowledged; what is known of them is set aside
    #[arg(long, env = "HEADWATER_ACCEPT_LOSS")]
    accept_loss: bool,
}

/// What the settings file holds, for `--help`. A test keeps it true.
const SETTINGS_HELP: &str = "\
Settings file (every key may be left out; these are the defaults):
  data = \"headwater-data\"
  listen = \"127.0.0.1:5000\"
  allow_public = false
  accept_loss = false        # start although the event log lost entries that were acknowledged
  # naming = \"naming.toml\"   # a file of naming rules beside this one; see headwater naming --help
  [limits]
  event_bytes = 8388608      # one event, after decompression
  batch_bytes = 67108864     # one request, after decompression
  batch_events = 50000       # events of one request
  event_values = 1000000     # JSON values in one event
  bodies_bytes = 268435456   # all bodies under way at a time, before one is answered 503
  projection_lag = 50000     # acknowledged events not yet in the catalog, before intake answers 503
  quarantine_bytes = 268435456   # refused bodies that are kept, compressed
  read_wait_ms = 250         # how long a read waits for what was acknowledged before it
  answer_items = 100000      # nodes or edges that one lineage answer lists
  answer_bytes = 67108864    # one answer, as far as it holds names and what events said
  answers_bytes = 402653184  # memory that large answers may take together
  query_fields = 5000        # fields of a GraphQL query, fragments spread
  query_roots = 100          # fields of its root
  query_tokens = 20000       # names, strings, numbers and marks of its text
  query_seconds = 30         # how long a GraphQL request may take
  exports = 4                # lineage exports that may go on at a time
  connections = 256          # clients that may follow over WebSocket at a time
  sockets = 10000            # connections at a time, never more than there are descriptors for
  subscriptions = 32         # subscriptions that one of them may have
  followed_items = 1000000   # nodes and edges of the answers that are followed, together
  head_seconds = 10          # how long the head of a request may take
  body_seconds = 30          # how long its body may take
  idle_seconds = 75          # how long a connection may wait for its next request
  silent_run_seconds = 86400 # without an event for so long, a run counts as never ending
  [redact]                   # credentials in events, before they are stored: docs/SECURITY.md
  userinfo = true            # user and password in URLs; in namespaces and names they are removed
  keys = true                # values of keys such as password, token, AWS_SECRET_ACCESS_KEY, apiKey
  text = true                # password=…, ?sig=…, PASSWORD '…' in connection strings, SQL, …
  tokens = true              # tokens known by their shape: AWS, GitHub, Slack, …; private keys
  more_keys = []             # further keys, * for anything: [\"*_pin\", \"internal_code\"]

HEADWATER_LOG chooses what is logged to standard error: warn, server=debug (a line a request), sqlx=debug (statements), …
--log-format json (HEADWATER_LOG_FORMAT) makes each line an object.";

const DEFAULT_DATA: &str = "headwater-data";

impl DataArgs {
    fn config(&self) -> Result<(Config, File), Failure> {
        let file = self.config.as_deref().map_or_else(|| Ok(File::default()), File::read).map_err(Failure::Said)?;
        let data = self.data.clone().or_else(|| file.data.clone()).unwrap_or_else(|| DEFAULT_DATA.into());
        let listen: SocketAddr =
            file.listen.map_or_else(|| DEFAULT_LISTEN.parse(), Ok).map_err(|_| Failure::Said("no address to listen on".into()))?;
        let naming = config::naming(self.naming_rules.as_deref().or(file.naming.as_deref())).map_err(Failure::Said)?.into();
        file.limits.check().map_err(Failure::Said)?;
        let redact = file.redact.rules().map_err(Failure::Said)?.into();
        let accept_loss = self.accept_loss || file.accept_loss == Some(true);
        let config =
            Config { data, listen, limits: file.limits.clone(), naming, redact, accept_loss, demo: false, hold_projections_at: None };
        Ok((config, file))
    }
}

/// Why a command ends badly.
enum Failure {
    /// For the person at the terminal.
    Said(String),
    /// For the person at the terminal, and told apart from a bad result by exit code 2.
    Usage(String),
    /// Said already; only the exit code is left.
    Silent,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        use std::error::Error;
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let more = inner.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = inner.source();
        }
        Self::Said(text)
    }
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    if let Err(failure) = cli.log.start() {
        return fail(failure);
    }
    if let Err(e) = crate::sqlite::check_library() {
        return fail(Failure::Said(e.to_string()));
    }
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return fail(Failure::Said("cannot start threads".into()));
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(command) => command.run().await,
            Command::Demo(command) => command.run().await,
            Command::Ingest(command) => command.run().await,
            Command::Lineage(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Verify(command) => command.run().await,
            Command::Rebuild(command) => command.run().await,
            Command::Naming(command) => command.run().await,
            Command::Coverage => {
                out!("{}", schema::openlineage::coverage::markdown().trim_end());
                Ok(())
            }
            Command::Schema => {
                out!("{}", crate::graphql::sdl().trim_end());
                Ok(())
            }
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done.map_or_else(fail, |()| ExitCode::SUCCESS)
}

/// What is wrong with the command line, or the help that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && logging::is_json_asked() {
        logging::say("ERROR", error.to_string().trim_end());
    } else {
        let _ = error.print();
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn fail(failure: Failure) -> ExitCode {
    let (said, code) = match failure {
        Failure::Said(text) => (Some(text), ExitCode::FAILURE),
        Failure::Usage(text) => (Some(text), ExitCode::from(2)),
        Failure::Silent => (None, ExitCode::FAILURE),
    };
    if let Some(text) = said {
        logging::say("ERROR", &text);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;

    #[test]
    fn the_help_shows_the_defaults_of_every_setting() {
        let (_, text) = SETTINGS_HELP.split_once("):\n").unwrap();
        let (text, _) = text.split_once("\n\n").unwrap();
        let file: File = toml::from_str(text).unwrap();
        assert_eq!(file.data.unwrap().to_str(), Some(DEFAULT_DATA));
        assert_eq!(file.listen.unwrap().to_string(), DEFAULT_LISTEN);
        assert_eq!(format!("{:?}", file.limits), format!("{:?}", Limits::default()));
        assert_eq!(format!("{:?}", file.redact), format!("{:?}", config::Redact::default()));
        // A setting that is left out has its default too: each must be named.
        let fields = format!("{:?}{:?}", Limits::default(), config::Redact::default());
        for field in fields.split(['{', ',']).filter_map(|part| Some(part.split_once(':')?.0.trim())) {
            assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("{field} ="))), "--help does not name {field}");
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
