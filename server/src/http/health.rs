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
    if head.saturating_sub(seq) > READY_LAG {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("catching up with the event log: {seq} of {head}\n"));
    }
    let faults = app.health.faults();
    let is_broken = faults.iter().any(|fault| fault.severity == Severity::Broken);
    let sentences: String = faults.iter().map(|fault| format!("{}\n", fault.what)).collect();
    if is_broken { (StatusCode::SERVICE_UNAVAILABLE, sentences) } else { (StatusCode::OK, format!("ok\n{sentences}")) }
}
