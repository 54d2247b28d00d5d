//! Threads for questions, apart from those of the network: putting a large answer together keeps a thread busy for as long as
//! it takes, and whoever posts events, or asks whether the server lives, must not wait for that.

use super::Web;
use super::problem::Problem;
use crate::request;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::runtime::{Builder, Runtime};
use tokio_util::task::AbortOnDropHandle;

/// The threads.
pub struct Questions(Option<Runtime>);

impl Questions {
    /// One for each core. The error: the system gives no threads.
    pub fn start() -> std::io::Result<Self> {
        Builder::new_multi_thread().thread_name("questions").enable_all().build().map(Some).map(Self)
    }
}

impl Drop for Questions {
    fn drop(&mut self) {
        // Nobody waits here for what is still under way: the last to hold this may be a network thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Answers there. A client that goes away takes its question with it.
pub async fn apart(State(web): State<Web>, request: Request, next: Next) -> Response {
    let Some(runtime) = &web.questions.0 else { return next.run(request).await };
    match AbortOnDropHandle::new(runtime.spawn(request::carried(next.run(request)))).await {
        Ok(response) => response,
        // As if it had happened here: it is said, counted and logged where every panic is.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Problem::busy_with("the server stops; ask again").into_response(),
    }
}
