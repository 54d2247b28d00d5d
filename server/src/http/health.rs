//! Is the process alive, and has it caught up with its log?

use super::Web;
use axum::extract::State;
use axum::http::StatusCode;

/// How many entries the projections may be behind and still count as ready.
const READY_LAG: u64 = 1000;

/// The process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The projections have caught up, as after a rebuild.
pub async fn ready(State(web): State<Web>) -> (StatusCode, String) {
    let head = *web.app.writer.head().borrow();
    let seq = web.app.progress.catalog.borrow().seq;
    if head.saturating_sub(seq) <= READY_LAG {
        (StatusCode::OK, "ok\n".into())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("catching up with the event log: {seq} of {head}\n"))
    }
}
