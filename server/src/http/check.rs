//! POST /api/v1/check: what proposed schemas break. One call for everything, with the limits of a batch: a
//! project's schemas are larger than a GraphQL query may be.

use super::Web;
use super::body::Received;
use super::problem::{Problem, short};
use super::rests_on;
use crate::check::{JudgeError, check, wire::Request};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Times the values of an event that a proposal may have.
const EVENTS: usize = 4;
/// Bytes that one of its values takes beside its text, which is copied.
const VALUE: usize = 32;

/// Checks a proposal. 200 whatever the verdict: what to make of it is for who asks. While the server is catching up it is
/// 503, since a reader that is not known yet would pass for one that does not exist; who says `partial` gets what there is.
pub async fn post(State(web): State<Web>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let Received { bytes, mut share } = web.bodies.receive(&headers, body).await?;
    let app = web.app();
    let most = app.limits.event_values.saturating_mul(EVENTS);
    let read = move |bytes: &[u8]| {
        let values = schema::json::values_at_most(bytes);
        if values > most {
            let detail = format!("a proposal may have {most} JSON values; send fewer datasets at once");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        share.add(values.saturating_mul(VALUE).saturating_add(bytes.len()))?;
        let request = serde_json::from_slice::<Request>(bytes).map_err(|e| {
            Problem::new(StatusCode::BAD_REQUEST, format!("not a proposal: {}; docs/CHECK.md shows one", short(&e.to_string())))
        })?;
        Ok((request, share))
    };
    let (request, _share) = web.bodies.read(bytes, read).await?;
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
        match error {
            JudgeError::Catalog(error) => error.into(),
            JudgeError::Work(error) => error.into(),
        }
    }
}
