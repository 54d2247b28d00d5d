//! `headwater demo`: an invented company, posted through the same intake as everything else.

use super::{Failure, listen};
use crate::app::Running;
use crate::config::{Config, DEFAULT_LISTEN, Limits};
use crate::demo;
use crate::ingest::{ingest, now_micros};
use clap::Args;
use schema::json::Bounds;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How the names of its folders begin.
const PREFIX: &str = "headwater-demo-";
/// Events of one submission: large enough to share a commit, small enough to flow.
const CHUNK: usize = 500;

/// What `demo` takes.
#[derive(Args)]
pub(super) struct Demo {
    /// Address to serve on [default: 127.0.0.1:5000, or any free port when that is taken]
    #[arg(long, value_name = "ADDRESS", env = "HEADWATER_LISTEN")]
    listen: Option<SocketAddr>,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let began = Instant::now();
        remove_leftovers(&std::env::temp_dir());
        let folder = private_folder().map_err(|e| Failure::Said(format!("no temporary folder: {e}")))?;
        let listener = self.bind().await?;
        let address = listener.local_addr().map_err(|e| Failure::Said(e.to_string()))?;
        let config = Config {
            data: folder.path().into(),
            listen: address,
            limits: Limits::default(),
            naming: Arc::default(),
            accept_loss: false,
            redact: Arc::default(),
            demo: true,
            hold_projections_at: None,
        };
        let running = Running::start(&config).await?;
        let events = fill(&running).await?;
        let held = *running.app().progress.catalog.borrow();
        let signals = listen::Signals::listen()?;
        out!("headwater {} on http://{address}", env!("CARGO_PKG_VERSION"));
        out!(
            "  {events} events of an invented company: {} datasets, {} jobs, {} runs; ready in {:.1} s, gone when you stop it",
            held.datasets,
            held.jobs,
            held.runs,
            began.elapsed().as_secs_f64()
        );
        out!("  look at");
        for highlight in demo::highlights() {
            out!("    {}\n      http://{address}{}", highlight.say, highlight.path);
        }
        out!("  query     http://{address}/graphiql");
        out!("  stop with Ctrl-C");
        listen::serve(running, listener, signals).await
    }

    async fn bind(&self) -> Result<TcpListener, Failure> {
        if let Some(address) = self.listen {
            return listen::bind(address).await;
        }
        match TcpListener::bind(DEFAULT_LISTEN).await {
            Ok(listener) => Ok(listener),
            Err(_) => {
                let listener = listen::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
                eprintln!("{DEFAULT_LISTEN} is taken; using a free port");
                Ok(listener)
            }
        }
    }
}

/// A folder that nobody else reads, gone when the demo ends.
fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// Removes the folders of demos that were killed: their lock is free.
fn remove_leftovers(temporary: &Path) {
    for entry in std::fs::read_dir(temporary).into_iter().flatten().flatten() {
        let is_demo = entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type().is_ok_and(|kind| kind.is_dir());
        // Without a lock in it, it is another demo that just begins.
        let lock = is_demo.then(|| std::fs::OpenOptions::new().write(true).open(entry.path().join("lock"))).and_then(Result::ok);
        if lock.is_some_and(|lock| lock.try_lock().is_ok()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Posts the estate and waits until it is in catalog, graph and search.
async fn fill(running: &Running) -> Result<usize, Failure> {
    let estate = demo::estate(now_micros());
    for chunk in estate.chunks(CHUNK) {
        let translated = chunk.iter().map(|event| ingest_adapters::openlineage::event(event.as_bytes(), Bounds::NONE)).collect();
        ingest(&running.app(), translated).await.map_err(|e| Failure::Said(format!("the demo could not be filled: {e}")))?;
    }
    let head = *running.app().writer.head().borrow();
    running.followed(head, Duration::from_secs(60)).await;
    let app = running.app();
    app.indexer.hurry();
    app.progress.search_at(head, Duration::from_secs(60)).await;
    Ok(estate.len())
}
