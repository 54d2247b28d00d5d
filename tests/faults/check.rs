//! What is looked at after a fault, the same for all of them.

use crate::Outcome;
use crate::feed;
use crate::launch::Launch;
use crate::ledger::Ledger;
use crate::row::{Digests, Row};
use crate::subject::{STOP, Subject, start_of};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Catching up after a start takes no longer on the slowest machine that we know.
pub const CATCH_UP: Duration = Duration::from_secs(60);
/// Before what is missing is asked for again.
const LATER: Duration = Duration::from_secs(3);

/// The server runs, and the fault is over: everything acknowledged is in the log and in the answers, what nobody knows of
/// can be sent again and is there once, the server ends in time, and the projections equal a rebuild.
pub fn whole(row: &mut Row, subject: Subject, launch: &Launch, ledger: &Ledger) -> Outcome<()> {
    let left = feed::resend(&subject, ledger);
    row.expect(left == 0, || format!("{left} events could not be sent again"));
    row.expect(subject.catches_up(CATCH_UP), || "the projections do not catch up".into());
    row.count(&ledger.compare(subject.data())?);
    listed(row, &subject, ledger);
    ended(row, subject);
    verified(row, launch)
}

/// Everything acknowledged is in the answers, once. What is missing is asked for again: it tells late from lost.
fn listed(row: &mut Row, subject: &Subject, ledger: &Ledger) {
    let first = match missing(subject, ledger) {
        Ok(0) => return,
        Ok(first) => first,
        Err(e) => return row.off(format!("the API does not list the runs: {e}")),
    };
    let status = subject.data_of("{ status { logSeq catalogSeq runs } }", Value::Null).unwrap_or_default();
    let ready = subject.get("/readyz").map(|answer| answer.text).unwrap_or_default();
    std::thread::sleep(LATER);
    let again = missing(subject, ledger).map_or_else(|e| e.to_string(), |again| again.to_string());
    row.found = row.found.min(row.acked.saturating_sub(first));
    row.off(format!(
        "{first} acknowledged events are in the log, but not once in the answers, {again} three seconds later; {status}; /readyz: {}",
        start_of(ready.trim())
    ));
}

/// Ends it with SIGTERM, which has to be obeyed.
pub fn ended(row: &mut Row, subject: Subject) {
    let panics = subject.panics();
    row.expect(panics.is_empty(), || format!("{} panics in the server's log, the first: {}", panics.len(), panics[0]));
    let (took, well) = subject.stop();
    row.expect(took <= STOP, || format!("SIGTERM took {:.1} s", took.as_secs_f64()));
    row.expect(well || took > STOP, || "it did not exit with 0 after SIGTERM".into());
}

/// Asks `headwater verify`.
pub fn verified(row: &mut Row, launch: &Launch) -> Outcome<()> {
    let (good, text) = launch.verify()?;
    row.digests = if good { Digests::Equal } else { Digests::Differ };
    row.expect(good, || format!("verify: {}", start_of(&complaint(&text))));
    Ok(())
}

/// The lines of `verify` that are not all well.
pub fn complaint(text: &str) -> String {
    let bad = |line: &&str| !line.ends_with("all intact") && !line.ends_with("equals a fresh rebuild");
    text.lines().filter(bad).map(str::trim).collect::<Vec<_>>().join(" / ")
}

/// How many acknowledged runs the API does not list with exactly one event.
fn missing(subject: &Subject, ledger: &Ledger) -> Outcome<u64> {
    let mut listed: BTreeMap<String, u64> = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let query = "query($after: String) { runs(first: 1000, after: $after) { edges { node { id eventCount } } pageInfo { hasNextPage endCursor } } }";
        let page = subject.data_of(query, json!({ "after": after }))?["runs"].take();
        for edge in page["edges"].as_array().into_iter().flatten() {
            listed.insert(edge["node"]["id"].as_str().unwrap_or_default().into(), edge["node"]["eventCount"].as_u64().unwrap_or(0));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    Ok(ledger.runs().iter().filter(|run| listed.get(*run) != Some(&1)).count() as u64)
}
