//! A time in which the log cannot be written: logged once at its beginning, by count while it lasts, and
//! at its end. One line a request would fill the disk that is full already.

use super::fault::WriteFault;
use std::time::{Duration, Instant};

/// Between two lines while it lasts.
const INTERVAL: Duration = Duration::from_secs(30);

/// From the first failure to the next success.
pub(super) struct Outage {
    /// The newest fault: the answer to every submission meanwhile.
    pub fault: WriteFault,
    began: Instant,
    logged: Instant,
    failures: u64,
    /// When writing was tried last.
    pub tried: Instant,
}

impl Outage {
    /// Begins with this failure.
    pub fn begin(fault: WriteFault) -> Self {
        tracing::error!(source = ?std::error::Error::source(&fault), "{fault}; events are refused with 503 until it can");
        let now = Instant::now();
        Self { fault, began: now, logged: now, failures: 1, tried: now }
    }

    /// Another attempt failed.
    pub fn failed(&mut self, fault: WriteFault) {
        self.failures += 1;
        self.tried = Instant::now();
        let is_new = fault.to_string() != self.fault.to_string();
        if is_new || self.logged.elapsed() >= INTERVAL {
            self.logged = self.tried;
            tracing::error!(failures = self.failures, seconds = self.began.elapsed().as_secs(), "{fault}, still");
        }
        self.fault = fault;
    }

    /// Writing works again.
    pub fn end(self) {
        tracing::info!(failures = self.failures, seconds = self.began.elapsed().as_secs(), "the event log can be written again");
    }
}
