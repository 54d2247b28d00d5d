//! Errors on the wire: `application/problem+json` (RFC 9457), the one place where they get a status.

use crate::catalog::CatalogError;
use crate::completeness::{Completeness, Settled};
use crate::explain::DryRunError;
use crate::graphql::ApiError;
use crate::history::HistoryError;
use crate::log::LogError;
use crate::work::WorkError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schema::openlineage::Rejection;

/// A problem that a client can do something about.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    pointer: Option<String>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem in words.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), pointer: None, retry_after: None }
    }

    /// 503 with Retry-After: the one answer to overload that every official client retries
    /// (reliability 2c). Never a 429, never a longer wait.
    pub fn busy() -> Self {
        let detail = "more events are waiting than the server can take; send this one again in a second";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }
}

impl Problem {
    /// 503 with Retry-After, for whoever wants what others have at the moment.
    pub fn busy_with(detail: &str) -> Self {
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }
}

impl Problem {
    /// 503 with Retry-After while an answer would not hold for what was acknowledged before the question, and where an answer
    /// that is not whole would be taken for one that is.
    pub fn catching_up(settled: Settled) -> Option<Self> {
        let sentence = Completeness::of(settled).sentence()?;
        Some(Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence) })
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        tracing::error!(error = %error, source = ?std::error::Error::source(&error), "the catalog failed a request");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not read its catalog; its log says more")
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Overloaded => Self::busy(),
            // The log's writer has logged it, once.
            LogError::Unwritable(fault) => Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, fault.to_string()) },
            LogError::Unreadable(_) | LogError::Damaged(..) | LogError::Unusable(_) => {
                tracing::error!(error = %error, source = ?std::error::Error::source(&error), "the event log failed a request");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not read its event log; its own log says more")
            }
        }
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Busy => Self::busy_with(&error.to_string()),
            WorkError::Broken => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the walk did not finish; the server's log says more"),
        }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadInput(why) | ApiError::TooComplex(why) | ApiError::TooLarge(why) => Self::new(StatusCode::BAD_REQUEST, why),
            ApiError::NotFound(why) => Self::new(StatusCode::NOT_FOUND, why),
            ApiError::Busy(why) => Self::busy_with(&why),
            ApiError::Internal(why, cause) => {
                tracing::error!(cause, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, why)
            }
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Folding { .. } | HistoryError::Busy => {
                Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()) }
            }
            HistoryError::Log(error) => error.into(),
            HistoryError::Failed(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "what was known then could not be put together; the server's log says more")
            }
        }
    }
}

impl From<DryRunError> for Problem {
    fn from(error: DryRunError) -> Self {
        match error {
            DryRunError::TooMany(_) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            DryRunError::Log(error) => error.into(),
            DryRunError::Catalog(error) => error.into(),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let detail = format!("{}; what was refused is kept in the quarantine", rejection.reason);
        Self { pointer: Some(rejection.pointer), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(pointer) = self.pointer {
            body["pointer"] = pointer.into();
        }
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response();
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // The rest of the body is not read: the connection is of no more use.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A text that may quote what was sent, cut to a length that a person reads.
pub fn short(text: &str) -> String {
    const MOST: usize = 1000;
    if text.len() <= MOST {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(MOST)])
}

/// Another method than the route knows.
pub async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address takes another method; see the README for each")
}

/// A bug of ours; the client may try again.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the server failed; its log says more").into_response()
}
