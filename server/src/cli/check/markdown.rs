//! The answer as a comment on a pull request: the sentence first, then a table, the rest folded away.

use super::text::{counted, new, summary};
use super::{Report, word};
use crate::check::wire::{Affected, Change, What};
use crate::impact::Verdict;
use std::fmt::Write;

/// The whole comment.
pub(super) fn markdown(report: &Report<'_>) -> String {
    let answer = report.answer;
    let sign = if answer.complete { mark(answer.verdict) } else { "⏳" };
    let mut out = format!("### {sign} headwater check: {}\n", escaped(&summary(report)));
    if let Some(why) = &answer.truncated_because {
        let _ = write!(out, "\n**This check is not complete, run it again:** {}\n", escaped(why));
    }
    let changed: Vec<&Change> = answer.changes.iter().filter(|change| change.change != What::AddColumn).collect();
    if !changed.is_empty() {
        out.push_str("\n| | change | downstream |\n|---|---|---|\n");
        for change in &changed {
            let _ = writeln!(
                out,
                "| {} {} | {} | {} |",
                mark(change.verdict),
                word(change.verdict),
                escaped(&change.phrase()),
                counted(&change.totals)
            );
        }
    }
    for change in changed.iter().filter(|change| !change.affected.is_empty()) {
        let _ = write!(out, "\n<details><summary>{}</summary>\n\n", escaped(&change.phrase()));
        out.push_str("| verdict | distance | what | why | owners |\n|---|---|---|---|---|\n");
        change.affected.iter().for_each(|affected| out.push_str(&row(affected)));
        if change.unlisted > 0 {
            let _ = write!(out, "\n… and {} more\n", change.unlisted);
        }
        out.push_str("\n</details>\n");
    }
    let owners: Vec<String> = answer
        .owners
        .iter()
        .filter(|owner| owner.datasets.breaks + owner.datasets.risky + owner.jobs.breaks + owner.jobs.risky > 0)
        .map(|owner| {
            let breaks = owner.datasets.breaks + owner.jobs.breaks;
            let risky = owner.datasets.risky + owner.jobs.risky;
            format!("{} ({breaks} BREAKS, {risky} RISKY)", escaped(owner.name.as_deref().unwrap_or("no owner")))
        })
        .collect();
    if !owners.is_empty() {
        let _ = write!(out, "\n**To tell:** {}\n", owners.join(", "));
    }
    let added = answer.changes.len() - changed.len();
    if added > 0 && !changed.is_empty() {
        let _ = write!(out, "\n{}.\n", new(added));
    }
    if !answer.unknown.is_empty() {
        out.push_str("\n**Not compared:**\n\n");
        for unknown in &answer.unknown {
            let _ = writeln!(out, "- {} {}: {}", escaped(&unknown.namespace), escaped(&unknown.name), escaped(&unknown.reason));
        }
    }
    if !report.notes.is_empty() {
        out.push_str("\n**Notes:**\n\n");
        report.notes.iter().for_each(|note| out.push_str(&format!("- {}\n", escaped(note))));
    }
    out
}

fn row(affected: &Affected) -> String {
    let (verdict, label) = (word(affected.verdict), escaped(&affected.label()));
    let (reason, owners) = (escaped(&affected.reason), escaped(&affected.owners.join(", ")));
    format!("| {verdict} | {} | {} {label} | {reason} | {owners} |\n", affected.distance, affected.kind)
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Breaks => "🛑",
        Verdict::Risky => "⚠️",
        Verdict::Unknown => "❔",
        Verdict::Safe => "✅",
    }
}

/// Names are others' text: nothing in them may be markup, a mention or the end of a cell.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@\u{200b}"),
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
