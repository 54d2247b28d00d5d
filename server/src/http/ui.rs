//! The web app out of the binary: files by path, every other address the app's own page.

use super::problem::Problem;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use ui::Asset;

/// Nothing from elsewhere, no inline script; React Flow sets inline styles.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// A file of the app, or its page for every address that the app itself knows.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD || path == "api" || path.starts_with("api/") {
        return Problem::new(
            StatusCode::NOT_FOUND,
            format!("there is nothing at {} for {method}; events go to POST /api/v1/lineage", uri.path()),
        )
        .into_response();
    }
    match ui::asset(path) {
        Some(asset) => file(asset, &headers),
        None if path.starts_with("assets/") => {
            Problem::new(StatusCode::NOT_FOUND, "the app has no such file; reload the page").into_response()
        }
        None => app_page("index.html", &headers),
    }
}

/// The GraphQL explorer.
pub async fn graphiql(headers: HeaderMap) -> Response {
    app_page("graphiql.html", &headers)
}

fn app_page(path: &str, headers: &HeaderMap) -> Response {
    let page = ui::asset(path).or_else(|| ui::asset("index.html"));
    page.map_or_else(|| Problem::new(StatusCode::NOT_FOUND, "this build has no web app").into_response(), |asset| file(asset, headers))
}

fn file(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [
        (header::CONTENT_TYPE, asset.mime),
        (header::ETAG, asset.etag),
        (header::CACHE_CONTROL, cache),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == asset.etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let takes_gzip = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    match asset.gzip.filter(|_| takes_gzip) {
        Some(gzip) => (common, [(header::CONTENT_ENCODING, "gzip")], gzip).into_response(),
        None => (common, asset.bytes).into_response(),
    }
}
