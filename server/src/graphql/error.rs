//! Errors as clients see them: a sentence and `extensions.code`. The chain goes to the server's log,
//! once, here.

use crate::asked::AskError;
use crate::catalog::CatalogError;
use crate::log::LogError;
use crate::search::SearchError;
use async_graphql::{Error, ErrorExtensions, ServerError};

/// The code of an answer that became too large.
pub const TOO_LARGE: &str = "TOO_LARGE";

/// Why a field has no answer. It prints nothing by itself: async-graphql would turn anything that
/// does into an error without a code.
pub enum ApiError {
    /// The question is wrong; change it.
    BadInput(String),
    /// What was named is not there.
    NotFound(String),
    /// The question asks for too much at once; make several of it.
    TooComplex(String),
    /// The answer would be too large; ask for less of it.
    TooLarge(String),
    /// Others are first; ask again in some seconds.
    Busy(String),
    /// Ours; try again, then look at the server's log.
    Internal(&'static str, String),
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        Self::Internal("the server could not read its catalog; its log says more", format!("{error:?}"))
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Wrong(why) => Self::BadInput(why),
            AskError::Catalog(error) => error.into(),
            AskError::Work(error) => error.into(),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        Self::Internal("the server could not search; its log says more", format!("{error:?}"))
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        if matches!(error, LogError::Overloaded) {
            return Self::Internal("more events are waiting than the server can take; try again in a second", format!("{error:?}"));
        }
        if matches!(error, LogError::Unwritable(_)) {
            return Self::Internal("the event log cannot be written; /readyz says why", format!("{error:?}"));
        }
        if matches!(error, LogError::Damaged(..)) {
            return Self::NotFound(error.to_string());
        }
        Self::Internal("the server could not read its event log; its own log says more", format!("{error:?}"))
    }
}

impl ApiError {
    /// As an error of the whole request, which has no place in it.
    pub fn into_server_error(self) -> ServerError {
        let Error { message, extensions, .. } = self.into();
        let mut error = ServerError::new(message, None);
        error.extensions = extensions;
        error
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadInput(message) => Self::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_INPUT")),
            ApiError::NotFound(message) => Self::new(message).extend_with(|_, extensions| extensions.set("code", "NOT_FOUND")),
            ApiError::TooComplex(message) => Self::new(message).extend_with(|_, extensions| extensions.set("code", "TOO_COMPLEX")),
            ApiError::TooLarge(message) => Self::new(message).extend_with(|_, extensions| extensions.set("code", TOO_LARGE)),
            ApiError::Busy(message) => Self::new(message).extend_with(|_, extensions| extensions.set("code", "BUSY")),
            ApiError::Internal(message, cause) => {
                tracing::error!(cause, "a query failed");
                Self::new(message).extend_with(|_, extensions| extensions.set("code", "INTERNAL"))
            }
        }
    }
}

/// Shorthand of the resolvers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A question that cannot be answered as it is.
pub fn bad_input(message: impl Into<String>) -> Error {
    ApiError::BadInput(message.into()).into()
}

/// Something named that is not there, where an answer of null would say less.
pub fn not_found(message: impl Into<String>) -> Error {
    ApiError::NotFound(message.into()).into()
}
