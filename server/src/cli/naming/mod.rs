//! `headwater naming`: try naming rules, check them, and find where they are missing. Changes nothing.

mod preview;
mod report;
mod source;
mod usage;

use super::Failure;
use crate::config;
use clap::{Args, Subcommand};
use schema::naming::{EXAMPLE, Rules};
use std::io::Write;
use std::path::PathBuf;

/// What `naming` can do.
#[derive(Subcommand)]
pub(super) enum Naming {
    /// Show which datasets would be known under which other name, by which rule, and which of them would become one. Changes
    /// nothing.
    Preview(preview::Preview),
    /// List datasets that look like one and are apart: they differ by case, port, scheme, quoting, slashes or host. Each with
    /// what speaks for it and a rule to paste.
    Report(report::Report),
    /// Check a file of naming rules.
    Check(Check),
    /// Print an example of a file of naming rules, with what everything means.
    Example,
}

/// What `naming check` takes.
#[derive(Args)]
pub(super) struct Check {
    /// The file of naming rules (TOML)
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
}

impl Naming {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Preview(command) => command.run().await,
            Self::Report(command) => command.run().await,
            Self::Check(command) => command.run(),
            Self::Example => {
                print(EXAMPLE);
                Ok(())
            }
        }
    }
}

impl Check {
    fn run(self) -> Result<(), Failure> {
        let rules = config::naming(Some(&self.rules)).map_err(Failure::Said)?;
        print(&format!("{} is right: {}\n", self.rules.display(), summary(&rules)));
        Ok(())
    }
}

/// To standard output. Long lists are piped into `head`, which stops reading: no fault.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The rules in a few words.
fn summary(rules: &Rules) -> String {
    let off = rules.presets().off();
    let presets = if off.is_empty() { "all presets are on".into() } else { format!("presets that are off: {}", off.join(", ")) };
    format!("{}; {presets}", counted(rules.len(), "rule"))
}

/// `1 rule`, `2 rules`.
fn counted(count: usize, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        _ if count == 1 => noun.to_owned(),
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    format!("{count} {plural}")
}

/// A dataset in a sentence.
fn spell(namespace: &str, name: &str) -> String {
    format!("{name}  in  {namespace}")
}
