//! The answer for a terminal.

use super::{Report, word};
use crate::check::wire::{Affected, Answer, Change, Owner, Totals, What};
use crate::impact::{Counts, Verdict};
use std::fmt::Write;

/// The whole report.
pub(super) fn text(report: &Report<'_>) -> String {
    let mut out = format!("{}\n", summary(report));
    if let Some(why) = &report.answer.truncated_because {
        let _ = writeln!(out, "{why}");
    }
    for change in report.answer.changes.iter().filter(|change| change.change != What::AddColumn) {
        let _ = write!(out, "\n{:<8} {}\n", word(change.verdict), change.phrase());
        let _ = writeln!(out, "         {} {}", change.namespace, counted(&change.totals));
        for affected in &change.affected {
            let _ = writeln!(out, "  {}", line(affected));
        }
        if change.unlisted > 0 {
            let _ = writeln!(out, "  … and {} more; --list N shows more", change.unlisted);
        }
    }
    let owners: Vec<String> = report.answer.owners.iter().filter_map(owner).collect();
    if !owners.is_empty() {
        let _ = write!(out, "\nTo tell:\n{}\n", owners.join("\n"));
    }
    if !report.answer.unknown.is_empty() {
        out.push_str("\nNot compared:\n");
        for unknown in &report.answer.unknown {
            let _ = writeln!(out, "  {} {}: {}", unknown.namespace, unknown.name, unknown.reason);
        }
    }
    if !report.notes.is_empty() {
        let _ = write!(out, "\nNotes:\n  {}\n", report.notes.join("\n  "));
    }
    out
}

/// One sentence on all of it. While the server is catching up a verdict is only that of what it knows so far.
pub(super) fn summary(report: &Report<'_>) -> String {
    let said = verdict(report.answer);
    if report.answer.complete { said } else { format!("NOT COMPLETE, so far {said}") }
}

fn verdict(answer: &Answer) -> String {
    let (added, changed): (Vec<&Change>, Vec<&Change>) = answer.changes.iter().partition(|change| change.change == What::AddColumn);
    if changed.is_empty() {
        let new = if added.is_empty() { String::new() } else { format!("; {}", new(added.len())) };
        return format!("{}: nothing is dropped, renamed or retyped{new}", word(answer.verdict));
    }
    format!("{}: {}, {}", word(answer.verdict), some(changed.len() as u64, "change"), counted(&answer.totals))
}

/// `2 datasets, 1 job and 3 columns break; …`
pub(super) fn counted(totals: &Totals) -> String {
    let of = |pick: fn(&Counts) -> u64, verb: &str| {
        let parts: Vec<String> = [(pick(&totals.datasets), "dataset"), (pick(&totals.jobs), "job"), (pick(&totals.columns), "column")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| some(count, what))
            .collect();
        (!parts.is_empty()).then(|| format!("{} {verb}", parts.join(", ")))
    };
    let parts = [of(|c| c.breaks, "BREAKS"), of(|c| c.risky, "RISKY"), of(|c| c.unknown, "UNKNOWN"), of(|c| c.safe, "SAFE")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "nothing is downstream".into() } else { parts.join("; ") }
}

/// Columns that are new.
pub(super) fn new(count: usize) -> String {
    format!("{}, which {} nothing", some(count as u64, "new column"), if count == 1 { "breaks" } else { "break" })
}

/// `1 dataset`, `2 datasets`.
pub(super) fn some(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn line(affected: &Affected) -> String {
    let owners = if affected.owners.is_empty() { String::new() } else { format!(" [{}]", affected.owners.join(", ")) };
    format!("{:<8} {} {:<7} {}: {}{owners}", word(affected.verdict), affected.distance, affected.kind, affected.label(), affected.reason)
}

fn owner(owner: &Owner) -> Option<String> {
    let totals = Totals { datasets: owner.datasets, jobs: owner.jobs, columns: Counts::default() };
    let is_concerned = [owner.datasets, owner.jobs].iter().any(|counts| counts.breaks + counts.risky + counts.unknown > 0);
    is_concerned.then(|| format!("  {}: {}", owner.name.as_deref().unwrap_or("(no owner)"), counted(&totals)))
}

/// The level of a verdict for tools that know three.
pub(super) fn level(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Breaks => "error",
        Verdict::Risky => "warning",
        Verdict::Unknown | Verdict::Safe => "note",
    }
}
