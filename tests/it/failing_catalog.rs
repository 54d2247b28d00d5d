//! While the catalog cannot be written, events are taken, `/readyz` says what is wrong, and afterwards nothing is missing:
//! also when loading it anew fails after the write did, and when the server is stopped meanwhile.

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tests::{Server, events};

fn event(number: u32) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "job", &["source"], &[&format!("out{number}")])
}

/// Runs statements on the catalog beside the server; returns the first value of the last row, if any.
fn change(folder: &Path, sql: &str) -> Option<i64> {
    let options = SqliteConnectOptions::new().filename(folder.join("catalog.db")).busy_timeout(Duration::from_secs(10));
    let work = async {
        let mut db = options.connect().await.unwrap();
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut db).await.unwrap();
        rows.last().and_then(|row| row.try_get(0).ok())
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A catalog that refuses every batch and, with a format of the future, also to be opened anew.
struct Broken<'a>(&'a Path, i64);

impl<'a> Broken<'a> {
    fn new(folder: &'a Path) -> Self {
        let format = change(folder, "PRAGMA user_version").unwrap();
        let refuse = "CREATE TRIGGER broken BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'broken by the test'); END";
        change(folder, &format!("{refuse}; PRAGMA user_version = 1000"));
        Self(folder, format)
    }

    fn mend(self) {
        change(self.0, &format!("DROP TRIGGER broken; PRAGMA user_version = {}", self.1));
    }
}

fn wait_for_trouble(server: &Server) {
    let is_said = |_| {
        let answer = server.get("/readyz");
        answer.status == 503 && answer.text.contains("catalog does not follow the event log: ")
    };
    assert!((0..20_000).any(is_said), "{}", server.get("/readyz").text);
    assert!(server.get("/metrics").text.contains("headwater_broken{part=\"catalog\"} 1"));
}

fn outputs(server: &Server) -> Vec<u32> {
    let known = |number: &u32| {
        let question = "query($name: String!) { dataset(namespace: \"db\", name: $name) { name } }";
        !server.ask_about(question, &format!("out{number}"))["dataset"].is_null()
    };
    (0..20).filter(known).collect()
}

#[test]
fn events_are_taken_meanwhile_and_projected_afterwards() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event(0)]);
    assert_eq!(outputs(&server), [0]);
    for round in 0..2 {
        let broken = Broken::new(folder.path());
        let from = 1 + round * 3;
        server.take(&[event(from)]);
        wait_for_trouble(&server);
        server.take(&[event(from + 1), event(from + 2)]);
        broken.mend();
        assert_eq!(outputs(&server), (0..from + 3).collect::<Vec<_>>());
        assert_eq!((server.get("/readyz").status, server.get("/readyz").text.as_str()), (200, "ok\n"));
        assert!(server.get("/metrics").text.contains("headwater_broken{part=\"catalog\"} 0"));
    }
    assert!(server.stop());
    Server::digests(folder.path());
}

#[test]
fn a_server_that_cannot_project_ends_on_sigterm() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event(0)]);
    assert_eq!(outputs(&server), [0]);
    let broken = Broken::new(folder.path());
    server.take(&[event(1)]);
    wait_for_trouble(&server);
    assert!(server.stop());
    broken.mend();
    let server = Server::start_in(folder.path(), &[]);
    assert_eq!(outputs(&server), [0, 1]);
    assert!(server.stop());
    Server::digests(folder.path());
}
