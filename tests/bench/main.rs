//! `headwater-bench`: measures a built Headwater as its users meet it, over HTTP, in a process of its own.

mod client;
mod estate;
mod feed;
mod floor;
mod ingest;
mod intake;
mod lineage;
mod load;
mod metrics;
mod process;
mod report;
mod startup;
mod stats;
mod subject;
mod visible;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use tests::machine;

/// The server's allocator, so that the floor pays what the server pays.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What most things here return.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures a built `headwater` (the one beside this program, or HEADWATER_BIN). Prints a Markdown table; progress goes
/// to standard error. Use an idle machine, and a release build.
#[derive(Parser)]
#[command(name = "headwater-bench")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Also write every value as JSON
    #[arg(long, value_name = "FILE", global = true)]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Throughput, latency, CPU and memory of taking events, beside the floor that the disk and HTTP set
    Ingest(ingest::Options),
    /// From an acknowledgement until GraphQL and search have it
    Visible(visible::Options),
    /// From the start of the process until the first answer
    Startup(startup::Options),
    /// The lineage engine on estates of up to a million datasets, beside a bare walk and recursive queries in SQL
    Lineage(lineage::Options),
    /// Everything but `lineage`, with default options
    All,
    /// The floor as a process of its own; `ingest` starts it
    #[command(hide = true)]
    Floor(FloorOptions),
}

#[derive(Args)]
struct FloorOptions {
    /// Folder of the floor's database
    dir: PathBuf,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("headwater-bench: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Outcome<()> {
    let begin = machine::Machine::look();
    let sections = match cli.command.unwrap_or(Command::All) {
        Command::Floor(options) => return floor::serve(&options.dir),
        Command::Ingest(options) => ingest::run(&options)?,
        Command::Visible(options) => visible::run(&options)?,
        Command::Startup(options) => startup::run(&options)?,
        Command::Lineage(options) => lineage::run(&options)?,
        Command::All => {
            let mut all = ingest::run(&defaults())?;
            all.extend(visible::run(&defaults())?);
            all.extend(startup::run(&defaults())?);
            all
        }
    };
    print!("{}", report::markdown(&begin, &sections));
    if let Some(path) = cli.json {
        std::fs::write(&path, report::json(&begin, &sections))?;
    }
    Ok(())
}

/// A subcommand's options when none are given.
fn defaults<T: Args>() -> T {
    let command = T::augment_args(clap::Command::new("defaults"));
    T::from_arg_matches(&command.get_matches_from(["defaults"])).unwrap_or_else(|e| e.exit())
}
