//! The floor: what any server of this kind must do, and no more. A body comes in by HTTP, is hashed
//! and compressed, and is answered once a group commit made it durable. No parsing, no projections.

use crate::Outcome;
use crate::feed::Feed;
use crate::stats::Latencies;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// As in the server, so that only the rest differs.
const QUEUE: usize = 4096;
const BATCH: usize = 256;
const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];
const ZSTD_LEVEL: i32 = 3;
const TABLE: &str = "CREATE TABLE log (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, payload BLOB NOT NULL) STRICT";

struct Row {
    hash: blake3::Hash,
    payload: Vec<u8>,
    durable: oneshot::Sender<()>,
}

#[derive(Clone)]
struct Log(mpsc::Sender<Row>);

impl Log {
    async fn open(dir: &Path) -> Outcome<Self> {
        let options = SqliteConnectOptions::new()
            .filename(dir.join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "1073741824");
        let mut connection = options.connect().await?;
        sqlx::raw_sql(TABLE).execute(&mut connection).await?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(commits(connection, receiver));
        Ok(Self(sender))
    }

    /// Returns once it is durable.
    async fn append(&self, body: &[u8]) -> Outcome<()> {
        let (durable, waits) = oneshot::channel();
        let payload = zstd::bulk::compress(body, ZSTD_LEVEL)?;
        self.0.send(Row { hash: blake3::hash(body), payload, durable }).await?;
        Ok(waits.await?)
    }
}

/// One transaction for whatever queued while the last one ran.
async fn commits(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Row>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        if let Err(e) = commit(&mut connection, &batch).await {
            eprintln!("the floor cannot commit: {e}");
            return;
        }
        // Who hung up does not need its answer.
        for row in batch.drain(..) {
            let _ = row.durable.send(());
        }
    }
}

async fn commit(connection: &mut SqliteConnection, batch: &[Row]) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    let mut rest = batch;
    for size in SIZES {
        let sql = format!("INSERT INTO log (hash, payload) VALUES {}", vec!["(?,?)"; size].join(","));
        while rest.len() >= size {
            let (chunk, tail) = rest.split_at(size);
            let query = sqlx::query(AssertSqlSafe(sql.clone()));
            let query = chunk.iter().fold(query, |query, row| query.bind(&row.hash.as_bytes()[..]).bind(&row.payload[..]));
            query.execute(&mut *tx).await?;
            rest = tail;
        }
    }
    tx.commit().await
}

/// Serves until it is killed; the first line says where.
pub fn serve(dir: &Path) -> Outcome<()> {
    runtime()?.block_on(async {
        let log = Log::open(dir).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("floor on http://{}", listener.local_addr()?);
        let router = Router::new().route("/api/v1/lineage", post(take)).with_state(log);
        Ok(axum::serve(listener, router).await?)
    })
}

async fn take(State(log): State<Log>, body: Bytes) -> StatusCode {
    log.append(&body).await.map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::CREATED)
}

/// The floor without HTTP: so many producers, each waiting for its commit. Events a second and latencies.
pub fn raw(dir: &Path, feed: &Arc<Feed>, producers: usize, lasting: Duration) -> Outcome<(f64, Latencies)> {
    runtime()?.block_on(async {
        let log = Log::open(dir).await?;
        let begin = Instant::now();
        let tasks: Vec<_> = (0..producers).map(|_| tokio::spawn(produce(log.clone(), feed.clone(), begin, lasting))).collect();
        let mut all = Latencies::default();
        for task in tasks {
            all.absorb(task.await??);
        }
        Ok((all.count() as f64 / begin.elapsed().as_secs_f64(), all))
    })
}

async fn produce(log: Log, feed: Arc<Feed>, begin: Instant, lasting: Duration) -> Outcome<Latencies> {
    let mut latencies = Latencies::default();
    let mut producer = feed.producer();
    let mut body = Vec::new();
    while begin.elapsed() < lasting {
        producer.write(&mut body);
        let sent = Instant::now();
        log.append(&body).await?;
        latencies.add(sent.elapsed());
    }
    Ok(latencies)
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
