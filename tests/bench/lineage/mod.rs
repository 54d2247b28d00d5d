//! `headwater-bench lineage`: questions to the graph itself, in this process, beside a bare walk over two
//! arrays and beside what people write by hand in SQL; then through a server that takes events meanwhile.

mod asks;
mod by_hand;
mod changes;
mod csr;
mod engine;
mod events;
mod facts;
mod passes;
mod questions;
mod readers;
mod served;
mod warehouse;

use crate::Outcome;
use crate::report::Section;
use clap::Args;
use std::path::PathBuf;
use warehouse::Warehouse;

/// What `lineage` takes.
#[derive(Args)]
pub struct Options {
    /// Datasets of an estate; several sizes, smallest first
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
    datasets: Vec<usize>,
    /// Column edges for each dataset
    #[arg(long, default_value_t = 20)]
    column_edges: usize,
    /// Another estate of the same shapes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Starts of each short question; a tenth as many of each long one
    #[arg(long, default_value_t = 1000)]
    starts: usize,
    /// Seconds of reading while events come, and of reading without
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Events a second meanwhile
    #[arg(long, default_value_t = 500.0)]
    rate: f64,
    /// Also start a server on each estate and ask it over HTTP; a million datasets take a quarter of an hour to put in
    #[arg(long)]
    served: bool,
    /// Keep what was put into the servers in this folder, and start from it when it is there
    #[arg(long, value_name = "DIR", requires = "served")]
    keep: Option<PathBuf>,
    /// PostgreSQL to compare with; it gets a temporary table
    #[arg(long, env = "DATABASE_URL")]
    postgres: Option<String>,
}

/// Runs everything.
pub fn run(options: &Options) -> Outcome<Vec<Section>> {
    let mut sections = Vec::new();
    for &datasets in &options.datasets {
        if datasets < 1000 {
            return Err("an estate has a thousand datasets at least".into());
        }
        eprintln!("drawing an estate of {datasets} datasets");
        let warehouse = Warehouse::new(datasets, options.column_edges, options.seed);
        let mut engine = engine::Engine::build(&warehouse)?;
        sections.push(engine.section(&warehouse));
        sections.push(changes::run(&warehouse, &engine.snapshot));
        sections.push(questions::run(options, &warehouse, &engine.snapshot)?);
        sections.push(readers::run(options, &warehouse, &mut engine)?);
        drop(engine);
        if options.served {
            sections.push(served::run(options, &warehouse)?);
        }
    }
    Ok(sections)
}
