//! Which problem each error of the rooms below is.

use super::Problem;
use crate::catalog::CatalogError;
use crate::explain::DryRunError;
use crate::graphql::ApiError;
use crate::history::HistoryError;
use crate::ingest::KEPT;
use crate::log::LogError;
use crate::request;
use crate::work::WorkError;
use axum::http::StatusCode;
use schema::openlineage::Rejection;

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        Self { met_damage: true, ..ApiError::from(error).into() }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Overloaded => Self::busy(),
            // The log's writer has logged it, once.
            LogError::Unwritable(fault) => Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, fault.to_string()) },
            LogError::Unreadable(_) | LogError::Damaged(..) | LogError::Unusable(_) => ApiError::from(error).into(),
        }
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Busy => Self::busy_with(&error.to_string()),
            WorkError::Broken => Self::internal("the walk did not finish", &error),
        }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadInput(why) | ApiError::TooComplex(why) => Self::new(StatusCode::BAD_REQUEST, why),
            ApiError::TooLarge(why) => Self::new(StatusCode::BAD_REQUEST, why).code("answer_too_large"),
            ApiError::NotFound(why) => Self::new(StatusCode::NOT_FOUND, why),
            ApiError::Busy(why) => Self::busy_with(&why),
            ApiError::EntryUnreadable(why) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, why).code("entry_unreadable"),
            ApiError::Unavailable(why, cause) => {
                tracing::error!(cause, "a request could not be answered");
                Self { retry_after: Some(5), met_damage: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, why) }
            }
            ApiError::CatalogDamaged(cause) => Self::catalog_damaged(&cause),
            ApiError::Internal(why, cause) => {
                tracing::error!(cause, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{why}; {}", request::where_to_look()))
            }
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Folding { .. } => {
                let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).code("folding");
                Self { retry_after: Some(5), ..busy }
            }
            HistoryError::Busy => Self::busy_with(&error.to_string()),
            HistoryError::Log(error) => error.into(),
            HistoryError::Failed(_) => Self::internal("what was known then could not be put together", &error),
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
        Self::refused(rejection, 1)
    }
}

impl Problem {
    /// Why events were refused, so many of one request.
    pub fn refused(rejection: Rejection, count: usize) -> Self {
        let kept = if count > KEPT { format!("the first {KEPT} refused are") } else { "what was refused is".into() };
        let detail = format!("{}; {kept} kept in the quarantine", rejection.reason);
        Self { pointer: Some(rejection.pointer), ..Self::new(StatusCode::BAD_REQUEST, detail).code("invalid_event") }
    }
}
