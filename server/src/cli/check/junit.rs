//! JUnit XML: every change is a test, failed by the policy; what could not be compared is skipped. A check that is not
//! complete is a test in error.

use super::text::counted;
use super::{Report, word};
use crate::check::wire::{Change, What};
use std::fmt::Write;

/// The whole document.
pub(super) fn junit(report: &Report<'_>) -> String {
    let answer = report.answer;
    let failed = answer.changes.iter().filter(|change| report.fail_on.fails(change.verdict)).count();
    let (errors, skipped) = (usize::from(!answer.complete), answer.unknown.len());
    let tests = answer.changes.len() + skipped + errors;
    let counts = format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"{errors}\" skipped=\"{skipped}\"");
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"headwater check\" {counts}>\n");
    if let Some(why) = answer.truncated_because.as_deref().filter(|_| errors > 0) {
        let _ = writeln!(
            out,
            "    <testcase classname=\"headwater check\" name=\"the check is complete\"><error type=\"{}\" message=\"{}\"/></testcase>",
            escaped(answer.incomplete_reason.as_deref().unwrap_or("INCOMPLETE")),
            escaped(why)
        );
    }
    answer.changes.iter().for_each(|change| test(&mut out, report, change));
    for unknown in &answer.unknown {
        let (class, name) = (escaped(&unknown.namespace), escaped(&unknown.name));
        let _ = writeln!(
            out,
            "    <testcase classname=\"{class}\" name=\"{name}\"><skipped message=\"{}\"/></testcase>",
            escaped(&unknown.reason)
        );
    }
    out + "  </testsuite>\n</testsuites>\n"
}

fn test(out: &mut String, report: &Report<'_>, change: &Change) {
    let (class, name) = (escaped(&format!("{} {}", change.namespace, change.name)), escaped(&change.phrase()));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\">");
    let lines: Vec<String> = change
        .affected
        .iter()
        .map(|affected| format!("{} {} {}: {}", word(affected.verdict), affected.kind, affected.label(), affected.reason))
        .collect();
    let more = if change.unlisted > 0 { format!("\n… and {} more", change.unlisted) } else { String::new() };
    let body = escaped(&format!("{}{more}", lines.join("\n")));
    let message = escaped(&format!("{}: {}", word(change.verdict), counted(&change.totals)));
    if report.fail_on.fails(change.verdict) {
        let _ = write!(out, "<failure type=\"{}\" message=\"{message}\">{body}</failure>", word(change.verdict));
    } else if change.change != What::AddColumn {
        let _ = write!(out, "<system-out>{message}\n{body}</system-out>");
    }
    out.push_str("</testcase>\n");
}

/// Text and attributes; what XML cannot hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if (c as u32) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
