//! What a body says that it is, the media type without its parameters, whatever its case; and bodies of answers that have
//! taken memory until they are sent.

use crate::graphql::Tab;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};

/// The media type in lower case; empty when none is said.
fn media_type(headers: &HeaderMap) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// True when a body is said to be one event a line.
pub fn is_lines(headers: &HeaderMap) -> bool {
    let media_type = media_type(headers);
    media_type.contains("ndjson") || media_type.contains("jsonl")
}

/// True when a body is said to be a GraphQL request as JSON.
pub fn is_graphql(headers: &HeaderMap) -> bool {
    matches!(media_type(headers).as_str(), "application/json" | "application/graphql+json")
}

/// An answer on its way: what it takes is given back when its last byte is sent.
pub struct Sent {
    text: Vec<u8>,
    _tab: Option<Tab>,
}

impl Sent {
    /// The body of an answer.
    pub fn body(text: Vec<u8>, tab: Option<Tab>) -> Body {
        Body::from(Bytes::from_owner(Self { text, _tab: tab }))
    }
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, text.parse().unwrap())])
    }

    #[test]
    fn the_media_type_is_taken_whole_and_in_any_case() {
        for text in ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8", " Application/GraphQL+JSON ; a=b"] {
            assert!(is_graphql(&said(text)), "{text}");
        }
        for text in ["application/jsonx", "text/plain; application/json", "application/json-seq", ""] {
            assert!(!is_graphql(&said(text)), "{text}");
        }
        assert!(is_lines(&said("Application/X-NDJSON; charset=utf-8")) && !is_lines(&said("application/json; a=ndjson")));
    }
}
