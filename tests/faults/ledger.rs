//! Which events were sent and which were acknowledged, and the comparison with what the log's file holds, read without
//! the server.

use crate::Outcome;
use schema::json::Json;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tests::events;

/// Events have numbers; the number is in the run id, and all of the event follows from it.
const RUN: &str = "0190f3a8-0000-7000-8000-";

/// What was sent.
#[derive(Default)]
pub struct Ledger {
    next: AtomicU64,
    acked: Mutex<BTreeSet<u64>>,
    /// Sent, and nothing is known: no answer, or a refusal.
    unknown: Mutex<BTreeSet<u64>>,
    statuses: Mutex<BTreeMap<u16, u64>>,
}

/// Unpacks payloads of the log, by itself: what the server reads is not asked.
pub struct Unpacker(zstd::bulk::Decompressor<'static>);

impl Unpacker {
    /// With the dictionary that frames are written with.
    pub fn new() -> Outcome<Self> {
        const DICTIONARY: &[u8] = include_bytes!("../../server/dictionaries/1.dict");
        Ok(Self(zstd::bulk::Decompressor::with_dictionary(DICTIONARY)?))
    }

    /// A payload as canonical JSON.
    pub fn unpack(&mut self, packed: &[u8]) -> Outcome<Vec<u8>> {
        // No event of the harness is as long.
        const MOST: u64 = 64 << 20;
        let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().unwrap_or(MOST);
        Ok(self.0.decompress(packed, size.min(MOST) as usize)?)
    }
}

/// What is in the log.
#[derive(Debug, Default)]
pub struct Compared {
    /// Acknowledged.
    pub acked: u64,
    /// Acknowledged and stored.
    pub found: u64,
    /// Stored more than once.
    pub duplicated: u64,
    /// Stored, but not as it was sent.
    pub wrong: u64,
    /// The numbers of the log are 1, 2, 3, … up to what its head says.
    pub gapless: bool,
    /// Entries that were received before the entry before them.
    pub backwards: u64,
}

impl Ledger {
    /// The next numbers.
    pub fn take(&self, count: u64) -> Vec<u64> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        (first..first + count).collect()
    }

    /// Another one that knows the same.
    pub fn twin(&self) -> Self {
        let next = AtomicU64::new(self.next.load(Ordering::Relaxed));
        let (acked, unknown) = (lock(&self.acked).clone(), lock(&self.unknown).clone());
        Self { next, acked: acked.into(), unknown: unknown.into(), statuses: Mutex::default() }
    }

    /// These were acknowledged.
    pub fn acknowledged(&self, numbers: &[u64]) {
        lock(&self.acked).extend(numbers);
        lock(&self.unknown).retain(|number| !numbers.contains(number));
    }

    /// These were sent, and may be stored or not.
    pub fn unknown(&self, numbers: &[u64]) {
        lock(&self.unknown).extend(numbers);
    }

    /// What is acknowledged, for `doubt`.
    pub fn known(&self) -> BTreeSet<u64> {
        lock(&self.acked).clone()
    }

    /// What was acknowledged after `known` may be stored or not; how many events that are.
    pub fn doubt(&self, known: &BTreeSet<u64>) -> u64 {
        let later: Vec<u64> = lock(&self.acked).difference(known).copied().collect();
        lock(&self.acked).retain(|number| known.contains(number));
        self.unknown(&later);
        later.len() as u64
    }

    /// An answer of this status.
    pub fn answered(&self, status: u16) {
        *lock(&self.statuses).entry(status).or_insert(0) += 1;
    }

    /// Numbers of which nothing is known.
    pub fn doubtful(&self) -> Vec<u64> {
        lock(&self.unknown).iter().copied().collect()
    }

    /// How many are acknowledged.
    pub fn count(&self) -> u64 {
        lock(&self.acked).len() as u64
    }

    /// Answers by status.
    pub fn statuses(&self) -> BTreeMap<u16, u64> {
        lock(&self.statuses).clone()
    }

    /// The run ids of what is acknowledged.
    pub fn runs(&self) -> BTreeSet<String> {
        lock(&self.acked).iter().map(|number| run_id(*number)).collect()
    }

    /// Compares with the log in this data folder. The server may run.
    pub fn compare(&self, data: &Path) -> Outcome<Compared> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let acked = lock(&self.acked).clone();
        runtime.block_on(compare(&data.join("log.db"), &acked, self.next.load(Ordering::Relaxed)))
    }
}

