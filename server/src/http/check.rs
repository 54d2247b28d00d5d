//! POST /api/v1/check: what proposed schemas break. One call for everything, with the limits of a batch: a
//! project's schemas are larger than a GraphQL query may be.

use super::Web;
use super::problem::Problem;
use crate::check::{JudgeError, check, wire::Request};
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Checks a proposal. 200 whatever the verdict: what to make of it is for who asks.
pub async fn post(State(web): State<Web>, body: Body) -> Result<Response, Problem> {
    let app = web.app();
    let limit = app.limits.batch_bytes;
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a proposal may have {limit} bytes"));
    let bytes = to_bytes(body, limit).await.map_err(too_large)?;
    let request: Request = serde_json::from_slice(&bytes)
        .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, format!("not a proposal: {e}; docs/CHECK.md shows one")))?;
    app.settle(None).await;
    let patience = Duration::from_secs(app.limits.query_seconds);
    let answer = tokio::time::timeout(patience, check(&app, request)).await.map_err(|_| {
        let detail = format!("the check took longer than {} seconds; send fewer datasets at once", patience.as_secs());
        Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
    })??;
    Ok(([(header::CONTENT_TYPE, "application/json")], serde_json::to_vec(&answer).unwrap_or_default()).into_response())
}

impl From<JudgeError> for Problem {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Catalog(error) => error.into(),
            JudgeError::Stopped => Self::internal("the walk did not finish", &error),
        }
    }
}
