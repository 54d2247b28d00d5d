//! The network side. Every route on this screen, grouped by who calls it.

mod body;
mod buffer;
mod check;
mod connection;
mod content;
mod early;
mod graphql;
mod guard;
mod health;
mod ingest;
mod lineage;
mod live;
mod metrics;
mod observe;
mod problem;
mod questions;
mod rests_on;
mod serve;
mod share;
mod ui;

pub use serve::serve;

use crate::app::App;
use crate::graphql::ApiSchema;
use arc_swap::ArcSwap;
use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use metrics::requests::Requests;
use questions::Questions;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// What handlers share: one pointer, since every layer of every request takes it.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

/// What is behind it.
pub struct Shared {
    /// Log and projections; another set may take their place while requests go on.
    served: Arc<ArcSwap<App>>,
    /// The GraphQL schema over them.
    pub schema: ApiSchema,
    /// Where we listen: a loopback address answers loopback names only.
    pub listen: SocketAddr,
    /// Where questions are answered.
    questions: Questions,
    /// One for each export that may go on at a time.
    pub exports: Arc<Semaphore>,
    /// One for each client that may follow at a time.
    pub connections: Arc<Semaphore>,
    /// What bodies under way may take together.
    pub bodies: body::Bodies,
    /// Cancelled when the server stops.
    pub closing: CancellationToken,
    /// What was asked and how it was answered.
    pub requests: Requests,
    /// The newest entry of the log when serving began.
    pub head_at_start: u64,
    /// True once the projections held for that.
    pub caught_up: AtomicBool,
    /// When serving began, microseconds since 1970.
    pub started: i64,
}

impl Web {
    /// Over what is served. The error: the system gives no threads.
    pub fn new(served: Arc<ArcSwap<App>>, listen: SocketAddr, closing: CancellationToken) -> std::io::Result<Self> {
        let app = served.load_full();
        let exports = Arc::new(Semaphore::new(app.limits.exports as usize));
        let connections = Arc::new(Semaphore::new(app.limits.connections as usize));
        let bodies = body::Bodies::new(&app.limits, closing.clone());
        let head_at_start = *app.writer.head().borrow();
        Ok(Self(Arc::new(Shared {
            schema: crate::graphql::schema(),
            questions: Questions::start()?,
            served,
            listen,
            exports,
            connections,
            bodies,
            closing,
            requests: Requests::default(),
            head_at_start,
            caught_up: AtomicBool::default(),
            started: crate::ingest::now_micros(),
        })))
    }

    /// What answers a request: taken once for each, so that all of an answer rests on one set of projections.
    pub fn app(&self) -> Arc<App> {
        self.served.load_full()
    }
}

impl std::ops::Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The whole router.
pub fn router(web: Web) -> Router {
    let emitters = Router::new()
        .route("/api/v1/lineage", post(ingest::lineage))
        // A redirect would turn a client's POST into a GET (openlineage 5.1).
        .route("/api/v1/lineage/", post(ingest::lineage))
        .route("/api/v1/lineage/batch", post(ingest::batch))
        .route("/api/v1/lineage/dry-run", post(ingest::dry_run));
    let apart = middleware::from_fn_with_state(web.clone(), questions::apart);
    let questions = Router::new()
        .route("/graphql", post(graphql::post))
        .route("/api/v1/lineage", get(lineage::answer::get))
        .route("/api/v1/lineage/export", get(lineage::export::get))
        .route("/api/v1/check", post(check::post))
        .route_layer(apart.clone());
    let people = questions.route("/graphiql", get(ui::graphiql)).fallback(ui::page).layer(CompressionLayer::new());
    let followers = Router::new().route("/graphql/ws", get(live::upgrade)).route_layer(apart);
    let operators =
        Router::new().route("/livez", get(health::live)).route("/readyz", get(health::ready)).route("/metrics", get(metrics::metrics));
    emitters
        .merge(people)
        .merge(followers)
        .merge(operators)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(web.clone(), observe::observe))
        .with_state(web)
}
