//! The server under attack while it runs: asked, and ended.

use crate::Outcome;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};
use tests::Answer;
use tests::http;

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);
/// SIGTERM ends the process within this time.
pub const STOP: Duration = Duration::from_secs(5);

/// A running server. Killed when dropped.
pub struct Subject {
    child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
    data: PathBuf,
    log: PathBuf,
    begin: u64,
    agent: ureq::Agent,
}

/// Sends a signal; a process that is gone is no error.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

impl Subject {
    /// A process that was started on this folder; it writes its standard error to a file from some byte on.
    pub fn new(child: Child, url: String, data: &Path, (log, begin): (PathBuf, u64)) -> Self {
        Self { child, url, data: data.into(), log, begin, agent: http::patient(PATIENCE) }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it wrote to standard error since it was started.
    pub fn said(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(bytes.get(self.begin as usize..).unwrap_or_default()).into_owned()
    }

    /// The panics of it, as Rust prints them; sentences that only have the word in them are none.
    pub fn panics(&self) -> Vec<String> {
        let is_panic = |line: &&str| line.starts_with("thread '") && line.contains("panicked at");
        self.said().lines().filter(is_panic).map(start_of).collect()
    }

    /// Sends SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// True while the process lives.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the end of the process.
    pub fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }

    /// Sends SIGTERM; how long it took to end and whether it ended well. What takes far too long is killed.
    pub fn stop(mut self) -> (Duration, bool) {
        let begun = Instant::now();
        signal(self.pid(), Signal::TERM);
        let status = self.ended(Duration::from_secs(15));
        (begun.elapsed(), status.is_some_and(|status| status.success()))
    }

    /// Gets something.
    pub fn get(&self, path: &str) -> Outcome<Answer> {
        Ok(http::get(&self.agent, &format!("{}{path}", self.url), &[])?)
    }

    /// Posts something.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Outcome<Answer> {
        Ok(http::post(&self.agent, &format!("{}{path}", self.url), headers, body)?)
    }

    /// Posts one event; the status.
    pub fn post_event(&self, event: &Value) -> Outcome<u16> {
        Ok(self.post("/api/v1/lineage", &[("content-type", "application/json")], event.to_string().as_bytes())?.status)
    }

    /// Asks GraphQL without waiting for the projections; the whole answer.
    pub fn ask(&self, query: &str, variables: Value) -> Outcome<Value> {
        let headers = [("content-type", "application/json"), ("x-headwater-min-seq", "0")];
        let answer = self.post("/graphql", &headers, json!({ "query": query, "variables": variables }).to_string().as_bytes())?;
        if answer.status != 200 {
            return Err(format!("GraphQL answered {}: {}", answer.status, start_of(&answer.text)).into());
        }
        Ok(answer.json())
    }

    /// The data of an answer without errors.
    pub fn data_of(&self, query: &str, variables: Value) -> Outcome<Value> {
        let mut answer = self.ask(query, variables)?;
        if !answer["errors"].is_null() {
            return Err(format!("GraphQL: {}", start_of(&answer["errors"].to_string())).into());
        }
        Ok(answer["data"].take())
    }

    /// True when catalog, graph and search have reached the log's end in time.
    pub fn catches_up(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while !self.caught_up() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// True when they have now, or while the server waits for them. Search is committed at once when somebody searches.
    pub fn caught_up(&self) -> bool {
        let query = "{ status { logSeq catalogSeq searchSeq } search(query: \"x\", first: 0) { totalCount } }";
        let answer = self.post("/graphql", &[("content-type", "application/json")], json!({ "query": query }).to_string().as_bytes());
        let status = answer.map(|answer| answer.json()["data"]["status"].clone()).unwrap_or_default();
        let at = |name: &str| status[name].as_u64();
        at("logSeq").is_some() && at("logSeq") == at("catalogSeq") && at("logSeq") == at("searchSeq")
    }

    /// Asks `/readyz` until it answers this status; the last answer, and whether it did in time.
    pub fn readyz(&self, wanted: u16, patience: Duration) -> (bool, String) {
        let until = Instant::now() + patience;
        loop {
            let (status, text) = self.get("/readyz").map_or_else(|e| (0, e.to_string()), |answer| (answer.status, answer.text));
            if status == wanted || Instant::now() > until {
                return (status == wanted, format!("{status} {}", start_of(text.trim())));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.kill();
    }
}

/// So much of a text as fits a line.
pub fn start_of(text: &str) -> String {
    text.chars().take(200).map(|c| if c == '\n' { ' ' } else { c }).collect()
}
