//! The table as it is committed to docs/RELIABILITY.md.

use crate::row::Row;
use crate::scene::{Dose, Scene};
use std::fmt::Write;
use std::process::Command;
use std::time::Duration;
use tests::machine::Machine;

/// Machine, date, commit and a row for each case.
pub fn markdown(scene: &Scene, machine: &Machine, rows: &[Row], took: Duration) -> String {
    let dose = if scene.dose == Dose::Full { "full" } else { "short" };
    let off = rows.iter().filter(|row| !row.held()).count();
    let mut text = format!(
        "Dose {dose}, seed {}, taken on {} at commit {}, in {:.0} minutes. Machine: {}.\n\n",
        scene.seed,
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        took.as_secs_f64() / 60.0,
        machine.line,
    );
    text += "| Fault | What was done | Rounds | Acked | Found | Duplicated | Wrong | Digests equal | Seen | Verdict |\n";
    text += "|---|---|--:|--:|--:|--:|--:|---|---|---|\n";
    rows.iter().for_each(|row| text += &format!("{}\n", row.markdown()));
    let sum = |count: fn(&Row) -> u64| rows.iter().map(count).sum::<u64>();
    let _ = write!(
        text,
        "\n{} rows, {off} off: {} acknowledged, {} found, {} duplicated, {} wrong.\n",
        rows.len(),
        sum(|row| row.acked),
        sum(|row| row.found),
        sum(|row| row.duplicated),
        sum(|row| row.wrong)
    );
    text
}

/// The first line that a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().map(|output| output.stdout).unwrap_or_default();
    let line = String::from_utf8_lossy(&output).trim().to_owned();
    if line.is_empty() { "unknown".into() } else { line }
}
