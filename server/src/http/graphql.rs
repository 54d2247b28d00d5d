//! POST /graphql: JSON in, JSON out. Every answer says for which log sequence it holds.

use super::Web;
use super::content::{Sent, is_graphql};
use super::problem::{MetDamage, Problem, short};
use super::rests_on;
use crate::app::App;
use crate::completeness::Settled;
use crate::graphql::{Standing, TOO_LARGE, Tab, VALUES, finished, has_code, met_damage, prepare, read};
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response as Answer};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
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
pub async fn post(
    State(web): State<Web>,
    clock: Result<Query<Clock>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Query(clock) = clock.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, short(&e.body_text())))?;
    if !is_graphql(&headers) {
        // Also what keeps forms of other sites out.
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "post GraphQL as application/json: {\"query\": \"…\", \"variables\": {…}}",
        ));
    }
    let received = web.bodies.collect(body, BODY).await?;
    let mut request = parsed(&received.bytes)?;
    let served = web.app();
    let limit = Duration::from_secs(served.limits.query_seconds);
    let kind = match read(&mut request, &served.limits) {
        Ok(kind) => kind,
        Err(error) => return answered(served.standing(), finished(Answer::from_errors(vec![error])), None).await,
    };
    let app = clock.app(&served, kind, limit / 2).await?;
    let standing = Standing::new(min_seq(&headers)?);
    let (request, tab) = prepare(&app, request, Some(&standing));
    let query = tracing::debug_span!("query", operation = ?request.operation_name);
    let answer = tokio::time::timeout(limit, web.schema.execute(request).instrument(query)).await;
    let mut answer = answer.map_err(|_| {
        Problem::new(StatusCode::GATEWAY_TIMEOUT, format!("the query took longer than {} seconds; ask for less", limit.as_secs()))
    })?;
    // What reads no projection (the quarantine, the schema) lacks nothing while they are behind.
    let now = app.standing();
    let settled = standing.read().unwrap_or(Settled { acknowledged: now.holds, ..now });
    if settled.is_behind() {
        answer.extensions.insert("headwater".to_owned(), behind(settled));
    }
    if let Some(error) = has_code(&answer, TOO_LARGE).cloned() {
        // Some of its parts would be there and others not, which nobody can use.
        answer.data = async_graphql::Value::Null;
        answer.errors = vec![error];
    }
    answered(settled, finished(answer), Some(tab)).await
}

/// Said once for a whole answer: lists and lookups have no place of their own for it, and a `null` is not "there is none".
fn behind(Settled { acknowledged, holds }: Settled) -> async_graphql::Value {
    async_graphql::value!({ "sequence": holds, "acknowledged": acknowledged, "complete": false, "incompleteReason": "CATCHING_UP" })
}

/// Variables cost more as values than as text.
fn parsed(bytes: &[u8]) -> Result<Request, Problem> {
    if schema::json::values_at_most(bytes) > VALUES {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a GraphQL request may have {VALUES} JSON values")));
    }
    serde_json::from_slice(bytes)
        .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, format!("not a GraphQL request: {}", short(&e.to_string()))))
}

/// What an answer took is given back when it is sent; from when it is written it is only its text.
async fn answered(settled: Settled, answer: Answer, tab: Option<Tab>) -> Result<Response, Problem> {
    let text = serde_json::to_vec(&answer).map_err(|e| Problem::internal("the answer could not be written", &e))?;
    if let Some(tab) = &tab {
        tab.written(text.len()).await;
    }
    let mut response = (rests_on::headers(settled), [(header::CONTENT_TYPE, "application/json")], Sent::body(text, tab)).into_response();
    if met_damage(&answer) {
        response.extensions_mut().insert(MetDamage);
    }
    Ok(response)
}

/// `?knownAt=2026-01-31T12:00:00Z`: every field answers with what the server had been told by then.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Clock {
    known_at: Option<String>,
}

impl Clock {
    async fn app(&self, app: &Arc<App>, kind: OperationType, patience: Duration) -> Result<Arc<App>, Problem> {
        let (Some(text), Some(history)) = (&self.known_at, &app.history) else { return Ok(app.clone()) };
        let moment = Moment::parse(text)
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "knownAt must be a date and time such as 2026-01-31T12:00:00Z"))?;
        if kind == OperationType::Mutation {
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
