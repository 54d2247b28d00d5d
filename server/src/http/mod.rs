//! The network side. Every route on this screen, grouped by who calls it.

mod check;
mod graphql;
mod guard;
mod health;
mod ingest;
mod metrics;
mod problem;
mod ui;

use crate::app::App;
use crate::graphql::ApiSchema;
use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// What handlers share.
#[derive(Clone)]
pub struct Web {
    /// Log and projections.
    pub app: Arc<App>,
    /// The GraphQL schema over them.
    pub schema: ApiSchema,
    /// Where we listen: a loopback address answers loopback names only.
    pub listen: SocketAddr,
}

/// The whole router.
pub fn router(web: Web) -> Router {
    let emitters = Router::new()
        .route("/api/v1/lineage", post(ingest::lineage))
        // A redirect would turn a client's POST into a GET (openlineage 5.1).
        .route("/api/v1/lineage/", post(ingest::lineage))
        .route("/api/v1/lineage/batch", post(ingest::batch))
        .route("/api/v1/lineage/dry-run", post(ingest::dry_run));
    let people = Router::new()
        .route("/graphql", post(graphql::post))
        .route("/api/v1/check", post(check::post))
        .route("/graphiql", get(ui::graphiql))
        .fallback(ui::page)
        .layer(CompressionLayer::new());
    let operators =
        Router::new().route("/livez", get(health::live)).route("/readyz", get(health::ready)).route("/metrics", get(metrics::metrics));
    emitters
        .merge(people)
        .merge(operators)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(web.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .with_state(web)
}

/// Serves until `stop` resolves and the requests under way are answered.
pub async fn serve(listener: TcpListener, web: Web, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    axum::serve(listener, router(web)).with_graceful_shutdown(stop).await
}
