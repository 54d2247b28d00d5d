//! A body of events as intake would take it, without taking it: what would become of each event, what is
//! odd about it, what its facets are good for and what it would change.

use super::change::Changes;
use super::preview::changes;
use super::usage::{FacetReport, Usage, facets};
use crate::app::App;
use crate::catalog::CatalogError;
use crate::completeness::{Completeness, IncompleteReason, Settled};
use crate::ingest::now_micros;
use crate::log::{Arrived, LogError};
use crate::redact::without_credentials;
use ingest_adapters::{Accepted, Translated};
use schema::json::Json;
use schema::log::ContentHash;
use schema::openlineage::{Container, Event, Finding, Rejection, conformance};
use serde::Serialize;
use std::collections::HashMap;

/// Events of one dry run: each asks the catalog a dozen questions.
pub const MOST_EVENTS: usize = 1000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// The body has more events than one dry run compares.
    #[error("a dry run takes at most {MOST_EVENTS} events, this body has {0}")]
    TooMany(usize),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    /// What this is, for who reads it.
    note: &'static str,
    /// The log entry that the catalog held for when the events were compared with it.
    compared_with_seq: u64,
    /// False when what was acknowledged before may be missing from it.
    complete: bool,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated_because: Option<String>,
    /// Why, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete_reason: Option<&'static str>,
    /// A summary.
    summary: Summary,
    /// Each event, in the order of the body.
    events: Vec<Verdict>,
}

const NOTE: &str = "Nothing was stored and nothing was changed. Each event was compared on its own with the catalog as it is: \
                    the events of one body do not see each other's changes.";

#[derive(Default, Serialize)]
struct Summary {
    received: usize,
    accepted: usize,
    repeated: usize,
    quarantined: usize,
}

/// What would become of one event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    index: usize,
    outcome: &'static str,
    /// Of a repeat: the entry that has this content.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    /// Of a repeat within the body: the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    findings: Vec<Oddity>,
    facets: Vec<FacetUse>,
    /// Null when the event would change nothing because it is a repeat, or would be refused.
    changes: Option<Changes>,
}

#[derive(Serialize)]
struct Oddity {
    code: &'static str,
    description: &'static str,
    pointer: String,
}

impl From<Finding> for Oddity {
    fn from(finding: Finding) -> Self {
        Self { code: finding.code.name(), description: finding.code.description(), pointer: finding.pointer }
    }
}

#[derive(Serialize)]
struct FacetUse {
    pointer: String,
    container: &'static str,
    key: String,
    usage: &'static str,
    why: String,
}

impl From<FacetReport> for FacetUse {
    fn from(report: FacetReport) -> Self {
        let container = match report.container {
            Container::Run => "RUN",
            Container::Job => "JOB",
            Container::Dataset => "DATASET",
            Container::Input => "INPUT",
            Container::Output => "OUTPUT",
        };
        let usage = match report.usage {
            Usage::Used => "USED",
            Usage::Stored => "STORED",
            Usage::Ignored => "IGNORED",
        };
        Self { pointer: report.pointer, container, key: report.key, usage, why: report.why }
    }
}

/// Compares every event of a body with what is there.
pub async fn dry_run(app: &App, settled: Settled, translated: Translated) -> Result<DryRun, DryRunError> {
    if translated.len() > MOST_EVENTS {
        return Err(DryRunError::TooMany(translated.len()));
    }
    let translated: Vec<_> = translated.into_iter().map(|item| without_credentials(&app.redact, &app.key, item)).collect();
    let rests_on = Completeness::of(settled);
    let hashes = translated.iter().filter_map(|(item, arrived)| Some(as_known(item.as_ref().ok()?, *arrived))).flatten().collect();
    let known: HashMap<ContentHash, u64> = app.log.find(hashes).await?.into_iter().collect();
    let mut seen: HashMap<ContentHash, usize> = HashMap::new();
    let mut events = Vec::with_capacity(translated.len());
    for (index, (item, arrived)) in translated.into_iter().enumerate() {
        events.push(match item {
            Ok(accepted) if accepted.payload.len() > app.limits.event_bytes => refused(index, Rejection::too_large(app.limits.event_bytes)),
            Ok(accepted) => {
                let first = *seen.entry(accepted.hash).or_insert(index);
                let seq = as_known(&accepted, arrived).find_map(|hash| known.get(&hash).copied());
                understood(app, index, &accepted, seq, (first != index).then_some(first)).await?
            }
            Err(rejected) => refused(index, rejected.rejection),
        });
    }
    let count = |outcome: &str| events.iter().filter(|event| event.outcome == outcome).count();
    let summary =
        Summary { received: events.len(), accepted: count("ACCEPTED"), repeated: count("REPEATED"), quarantined: count("QUARANTINED") };
    Ok(DryRun {
        note: NOTE,
        compared_with_seq: settled.holds,
        complete: rests_on.is_complete(),
        truncated_because: rests_on.sentence(),
        incomplete_reason: rests_on.reason().map(IncompleteReason::word),
        summary,
        events,
    })
}

/// The hashes by which the log may know an event, in its order.
fn as_known(accepted: &Accepted, arrived: Option<Arrived>) -> impl Iterator<Item = ContentHash> {
    let keyed = arrived.map(|arrived| arrived.keyed);
    keyed.into_iter().chain([accepted.hash]).chain(arrived.map(|arrived| arrived.plain))
}

async fn understood(
    app: &App,
    index: usize,
    accepted: &Accepted,
    seq: Option<u64>,
    same_as_index: Option<usize>,
) -> Result<Verdict, DryRunError> {
    let json = match Json::parse(&accepted.payload) {
        Ok(json) => json,
        Err(e) => return Ok(refused(index, Rejection::new("", e.to_string()))),
    };
    let event = match Event::read(&json) {
        Ok(event) => event,
        Err(rejection) => return Ok(refused(index, rejection)),
    };
    let repeated = seq.is_some() || same_as_index.is_some();
    Ok(Verdict {
        index,
        outcome: if repeated { "REPEATED" } else { "ACCEPTED" },
        seq,
        same_as_index,
        reason: None,
        pointer: None,
        findings: conformance::findings(&json, &event, now_micros()).into_iter().map(Oddity::from).collect(),
        facets: facets(&json, &event).into_iter().map(FacetUse::from).collect(),
        changes: if repeated { None } else { Some(changes(app, &event, accepted.hash).await?) },
    })
}

fn refused(index: usize, rejection: Rejection) -> Verdict {
    Verdict {
        index,
        outcome: "QUARANTINED",
        seq: None,
        same_as_index: None,
        reason: Some(rejection.reason),
        pointer: Some(rejection.pointer),
        findings: Vec::new(),
        facets: Vec::new(),
        changes: None,
    }
}
