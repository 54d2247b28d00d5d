//! Around every request: its id, what is counted of it, its line in the log, and what `guard` asks for. Outermost, so that
//! whatever answers has all of them, and one layer, since each costs a request an allocation or two.

use super::metrics::requests::route;
use super::problem::MetDamage;
use super::{Web, guard};
use crate::request::{self, RequestId};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Taken from a client, and in every answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A request that takes longer is worth a line.
const SLOW: Duration = Duration::from_secs(1);
/// Lines a second, at most, about requests that failed or were slow: overload must not fill the disk with its log.
const LINES: u64 = 10;

/// Answers under an id, and takes note of it.
pub async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::taken_or_new(request.headers().get(REQUEST_ID).map(HeaderValue::as_bytes));
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().map(|path| route(path.as_str()));
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = request::answering(id.clone(), async {
        let response = match guard::refusal(&web, &request) {
            Some(refusal) => refusal,
            None => next.run(request).await,
        };
        let route = matched.unwrap_or_else(|| unmatched(is_asset, response.status()));
        let lasted = began.elapsed();
        web.requests.answered(method.as_str(), route, response.status().as_u16(), lasted);
        tell(&method, route, response.status(), lasted);
        if response.extensions().get::<MetDamage>().is_some() {
            web.app().health.catalog_seems_damaged();
        }
        response
    })
    .await;
    guard::protect(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// What the router's fallback answered: a file, a page of the app, or nothing that is there.
fn unmatched(is_asset: bool, status: StatusCode) -> &'static str {
    match (status.is_success() || status == StatusCode::NOT_MODIFIED, is_asset) {
        (true, true) => "/assets/*",
        (true, false) => "page",
        _ => route(""),
    }
}

/// A line for each at debug; at info only for what went wrong or was slow. Names nothing that the client sent but its
/// method, so that no secret of a URL gets into the log.
fn tell(method: &Method, route: &'static str, status: StatusCode, lasted: Duration) {
    let (status, ms) = (status.as_u16(), lasted.as_secs_f64() * 1000.0);
    // A probe that is told to wait is no failure.
    let is_probe = matches!(route, "/readyz" | "/livez");
    if (status >= 500 || lasted > SLOW) && !is_probe && may_tell() {
        tracing::info!(%method, route, status, ms, "answered");
    } else {
        tracing::debug!(%method, route, status, ms, "answered");
    }
}

/// Counts lines of this second.
fn may_tell() -> bool {
    static SECOND: AtomicU64 = AtomicU64::new(0);
    static TOLD: AtomicU64 = AtomicU64::new(0);
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let second = START.elapsed().as_secs();
    if SECOND.swap(second, Ordering::Relaxed) != second {
        let more = TOLD.swap(0, Ordering::Relaxed).saturating_sub(LINES);
        if more > 0 {
            tracing::info!(more, "requests failed or were slow; not each has a line");
        }
    }
    TOLD.fetch_add(1, Ordering::Relaxed) < LINES
}
