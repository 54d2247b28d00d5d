//! `headwater-faults`: kills a built Headwater, cuts its power, breaks its disk, its files, its clock and its memory, and
//! counts what became of every event that it had acknowledged.

#![allow(clippy::needless_pass_by_value, reason = "json!(…) and format!(…) stand in the call")]

mod apart;
mod attacks;
mod cgroup;
mod check;
mod clock;
mod control;
mod damage;
mod feed;
mod full;
mod harm;
mod inject;
mod kill;
mod lanes;
mod launch;
mod ledger;
mod memory;
mod mount;
mod power;
mod preload;
mod probe;
mod readonly;
mod reopen;
mod replay;
mod report;
mod row;
mod scene;
mod stop;
mod subject;

use clap::Parser;
use row::{Row, Rows};
use scene::{Dose, Scene};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use tests::machine::Machine;

/// What most things here return.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Breaks a built `headwater` (the one beside this program) in every way that can be had on one machine, and counts. Exits
/// with 1 when something did not hold, with 2 when it could not be tried. Mounts and control groups need root.
#[derive(Parser)]
#[command(name = "headwater-faults")]
struct Cli {
    /// Faults by name; all of them when left out
    names: Vec<String>,
    /// How much of it: minutes, or an hour
    #[arg(long, value_enum, default_value_t = Dose::Short)]
    dose: Dose,
    /// Chooses the events, the moments and the places of damage
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server's binary
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Only what needs no root
    #[arg(long)]
    rootless: bool,
    /// Also write the table to a file (docs/RELIABILITY.md holds the one of the full dose)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the names of the faults
    #[arg(long)]
    list: bool,
    /// Keep what went wrong: a folder for data folders and logs of the server
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The folder to work in; says that this process is already apart from the rest of the machine
    #[arg(long, hide = true, value_name = "DIR")]
    inside: Option<PathBuf>,
}

/// Something to break.
struct Fault {
    name: &'static str,
    about: &'static str,
    needs_root: bool,
    /// It looks at how long others wait, so nothing else may run beside it.
    alone: bool,
    run: fn(&Scene, &mut Rows) -> Outcome<()>,
}

/// All of them, in the order of the table.
const FAULTS: &[Fault] = &[
    Fault { name: "control", about: "what is wrong on purpose has to be noticed", needs_root: false, alone: false, run: control::run },
    Fault { name: "kill", about: "kill -9 under posters of every form", needs_root: false, alone: false, run: kill::run },
    Fault {
        name: "power",
        about: "power cuts on ext4, and the control that must lose events",
        needs_root: true,
        alone: false,
        run: power::run,
    },
    Fault { name: "inject", about: "failing calls on every file of the data folder", needs_root: false, alone: false, run: inject::run },
    Fault { name: "full", about: "full disks, freed again", needs_root: true, alone: false, run: full::run },
    Fault { name: "readonly", about: "file systems that become read-only", needs_root: true, alone: false, run: readonly::run },
    Fault { name: "damage", about: "damaged files, one at a time", needs_root: false, alone: false, run: damage::run },
    Fault { name: "clock", about: "jumps of the wall clock", needs_root: false, alone: false, run: clock::run },
    Fault { name: "memory", about: "requests that ask for too much, in 1 GiB", needs_root: true, alone: true, run: memory::run },
    Fault { name: "stop", about: "SIGTERM in every state", needs_root: false, alone: false, run: stop::run },
    Fault { name: "fuzz", about: "the fuzzing corpora and mutations of them", needs_root: false, alone: false, run: replay::run },
];

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(e) => {
            eprintln!("headwater-faults: {e}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Outcome<ExitCode> {
    if cli.list {
        FAULTS.iter().for_each(|fault| println!("{:<9} {}", fault.name, fault.about));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(cli)?;
    let root = rustix::process::geteuid().is_root();
    if chosen.iter().any(|fault| fault.needs_root) && !root {
        let names: Vec<&str> = chosen.iter().filter(|fault| fault.needs_root).map(|fault| fault.name).collect();
        return Err(format!("{} need root (mounts, control groups); --rootless runs the others", names.join(", ")).into());
    }
    match &cli.inside {
        // The kernel ends and unmounts whatever is left when the process inside ends, however it ends.
        None if root => apart::run(cli.dose.most()),
        None => {
            let folder = tempfile::Builder::new().prefix("headwater-faults-").tempdir()?;
            all(cli, &chosen, folder.path())
        }
        Some(folder) => all(cli, &chosen, folder),
    }
}

fn chosen(cli: &Cli) -> Outcome<Vec<&'static Fault>> {
    for name in &cli.names {
        if !FAULTS.iter().any(|fault| fault.name == name) {
            return Err(format!("there is no fault {name:?}; --list shows them").into());
        }
    }
    let wanted = |fault: &&Fault| cli.names.is_empty() || cli.names.iter().any(|name| name == fault.name);
    Ok(FAULTS.iter().filter(wanted).filter(|fault| !(cli.rootless && fault.needs_root)).collect())
}

fn all(cli: &Cli, chosen: &[&Fault], folder: &std::path::Path) -> Outcome<ExitCode> {
    let machine = Machine::look();
    let server = cli.server.clone().unwrap_or_else(tests::binary);
    let scene = Scene::new(server, folder.to_owned(), cli.dose, cli.seed, cli.keep.clone())?;
    let begun = Instant::now();
    let rows = lanes::run(&scene, chosen);
    scene.keep_logs();
    let table = report::markdown(&scene, &machine, &rows, begun.elapsed());
    print!("{table}");
    if let Some(path) = &cli.report {
        std::fs::write(path, &table)?;
    }
    Ok(if rows.iter().all(Row::held) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
