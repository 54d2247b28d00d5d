//! Errors on the wire: `application/problem+json` (RFC 9457), the one place where they get a status and a code.
//! docs/ERRORS.md lists the codes; a test compares.

mod from;

use crate::completeness::{Completeness, Settled};
use crate::graphql::DAMAGE;
use crate::request::{self, RequestId};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::error::Error;

/// Longest detail in bytes. What a client sent is quoted in part at most.
const LONGEST: usize = 4000;

/// The code of an answer that met damage in the catalog.
const CATALOG_DAMAGED: &str = "catalog_damaged";

/// A problem that a client can do something about.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    pointer: Option<String>,
    retry_after: Option<u32>,
    allow: Option<&'static str>,
    met_damage: bool,
}

impl Problem {
    /// A problem in words, with the usual code of its status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, code: usual_code(status), detail: detail.into(), pointer: None, retry_after: None, allow: None, met_damage: false }
    }

    /// With a code of its own: stable, in snake_case, listed in docs/ERRORS.md.
    pub fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// With a time, in seconds, after which the same may be asked again.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// 503 with Retry-After: the one answer to overload that every official client retries. Never a 429, never a longer
    /// wait.
    pub fn busy() -> Self {
        let detail = "more events are waiting than the server can take; send this one again in a second";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).code("busy") }
    }

    /// 503 with Retry-After, for whoever wants what others have at the moment.
    pub fn busy_with(detail: &str) -> Self {
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).code("busy") }
    }

    /// 503 with Retry-After: what was asked for is damaged in the catalog, which is checked and made anew.
    pub fn catalog_damaged(cause: &str) -> Self {
        tracing::error!(cause, "a request met damage in the catalog");
        Self { retry_after: Some(5), code: CATALOG_DAMAGED, met_damage: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, DAMAGE) }
    }

    /// 405 with the methods that the address takes.
    pub fn other_method(allowed: &'static str) -> Self {
        let detail = format!("method not allowed; allowed: {allowed}");
        Self { allow: Some(allowed), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, detail) }
    }

    /// 500: a failure of ours. The sentence is for the client, the error with its chain for the server's log.
    pub fn internal(sentence: &str, error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "a request failed: {sentence}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{sentence}; {}", request::where_to_look()))
    }
}

/// An error and what is behind it, each cause once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        next = cause.source();
    }
    said
}

/// The code of a problem that says no more than its status.
fn usual_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "invalid_request",
        StatusCode::FORBIDDEN => "cross_site",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "body_too_slow",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::MISDIRECTED_REQUEST => "wrong_host",
        StatusCode::UPGRADE_REQUIRED => "upgrade_required",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        StatusCode::GATEWAY_TIMEOUT => "query_too_slow",
        status if status.is_client_error() => "invalid_request",
        _ => "internal",
    }
}

impl Problem {
    /// 503 with Retry-After while an answer would not hold for what was acknowledged before the question, and where an answer
    /// that is not whole would be taken for one that is.
    pub fn catching_up(settled: Settled) -> Option<Self> {
        let sentence = Completeness::of(settled).sentence()?;
        Some(Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence).code("catching_up") })
    }
}

const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    fn body(&self, id: Option<&RequestId>) -> String {
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": cut(&self.detail, LONGEST),
        });
        if let Some(id) = id {
            body["requestId"] = id.as_str().into();
        }
        if let Some(pointer) = &self.pointer {
            body["pointer"] = cut(pointer, LONGEST).into();
        }
        body.to_string()
    }

    /// As the last bytes of a connection of HTTP/1.1, where there is nothing else to write it.
    pub fn wire(&self, id: &RequestId) -> Vec<u8> {
        let body = self.body(Some(id));
        let retry = self.retry_after.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
        let head =
            format!("HTTP/1.1 {}\r\ncontent-type: {PROBLEM_JSON}\r\ncontent-length: {}\r\nx-request-id: {id}\r\n", self.status, body.len());
        format!("{head}{retry}connection: close\r\n\r\n{body}").into_bytes()
    }
}

/// In the extensions of a response: what answered could not read the catalog, which may be damaged.
#[derive(Clone, Copy)]
pub struct MetDamage;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.body(request::current().as_ref());
        let mut response = (self.status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // The rest of the body is not read: the connection is of no more use.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        if self.met_damage {
            response.extensions_mut().insert(MetDamage);
        }
        response
    }
}

/// A text that may quote what was sent, cut to a length that a person reads.
pub fn short(text: &str) -> String {
    cut(text, 1000)
}

/// A text of so many bytes at most; what is cut off is counted.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let kept = text.floor_char_boundary(most - 40);
    format!("{}… ({} more bytes)", &text[..kept], text.len() - kept)
}

/// Another method than the route knows. Which it knows is said here: the router does not tell its own fallback.
pub async fn method_not_allowed(request: Request) -> Problem {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let allowed = match route {
        "/api/v1/lineage" => "GET, HEAD, POST",
        // An upgrade begins with a GET.
        "/graphql/ws" => "GET",
        "/api/v1/lineage/" | "/api/v1/lineage/batch" | "/api/v1/lineage/dry-run" | "/graphql" | "/api/v1/check" => "POST",
        _ => "GET, HEAD",
    };
    Problem::other_method(allowed)
}

/// A bug of ours, or a row of the catalog that does not hold what its table promises; the client may try again.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the server failed; {}", request::where_to_look()));
    let mut response = problem.into_response();
    response.extensions_mut().insert(MetDamage);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Every code that the source gives a problem.
    fn given(dir: &Path, codes: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                given(&path, codes);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let named = text.split(".code(\"").skip(1).filter_map(|rest| rest.split_once('"'));
            codes.extend(named.map(|(code, _)| code.to_owned()).filter(|code| code != "…"));
        }
    }

    #[test]
    fn the_documentation_lists_every_code() {
        let mut codes: BTreeSet<String> = (400..600).filter_map(|n| Some(usual_code(StatusCode::from_u16(n).ok()?).to_owned())).collect();
        given(Path::new("src/http"), &mut codes);
        codes.insert(CATALOG_DAMAGED.to_owned());
        let text = std::fs::read_to_string("../docs/ERRORS.md").unwrap();
        let (table, _) = text.split_once("## GraphQL").unwrap();
        let listed: BTreeSet<String> =
            table.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect();
        assert_eq!(codes, listed);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "ü".repeat(LONGEST);
        let cut = cut(&text, LONGEST);
        assert!(cut.len() <= LONGEST && cut.contains("more bytes"), "{}", cut.len());
    }

    #[test]
    fn a_cause_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot read: {0}")]
        struct Outer(#[source] std::io::Error);
        assert_eq!(chain(&Outer(std::io::Error::other("disk gone"))), "cannot read: disk gone");
    }
}
