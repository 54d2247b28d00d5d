//! Is the process alive, and can it do its work? Lag is no illness: a server under load is a little behind all the time.

use super::Web;
use crate::health::Severity;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::Ordering;

/// How many of the entries from before the start the projections may lack and still count as ready.
const READY_LAG: u64 = 1000;

/// The process answers. Looks at nothing and waits for nothing.
pub async fn live() -> &'static str {
    "ok\n"
}

/// 200 when the server can do its work, with a sentence for whatever is worth a look; 503 while a part is broken, or
/// while a start has not yet brought the projections to what the log held then. As JSON for who takes that.
pub async fn ready(State(web): State<Web>, request: Request) -> Response {
    let app = web.app();
    let head = *app.writer.head().borrow();
    let seq = app.progress.catalog.borrow().seq;
    let is_caught_up = web.caught_up.load(Ordering::Relaxed) || web.head_at_start.saturating_sub(seq) <= READY_LAG;
    web.caught_up.store(is_caught_up, Ordering::Relaxed);
    let faults = app.health.faults();
    let is_ready = is_caught_up && faults.iter().all(|fault| fault.severity != Severity::Broken);
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut sentences: Vec<String> = faults.iter().map(|fault| fault.what.clone()).collect();
    if !is_caught_up {
        sentences.insert(0, format!("catching up with the event log: {seq} of {}", web.head_at_start));
    }
    if wants_json(&request) {
        let faults: Vec<_> = faults
            .iter()
            .map(|f| serde_json::json!({ "part": f.part.name(), "broken": f.severity == Severity::Broken, "what": f.what }))
            .collect();
        let answer = serde_json::json!({
            "ready": is_ready,
            "catchingUp": !is_caught_up,
            "acknowledged": head,
            "projected": seq,
            "searchable": *app.progress.search.borrow(),
            "faults": faults,
            "sentences": sentences,
        });
        return (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response();
    }
    let lines = if is_ready { Some("ok".to_owned()) } else { None }.into_iter().chain(sentences);
    (status, lines.map(|line| line + "\n").collect::<String>()).into_response()
}

fn wants_json(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("application/json") || request.uri().query().is_some_and(|query| query.split('&').any(|one| one == "format=json"))
}
