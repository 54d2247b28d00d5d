//! The doors to lineage over HTTP: what they have in common. The same parameters, read into the question that GraphQL asks
//! too; the app that answers; names for what comes out. `export` writes files, `answer` gives pages of JSON.

pub mod answer;
pub mod export;
mod parameters;
mod rows;

use super::Web;
use super::graphql::min_seq;
use super::problem::Problem;
use super::rests_on;
use crate::app::App;
use crate::asked::AskError;
use crate::completeness::Settled;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, StatusCode};
use schema::moment::Moment;
use std::sync::Arc;
use std::time::Duration;

/// The parameters of a request, in their order.
type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Reads them; what is wrong is the client's.
fn read<T>(parameters: Parameters, read: impl FnOnce(&[(String, String)]) -> Result<T, String>) -> Result<T, Problem> {
    let bad = |why: String| Problem::new(StatusCode::BAD_REQUEST, why);
    read(&parameters.map_err(|e| bad(e.body_text()))?.0).map_err(bad)
}

/// The app that answers, once it holds for what was acknowledged before, bounded: the one that is served, or one of earlier
/// knowledge. And what its answer rests on.
async fn opened(web: &Web, headers: &HeaderMap, known_at: Option<Moment>, patience: Duration) -> Result<(Arc<App>, Settled), Problem> {
    let served = web.app();
    let settled = served.settle(min_seq(headers)?).await;
    let app = match (known_at, &served.history) {
        (Some(moment), Some(history)) => history.at(&served, moment.0, patience).await?,
        _ => served,
    };
    let settled = rests_on::of(&app, settled);
    Ok((app, settled))
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Wrong(why) => Self::new(StatusCode::BAD_REQUEST, why),
            AskError::Catalog(error) => error.into(),
            AskError::Work(error) => error.into(),
        }
    }
}
