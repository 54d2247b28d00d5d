//! Where emitters post. `/lineage` answers 201 and an empty body, never 204 (Java's client fails on
//! it), never a redirect; `/lineage/batch` answers as the spec says (openlineage 1.2, 5).

use super::Web;
use super::body::Received;
use super::content::is_lines;
use super::problem::Problem;
use super::rests_on;
use super::share::Share;
use crate::explain;
use crate::ingest::{self, Outcome};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ingest_adapters::Translated;
use ingest_adapters::openlineage;
use schema::openlineage::Rejection;
use std::time::Duration;

/// Refused events of a batch that its answer lists, the first ones; all are counted.
const LISTED: usize = 1000;

/// One event, or an array of them.
pub async fn lineage(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let outcomes = take(&web, &headers, body, false).await?;
    if let [Outcome::Quarantined(rejection)] = &outcomes[..] {
        return Err(rejection.clone().into());
    }
    if let Some((at, rejection)) =
        outcomes.iter().enumerate().find_map(|(i, o)| if let Outcome::Quarantined(r) = o { Some((i, r)) } else { None })
    {
        let bad = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Quarantined(_))).count();
        let reason = format!("{}; the first refused: {}", refused(bad, outcomes.len()), rejection.reason);
        return Err(Problem::refused(Rejection::new(format!("/{at}{}", rejection.pointer), reason), bad));
    }
    Ok((StatusCode::CREATED, sequence(&outcomes)).into_response())
}

/// What became of a body some or all of whose events were refused, in words that are true for each number.
fn refused(bad: usize, all: usize) -> String {
    match (bad, all - bad) {
        (_, 0) => format!("all {all} events were refused, none is stored"),
        (1, 1) => "1 of 2 events was refused, the other is stored".into(),
        (1, _) => format!("1 of {all} events was refused, the others are stored"),
        (_, 1) => format!("{bad} of {all} events were refused, the other is stored"),
        _ => format!("{bad} of {all} events were refused, the others are stored"),
    }
}

/// An array, or one event a line: the spec's partial-success answer.
pub async fn batch(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let outcomes = take(&web, &headers, body, is_lines(&headers)).await?;
    let listed: Vec<serde_json::Value> = outcomes.iter().enumerate().filter_map(|(i, outcome)| failure(i, outcome)).take(LISTED).collect();
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Quarantined(_))).count();
    let mut answer = serde_json::json!({
        "status": if failed == 0 { "success" } else { "partial_success" },
        "summary": {
            "received": outcomes.len(),
            "successful": outcomes.len() - failed,
            // Not in the spec: how many of the successful ones the log had already.
            "repeated": outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Repeated(_))).count(),
            "failed": failed,
            "retriable": 0,
            "non_retriable": failed,
        },
        "failed_events": listed,
    });
    if failed > LISTED {
        // Not in the spec either: so many more were refused than are listed.
        answer["failed_events_not_listed"] = (failed - LISTED).into();
    }
    Ok((StatusCode::OK, sequence(&outcomes), [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response())
}

/// What a body would change; it is not taken. 200 also for events that would be refused: that is the answer.
pub async fn dry_run(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let app = web.app();
    let (translated, _share) = receive(&web, &headers, body, is_lines(&headers), Ok).await?;
    let limit = Duration::from_secs(app.limits.query_seconds);
    let settled = app.settle(None).await;
    let answer = tokio::time::timeout(limit, explain::dry_run(&app, settled, translated)).await.map_err(|_| {
        let detail = format!("the comparison took longer than {} seconds; send fewer events", limit.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    })??;
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    Ok((rests_on::headers(settled), [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

fn failure(index: usize, outcome: &Outcome) -> Option<serde_json::Value> {
    let Outcome::Quarantined(rejection) = outcome else { return None };
    Some(serde_json::json!({ "index": index, "reason": rejection.reason, "pointer": rejection.pointer, "retriable": false }))
}

/// The sequence by which all of these are in the log: what `X-Headwater-Min-Seq` takes.
fn sequence(outcomes: &[Outcome]) -> [(&'static str, String); 1] {
    let seq = outcomes.iter().map(|outcome| match outcome {
        Outcome::Accepted(seq) | Outcome::Repeated(seq) => *seq,
        Outcome::Quarantined(_) => 0,
    });
    [("x-headwater-seq", seq.max().unwrap_or(0).to_string())]
}

/// Takes the events of a body.
async fn take(web: &Web, headers: &HeaderMap, body: Body, is_lines: bool) -> Result<Vec<Outcome>, Problem> {
    let app = web.app();
    let prepare = {
        let app = app.clone();
        move |events| Ok(ingest::prepare(&app, events)?)
    };
    let (prepared, _share) = receive(web, headers, body, is_lines, prepare).await?;
    Ok(ingest::submit(&app, prepared).await?)
}

/// What `make` makes of the events of a body, and the body's share of what bodies may take: to be held until they are taken.
async fn receive<T: Send + 'static>(
    web: &Web,
    headers: &HeaderMap,
    body: Body,
    is_lines: bool,
    make: impl FnOnce(Translated) -> Result<T, Problem> + Send + 'static,
) -> Result<(T, Share), Problem> {
    let Received { bytes, mut share } = web.bodies.receive(headers, body).await?;
    let bounds = web.app().limits.body();
    let work = move |bytes: &[u8]| {
        if bytes.trim_ascii().is_empty() {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "the body is empty; post an OpenLineage event as JSON").code("empty_body"));
        }
        // Beside the body, what is stored of it: all of its events, each as one text.
        share.cover(bytes.len().saturating_mul(2))?;
        let events = if is_lines { openlineage::lines(bytes, &bounds) } else { openlineage::document(bytes, &bounds) };
        let events = events.map_err(|error| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()))?;
        Ok((make(events)?, share))
    };
    web.bodies.read(bytes, work).await
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn says_what_is_stored_only_when_something_is() {
        assert_eq!(refused(2, 2), "all 2 events were refused, none is stored");
        assert_eq!(refused(1, 2), "1 of 2 events was refused, the other is stored");
        assert_eq!(refused(1, 3), "1 of 3 events was refused, the others are stored");
        assert_eq!(refused(2, 3), "2 of 3 events were refused, the other is stored");
        assert_eq!(refused(2, 4), "2 of 4 events were refused, the others are stored");
    }
}
