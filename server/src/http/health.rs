//! Is the process alive, and has it caught up with its log?

use super::Web;
use crate::health::Severity;
use axum::extract::State;
use axum::http::StatusCode;

/// How many entries the projections may be behind and still count as ready.
const READY_LAG: u64 = 1000;

/// The process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The projections have caught up, as after a rebuild, and no part is broken.
pub async fn ready(State(web): State<Web>) -> (StatusCode, String) {
    let app = web.app();
    let head = *app.writer.head().borrow();
    let seq = app.progress.catalog.borrow().seq;
    let faults = app.health.faults();
    let mut sentences: Vec<String> = faults.iter().map(|fault| fault.what.clone()).collect();
    let is_behind = head.saturating_sub(seq) > READY_LAG;
    if is_behind {
        sentences.push(format!("catching up with the event log: {seq} of {head}"));
    }
    let is_ready = !is_behind && faults.iter().all(|fault| fault.severity == Severity::Note);
    if is_ready {
        sentences.insert(0, "ok".into());
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, sentences.join("\n") + "\n")
}
