//! Settings: flags, then environment, then file, then defaults that need no file.

use crate::file;
use ingest_adapters::openlineage::Bounds;
use schema::json;
use schema::naming::Rules;
use schema::redact;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the OpenLineage clients look when told nothing.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:5000";

/// Everything that can be set, with where it came from forgotten.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the log and the projections.
    pub data: PathBuf,
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Bounds of every input.
    pub limits: Limits,
    /// Under which other names datasets are known.
    pub naming: Arc<Rules>,
    /// Go on with a log that lost acknowledged entries.
    pub accept_loss: bool,
    /// Which credentials are taken out of events before they are stored.
    pub redact: Arc<redact::Rules>,
    /// True for a temporary catalog of invented data.
    pub demo: bool,
    /// For drills and tests of readers: the projections stop at this log sequence and stay behind, as if they were slow.
    pub hold_projections_at: Option<u64>,
}

/// Bounds of inputs and answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the text of one event after decompression.
    pub event_bytes: usize,
    /// Bytes of one batch after decompression.
    pub batch_bytes: usize,
    /// Events of one batch.
    pub batch_events: usize,
    /// JSON values in one event: each costs up to 56 bytes of memory while it is read.
    pub event_values: usize,
    /// Bytes of all bodies under way at a time: as they arrive, unpacked, and what is stored of them; beyond it a body is
    /// answered 503. The first 64 KiB of each are not counted, so that events pass where large bodies do not.
    pub bodies_bytes: usize,
    /// Acknowledged events that the projections may be behind before intake answers 503.
    pub projection_lag: u64,
    /// Bytes of refused bodies that the quarantine keeps, compressed.
    pub quarantine_bytes: u64,
    /// Milliseconds that a read waits for what was acknowledged before it began.
    pub read_wait_ms: u64,
    /// Nodes or edges that one lineage answer lists; beyond it says so.
    pub answer_items: usize,
    /// Bytes of one answer, as far as it holds names and what events said.
    pub answer_bytes: usize,
    /// Bytes of memory that answers of more than a megabyte may take together; who asks for more waits.
    pub answers_bytes: usize,
    /// Fields of a query, those of fragments counted wherever they are spread.
    pub query_fields: usize,
    /// Fields of a query's root, counted likewise.
    pub query_roots: usize,
    /// Names, strings, numbers and marks of a query's text.
    pub query_tokens: usize,
    /// Seconds a GraphQL request may take.
    pub query_seconds: u64,
    /// Lineage exports that may go on at a time; each holds its answer in memory until it is read.
    pub exports: u32,
    /// Clients that may follow over WebSocket at a time.
    pub connections: u32,
    /// Connections at a time, of whatever kind, and never more than there are descriptors for; who asks nothing makes room.
    pub sockets: usize,
    /// Subscriptions that one of them may have.
    pub subscriptions: u32,
    /// Nodes and edges that followers' answers may have together; each is remembered to be compared with the next.
    pub followed_items: usize,
    /// Seconds in which a client sends the head of a request.
    pub head_seconds: u64,
    /// Seconds in which it sends a body.
    pub body_seconds: u64,
    /// Seconds that a connection may be open between two requests.
    pub idle_seconds: u64,
    /// Seconds without an event after which a run that has not ended is counted as never ending. Read
    /// time only: the run's state stays what its events say.
    pub silent_run_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes: 8 << 20,
            batch_bytes: 64 << 20,
            batch_events: 50_000,
            event_values: 1_000_000,
            bodies_bytes: 256 << 20,
            projection_lag: 50_000,
            quarantine_bytes: crate::log::QUARANTINE_BYTES,
            read_wait_ms: 250,
            answer_items: 100_000,
            answer_bytes: 64 << 20,
            answers_bytes: 384 << 20,
            query_fields: 5_000,
            query_roots: 100,
            query_tokens: 20_000,
            query_seconds: 30,
            exports: 4,
            connections: 256,
            sockets: 10_000,
            subscriptions: 32,
            followed_items: 1_000_000,
            head_seconds: 10,
            body_seconds: 30,
            idle_seconds: 75,
            silent_run_seconds: 86_400,
        }
    }
}

