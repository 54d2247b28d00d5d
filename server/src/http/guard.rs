//! What must hold for every request: a loopback server answers to loopback names only (a web page
//! must not reach it by rebinding DNS), and another site's page may neither post nor follow.

use super::Web;
use super::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What a request is refused with that may not be answered.
pub fn refusal(web: &Web, request: &Request) -> Option<Response> {
    if web.listen.ip().is_loopback() && !is_loopback(host(request)) {
        let detail = "this server listens on loopback and answers only to localhost, 127.0.0.1 and [::1]";
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response());
    }
    if (request.method() == Method::POST || is_question(request)) && is_cross_site(request) {
        return Some(Problem::new(StatusCode::FORBIDDEN, "a page of another site may not post, ask or follow here").into_response());
    }
    None
}

/// Adds the headers that every answer has.
pub fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

fn host(request: &Request) -> Option<&str> {
    request.uri().authority().map(|authority| authority.as_str()).or_else(|| request.headers().get(header::HOST)?.to_str().ok())
}

fn is_loopback(host: Option<&str>) -> bool {
    // HTTP/1.0 and probes may send none.
    let Some(host) = host else { return true };
    let name = if host.starts_with('[') {
        host.split_once(']').map_or(host, |(name, _)| &name[1..])
    } else {
        host.split(':').next().unwrap_or(host)
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// True for what makes the server work: an image of another site's page must not, though the page could not read it. Pages
/// may be linked to. A WebSocket a browser lets any page open and read.
fn is_question(request: &Request) -> bool {
    let path = request.uri().path();
    let is_in = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    request.headers().contains_key(header::UPGRADE) || is_in("/api") || is_in("/graphql")
}

/// Browsers say where a request comes from, older ones by its origin alone; emitters and curl say
/// nothing.
fn is_cross_site(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return site == "cross-site" || site == "same-site";
    }
    let origin = header("origin").map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    origin.is_some_and(|origin| Some(origin) != host(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_ours() {
        for host in ["localhost:5000", "LOCALHOST", "127.0.0.1:1", "127.8.0.1", "[::1]:5000"] {
            assert!(is_loopback(Some(host)), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]:80", ""] {
            assert!(!is_loopback(Some(host)), "{host}");
        }
    }
}
