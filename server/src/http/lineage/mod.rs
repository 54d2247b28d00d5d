//! The doors to lineage over HTTP: what they have in common. The same parameters, read into the question that GraphQL asks
//! too; the app that answers; names for what comes out. `export` writes files, `answer` gives pages of JSON.

pub mod answer;
pub mod export;
mod parameters;
mod rows;

use super::Web;
use super::graphql::min_seq;
use super::problem::Problem;
use crate::app::App;
use crate::asked::AskError;
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

/// The app that answers, once it holds for what was acknowledged before: the one that is served, or one of earlier
/// knowledge.
async fn opened(web: &Web, headers: &HeaderMap, known_at: Option<Moment>, patience: Duration) -> Result<Arc<App>, Problem> {
    let app = web.app();
    app.settle(min_seq(headers)?).await;
    match (known_at, &app.history) {
        (Some(moment), Some(history)) => Ok(history.at(&app, moment.0, patience).await?),
        _ => Ok(app),
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Wrong(why) => Self::new(StatusCode::BAD_REQUEST, why),
            AskError::Catalog(error) => error.into(),
            AskError::Broken => Self::internal("the walk did not finish", &std::io::Error::other("a walk panicked")),
        }
    }
}