impl Limits {
    /// What one event may have.
    pub fn event(&self) -> json::Bounds {
        json::Bounds { values: self.event_values, bytes: self.event_bytes }
    }

    /// What the events of one body may have.
    pub fn body(&self) -> Bounds {
        Bounds { events: self.batch_events, event: self.event() }
    }

    /// Refuses a limit of 0, which would refuse everything without a word, and a time that no clock can count. `read_wait_ms`
    /// may be 0: then reads do not wait.
    pub fn check(&self) -> Result<(), String> {
        /// A hundred years, in seconds; of milliseconds so many are enough too.
        const LONGEST: u64 = 100 * 366 * 86_400;
        // Named by the struct itself, so that no new limit is missed.
        let named = format!("{self:?}");
        for (name, value) in named.split(['{', ',', '}']).filter_map(|part| part.trim().split_once(": ")) {
            if value == "0" && name != "read_wait_ms" {
                return Err(format!("the setting limits.{name} is 0, which would refuse everything; leave it out for the default"));
            }
            let is_time = name.ends_with("_seconds") || name.ends_with("_ms");
            if is_time && value.parse::<u64>().is_ok_and(|value| value > LONGEST) {
                return Err(format!("the setting limits.{name} is longer than a hundred years; leave it out for the default"));
            }
        }
        Ok(())
    }
}

/// Which credentials are taken out of events before they are stored. What is left in is still not shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redact {
    /// User and password in URLs.
    pub userinfo: bool,
    /// Values of keys such as `password`.
    pub keys: bool,
    /// `password=…` and the like within texts.
    pub text: bool,
    /// Tokens known by their shape.
    pub tokens: bool,
    /// Further keys; `*` stands for anything.
    pub more_keys: Vec<String>,
}

impl Default for Redact {
    fn default() -> Self {
        Self { userinfo: true, keys: true, text: true, tokens: true, more_keys: Vec::new() }
    }
}

impl Redact {
    /// As rules; the error is a sentence.
    pub fn rules(&self) -> Result<redact::Rules, String> {
        let mut rules =
            redact::Rules::default().with_keys(&self.more_keys).map_err(|e| format!("the setting redact.more_keys is wrong: {e}"))?;
        (rules.userinfo, rules.keys, rules.text, rules.tokens) = (self.userinfo, self.keys, self.text, self.tokens);
        Ok(rules)
    }
}

/// A settings file (TOML). Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    /// Folder of the log and the projections.
    pub data: Option<PathBuf>,
    /// Address to serve on.
    pub listen: Option<SocketAddr>,
    /// Serve beyond this machine without authentication.
    pub allow_public: Option<bool>,
    /// Start although the event log lost entries that were acknowledged.
    pub accept_loss: Option<bool>,
    /// File of naming rules (TOML); found from the folder of the settings file.
    pub naming: Option<PathBuf>,
    /// Bounds.
    pub limits: Limits,
    /// Credentials.
    pub redact: Redact,
}

impl File {
    /// Reads a settings file; the message says what is wrong and where.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = file::settings(path).map_err(|why| format!("the settings file {} {why}", path.display()))?;
        let mut file: Self = toml::from_str(&text).map_err(|e| format!("the settings file {} is wrong: {e}", path.display()))?;
        // Two files that belong together are kept together, wherever the server is started from.
        file.naming = file.naming.map(|naming| path.parent().map_or(naming.clone(), |folder| folder.join(&naming)));
        Ok(file)
    }
}

/// Reads a file of naming rules; without one the presets hold that are on by default. The message
/// says what is wrong, with file, line and rule.
pub fn naming(path: Option<&Path>) -> Result<Rules, String> {
    let Some(path) = path else { return Ok(Rules::default()) };
    let text = file::settings(path).map_err(|why| format!("the file of naming rules {} {why}", path.display()))?;
    Rules::read(&path.display().to_string(), &text).map_err(|e| format!("the naming rules are wrong: {e}"))
}
