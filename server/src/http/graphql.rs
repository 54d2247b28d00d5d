//! POST /graphql: JSON in, JSON out. Every answer says for which log sequence it holds.

use super::Web;
use super::problem::Problem;
use crate::app::App;
use crate::graphql::{finished, prepare};
use async_graphql::parser::types::OperationType;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::moment::Moment;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// Queries are text for people; a longer one is a mistake.
const BODY: usize = 1 << 20;

/// Runs a request.
pub async fn post(State(web): State<Web>, Query(clock): Query<Clock>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("application/json") || v.starts_with("application/graphql+json"));
    if !is_json {
        // Also what keeps forms of other sites out.
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "post GraphQL as application/json: {\"query\": \"…\", \"variables\": {…}}",
        ));
    }
    let bytes =
        to_bytes(body, BODY).await.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a query may have {BODY} bytes")))?;
    let request: async_graphql::Request =
        serde_json::from_slice(&bytes).map_err(|e| Problem::new(StatusCode::BAD_REQUEST, format!("not a GraphQL request: {e}")))?;
    let served = web.app();
    let limit = Duration::from_secs(served.limits.query_seconds);
    let app = clock.app(&served, &request, limit / 2).await?;
    let request = prepare(&app, request, min_seq(&headers)?);
    let query = tracing::debug_span!("query", operation = ?request.operation_name);
    let answer = tokio::time::timeout(limit, web.schema.execute(request).instrument(query)).await;
    let answer = finished(answer.map_err(|_| {
        Problem::new(StatusCode::GATEWAY_TIMEOUT, format!("the query took longer than {} seconds; ask for less", limit.as_secs()))
    })?);
    let seq = app.progress.catalog.borrow().seq;
    let body = serde_json::to_vec(&answer).unwrap_or_default();
    Ok((
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::HeaderName::from_static("x-headwater-seq"), seq.to_string())],
        body,
    )
        .into_response())
}

/// `?knownAt=2026-01-31T12:00:00Z`: every field answers with what the server had been told by then.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Clock {
    known_at: Option<String>,
}

impl Clock {
    async fn app(&self, app: &Arc<App>, request: &async_graphql::Request, patience: Duration) -> Result<Arc<App>, Problem> {
        let (Some(text), Some(history)) = (&self.known_at, &app.history) else { return Ok(app.clone()) };
        let moment = Moment::parse(text)
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "knownAt must be a date and time such as 2026-01-31T12:00:00Z"))?;
        // What does not parse is answered with its errors later.
        let document = async_graphql::parser::parse_query(&request.query).ok();
        let changes = document.is_some_and(|document| document.operations.iter().any(|(_, one)| one.node.ty == OperationType::Mutation));
        if changes {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "knownAt is for queries; what was known cannot be changed"));
        }
        Ok(history.at(app, moment.0, patience).await?)
    }
}

/// `X-Headwater-Min-Seq: N` waits until N is projected, as answered by a POST of events.
pub(super) fn min_seq(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("x-headwater-min-seq") else { return Ok(None) };
    let seq = value.to_str().ok().and_then(|text| text.parse().ok());
    seq.map(Some).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "X-Headwater-Min-Seq must be a whole number"))
}
