//! POST /api/v1/check: what proposed schemas break. One call for everything, with the limits of a batch: a
//! project's schemas are larger than a GraphQL query may be.

use super::Web;
use super::problem::Problem;
use super::rests_on;
use crate::check::{JudgeError, check, wire::Request};
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Checks a proposal. 200 whatever the verdict: what to make of it is for who asks. While the server is catching up it is
/// 503, since a reader that is not known yet would pass for one that does not exist; who says `partial` gets what there is.
pub async fn post(State(web): State<Web>, body: Body) -> Result<Response, Problem> {
    let app = web.app();
    let limit = app.limits.batch_bytes;
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a proposal may have {limit} bytes"));
    let bytes = to_bytes(body, limit).await.map_err(too_large)?;
    let request: Request = serde_json::from_slice(&bytes)
        .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, format!("not a proposal: {e}; docs/CHECK.md shows one")))?;
    let settled = app.settle(None).await;
    if let Some(behind) = Problem::catching_up(settled).filter(|_| !request.partial) {
        return Err(behind);
    }
    let patience = Duration::from_secs(app.limits.query_seconds);
    let answer = tokio::time::timeout(patience, check(&app, settled, request)).await.map_err(|_| {
        let detail = format!("the check took longer than {} seconds; send fewer datasets at once", patience.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    })??;
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    Ok((rests_on::headers(settled), [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

impl From<JudgeError> for Problem {
    fn from(error: JudgeError) -> Self {
        tracing::error!(error = %error, source = ?std::error::Error::source(&error), "a check failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not read its catalog; its log says more")
    }
}
