//! Where emitters post. `/lineage` answers 201 and an empty body, never 204 (Java's client fails on
//! it), never a redirect; `/lineage/batch` answers as the spec says (openlineage 1.2, 5).

use super::Web;
use super::problem::Problem;
use crate::explain;
use crate::ingest::{self, Outcome};
use crate::request;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use ingest_adapters::{Translated, openlineage};
use std::io::Read;
use std::time::Duration;

/// A body must arrive within this time; slower ones hold a connection for nothing.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Times the limit that are read of a body that is too large, before the connection is closed.
const DRAINED: usize = 8;
/// Bodies beyond this are unpacked and parsed off the network threads.
const LARGE: usize = 128 << 10;

/// One event, or an array of them.
pub async fn lineage(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let translated = receive(&web, &headers, body, false).await?;
    let outcomes = ingest::ingest(&web.app(), translated).await?;
    if let [Outcome::Quarantined(rejection)] = &outcomes[..] {
        return Err(rejection.clone().into());
    }
    if let Some((at, rejection)) =
        outcomes.iter().enumerate().find_map(|(i, o)| if let Outcome::Quarantined(r) = o { Some((i, r)) } else { None })
    {
        let bad = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Quarantined(_))).count();
        let reason = format!("{}; the first refused: {}", refused(bad, outcomes.len()), rejection.reason);
        return Err(schema::openlineage::Rejection::new(format!("/{at}{}", rejection.pointer), reason).into());
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
    let translated = receive(&web, &headers, body, is_lines(&headers)).await?;
    let outcomes = ingest::ingest(&web.app(), translated).await?;
    let failed: Vec<serde_json::Value> = outcomes.iter().enumerate().filter_map(|(i, outcome)| failure(i, outcome)).collect();
    let answer = serde_json::json!({
        "status": if failed.is_empty() { "success" } else { "partial_success" },
        "summary": {
            "received": outcomes.len(),
            "successful": outcomes.len() - failed.len(),
            // Not in the spec: how many of the successful ones the log had already.
            "repeated": outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Repeated(_))).count(),
            "failed": failed.len(),
            "retriable": 0,
            "non_retriable": failed.len(),
        },
        "failed_events": failed,
    });
    Ok((StatusCode::OK, sequence(&outcomes), [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response())
}

/// What a body would change; it is not taken. 200 also for events that would be refused: that is the answer.
pub async fn dry_run(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let translated = receive(&web, &headers, body, is_lines(&headers)).await?;
    let limit = Duration::from_secs(web.app().limits.query_seconds);
    let answer = tokio::time::timeout(limit, explain::dry_run(&web.app(), translated)).await.map_err(|_| {
        let detail = format!("the comparison took longer than {} seconds; send fewer events", limit.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    })??;
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// True when the body is said to be one event a line.
fn is_lines(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("ndjson") || v.contains("jsonl"))
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

async fn receive(web: &Web, headers: &HeaderMap, body: Body, is_lines: bool) -> Result<Translated, Problem> {
    let limit = web.app().limits.batch_bytes;
    let bytes = tokio::time::timeout(BODY_TIME, collect(body, limit)).await;
    let bytes = bytes.map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive within 30 seconds"))??;
    let gzip = is_gzip(headers)?;
    let work = move || {
        let bytes = if gzip { unpack(&bytes, limit)?.into() } else { bytes };
        if bytes.trim_ascii().is_empty() {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "the body is empty; post an OpenLineage event as JSON").code("empty_body"));
        }
        Ok(if is_lines { openlineage::lines(&bytes) } else { openlineage::document(&bytes) })
    };
    // Packed bodies may grow a thousandfold.
    if body_is_large(headers, gzip) {
        tokio::task::spawn_blocking(request::carried_off(work)).await.map_err(|_| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the body could not be read; {}", request::where_to_look()))
        })?
    } else {
        work()
    }
}

fn body_is_large(headers: &HeaderMap, gzip: bool) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    length.is_none_or(|length| length > if gzip { LARGE / 16 } else { LARGE })
}

/// The body up to the limit. What is beyond is read and thrown away, within reason: a client that is
/// still writing when we answer and close would see a broken pipe instead of the answer.
async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let (mut all, mut total) = (bytes::BytesMut::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body broke off").code("body_broken_off"))?;
        total = total.saturating_add(chunk.len());
        if total <= limit {
            all.extend_from_slice(&chunk);
        } else if total > limit.saturating_mul(DRAINED) {
            break;
        } else {
            all.clear();
        }
    }
    if total > limit { Err(too_large(limit)) } else { Ok(all.freeze()) }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get(header::CONTENT_ENCODING).map(|v| v.as_bytes().to_ascii_lowercase()).as_deref() {
        None | Some(b"" | b"identity") => Ok(false),
        Some(b"gzip" | b"x-gzip") => Ok(true),
        Some(_) => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "only gzip is understood as a content encoding")),
    }
}

/// Unpacks, stopping at the limit: a few kilobytes of gzip can hold gigabytes.
fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is not gzip, though its content encoding says so").code("not_gzip"))?;
    if bytes.len() > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// Never with Retry-After: clients would send it again (reliability 2c).
fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes after decompression"))
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