/// A panic elsewhere takes nothing from the counts.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn compare(path: &Path, acked: &BTreeSet<u64>, sent: u64) -> Outcome<Compared> {
    let mut found = Compared { acked: acked.len() as u64, ..Compared::default() };
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5));
    let mut log = options.disable_statement_logging().connect().await?;
    let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut after, mut last, mut count) = (0_i64, i64::MIN, 0);
    let mut unpacker = Unpacker::new()?;
    loop {
        let sql = "SELECT seq, received_at, payload FROM log WHERE seq > ? ORDER BY seq LIMIT 500";
        let rows = sqlx::query(sql).bind(after).fetch_all(&mut log).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            (after, count) = (row.get(0), count + 1);
            let received: i64 = row.get(1);
            found.backwards += u64::from(received < last);
            last = received;
            let payload = unpacker.unpack(row.get(2)).unwrap_or_default();
            let Some(number) = number(&payload) else { continue };
            *seen.entry(number).or_insert(0) += 1;
            found.wrong += u64::from(number >= sent || payload != canonical(&event(number)));
        }
    }
    let head: i64 = sqlx::query("SELECT seq FROM head").fetch_one(&mut log).await?.get(0);
    found.gapless = head == after && count == after;
    found.found = acked.iter().filter(|number| seen.contains_key(number)).count() as u64;
    found.duplicated = seen.values().filter(|times| **times > 1).count() as u64;
    let _ = log.close().await;
    Ok(found)
}

/// When the first and the last entry of the log were received, microseconds since 1970.
pub fn received(data: &Path) -> Outcome<(i64, i64)> {
    on(&data.join("log.db"), async |file| {
        let row = sqlx::query("SELECT min(received_at), max(received_at) FROM log").fetch_one(file).await?;
        Ok((row.get(0), row.get(1)))
    })
}

/// Makes an entry of the log of a stopped server unreadable.
pub fn spoil(data: &Path, seq: i64) -> Outcome<()> {
    let statement = "UPDATE log SET payload = x'00' WHERE seq = ?";
    on(&data.join("log.db"), async |file| Ok(sqlx::query(statement).bind(seq).execute(file).await.map(drop)?))
}

/// Runs a statement, with a value for its first place, on a database of a stopped server.
pub fn execute(path: &Path, statement: &'static str, value: &[u8]) -> Outcome<()> {
    on(path, async |file| {
        let query = sqlx::query(statement);
        let query = if statement.contains('?') { query.bind(value) } else { query };
        Ok(query.execute(file).await.map(drop)?)
    })
}

/// The stored bytes of an entry.
pub fn payload(path: &Path, seq: i64) -> Outcome<Vec<u8>> {
    on(path, async |file| Ok(sqlx::query("SELECT payload FROM log WHERE seq = ?").bind(seq).fetch_one(file).await?.get(0)))
}

fn on<T>(path: &Path, work: impl AsyncFnOnce(&mut SqliteConnection) -> Outcome<T>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut file = SqliteConnectOptions::new().filename(path).disable_statement_logging().connect().await?;
        let done = work(&mut file).await;
        file.close().await?;
        done
    })
}

/// The number of a stored event; `None` for one that no ledger sent.
fn number(payload: &[u8]) -> Option<u64> {
    let event: Value = serde_json::from_slice(payload).ok()?;
    let text = event["run"]["runId"].as_str()?.strip_prefix(RUN)?;
    text.parse().ok()
}

fn run_id(number: u64) -> String {
    format!("{RUN}{number:012}")
}

/// As the log keeps it.
fn canonical(event: &Value) -> Vec<u8> {
    Json::parse(event.to_string().as_bytes()).map(|json| json.canonical()).unwrap_or_default()
}

/// The event of a number: a job of a hundred reads one table and writes another, with columns.
pub fn event(number: u64) -> Value {
    let (job, table) = (format!("job {}", number % 100), format!("table {}", number % 300));
    let source = format!("table {}", (number * 7 + 1) % 300);
    let (minute, second) = (number / 60 % 60, number % 60);
    let time = format!("2026-11-{:02}T{:02}:{minute:02}:{second:02}Z", 1 + number / 86_400 % 28, number / 3600 % 24);
    let kind = if number.is_multiple_of(2) { "COMPLETE" } else { "START" };
    let mut event = events::run(kind, &time, &run_id(number), &job, &[&source], &[&table]);
    event["outputs"][0]["facets"] = json!({
        "schema": events::schema(&[("id", "BIGINT"), ("amount", "DECIMAL"), (&format!("c{}", number % 50), "VARCHAR")]),
        "columnLineage": events::column_lineage(&[("amount", &source, "amount"), ("", &source, "id")]),
    });
    event
}
