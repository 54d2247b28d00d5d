//! SARIF 2.1.0 (OASIS): a result for each change that is not safe, at the line of the file that proposes it.

use super::text::{counted, level};
use super::{Report, word};
use crate::check::wire::Change;
use crate::impact::Verdict;
use serde_json::{Value, json};

/// The log, with one run.
pub(super) fn sarif(report: &Report<'_>) -> String {
    let changes = report.answer.changes.iter().filter(|change| change.verdict > Verdict::Safe);
    let results: Vec<Value> = changes.map(|change| result(report, change)).collect();
    let notifications = report.answer.unknown.iter().map(|unknown| format!("{} {}: {}", unknown.namespace, unknown.name, unknown.reason));
    let mut notifications: Vec<Value> =
        notifications.chain(report.notes.iter().cloned()).map(|text| json!({ "level": "note", "message": { "text": text } })).collect();
    let unfinished = report.answer.truncated_because.as_ref();
    notifications.extend(unfinished.map(|why| json!({ "level": "error", "message": { "text": format!("not complete: {why}") } })));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "headwater check", "version": env!("CARGO_PKG_VERSION"), "rules": rules() } },
            "invocations": [{ "executionSuccessful": report.answer.complete, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rules() -> Value {
    let rule = |verdict: Verdict, text: &str| json!({ "id": word(verdict), "shortDescription": { "text": text }, "defaultConfiguration": { "level": level(verdict) } });
    json!([
        rule(Verdict::Breaks, "Something downstream fails, or loses what it is made of"),
        rule(Verdict::Risky, "Something downstream goes on with old, late or other values"),
        rule(Verdict::Unknown, "Something downstream reads what changes, and how is not known"),
    ])
}

fn result(report: &Report<'_>, change: &Change) -> Value {
    let listed: Vec<String> = change
        .affected
        .iter()
        .map(|affected| format!("{} {} {}: {}", word(affected.verdict), affected.kind, affected.label(), affected.reason))
        .collect();
    let more = if change.unlisted > 0 { format!("\n… and {} more", change.unlisted) } else { String::new() };
    let full = change.column.as_ref().map_or_else(|| change.name.clone(), |column| format!("{}.{column}", change.name));
    let mut location =
        json!({ "logicalLocations": [{ "fullyQualifiedName": full, "kind": if change.column.is_some() { "member" } else { "type" } }] });
    if let Some((path, line)) = report.origins.find(&change.namespace, &change.name, change.column.as_deref()) {
        location["physicalLocation"] = json!({ "artifactLocation": { "uri": uri(path) }, "region": { "startLine": line } });
    }
    json!({
        "ruleId": word(change.verdict),
        "level": level(change.verdict),
        "message": { "text": format!("{}: {}\n{}{more}", change.phrase(), counted(&change.totals), listed.join("\n")) },
        "locations": [location],
        "partialFingerprints": { "change/v1": format!("{} {} {:?}", change.namespace, full, change.change) },
        "properties": { "namespace": change.namespace, "totals": change.totals },
    })
}

/// A path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let path = path.replace('\\', "/");
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
