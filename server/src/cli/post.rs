//! Sends events to a running server's batch endpoint and reads what became of each.

use super::Failure;
use crate::ingest::Outcome;
use ingest_adapters::{Accepted, Rejected, Translated};
use schema::openlineage::Rejection;
use std::time::Duration;

/// Bytes of one request; servers may allow less, then it is cut again.
const BODY_BYTES: usize = 16 << 20;
/// How often an overloaded server is asked again.
const TRIES: u32 = 60;

/// A server.
pub(super) struct Post {
    agent: ureq::Agent,
    url: String,
}

impl Post {
    pub(super) fn new(url: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(120))).build().into();
        Self { agent, url: format!("{}/api/v1/lineage/batch", url.trim_end_matches('/')) }
    }

    /// Sends everything, what is no event included: the server quarantines it. One event a line, since
    /// what is not JSON cannot stand in an array.
    pub(super) fn send(&self, events: Translated) -> Result<Vec<Outcome>, Failure> {
        let lines: Vec<Vec<u8>> = events.into_iter().map(line).collect();
        self.send_lines(&lines)
    }

    /// A request that is too large for the server goes in halves.
    fn send_lines(&self, lines: &[Vec<u8>]) -> Result<Vec<Outcome>, Failure> {
        let size: usize = lines.iter().map(|line| line.len() + 1).sum();
        if size > BODY_BYTES && lines.len() > 1 {
            return self.send_halves(lines);
        }
        match self.post(&lines.join(&b'\n'))? {
            Some(answer) => Ok(outcomes(&answer, lines.len())),
            None if lines.len() > 1 => self.send_halves(lines),
            None => Ok(vec![Outcome::Quarantined(Rejection::new("", "event larger than the server takes; it keeps nothing of it"))]),
        }
    }

    fn send_halves(&self, lines: &[Vec<u8>]) -> Result<Vec<Outcome>, Failure> {
        let (first, second) = lines.split_at(lines.len() / 2);
        let mut outcomes = self.send_lines(first)?;
        outcomes.extend(self.send_lines(second)?);
        Ok(outcomes)
    }

    /// The answer; `None` when the request is too large.
    fn post(&self, body: &[u8]) -> Result<Option<serde_json::Value>, Failure> {
        for _ in 0..TRIES {
            let sent = self.agent.post(&self.url).content_type("application/x-ndjson").send(body);
            let mut response = sent.map_err(|e| Failure::Said(format!("cannot reach {}: {e}", self.url)))?;
            let status = response.status().as_u16();
            let text = response.body_mut().read_to_string().unwrap_or_default();
            match status {
                200 => {
                    return serde_json::from_str(&text)
                        .map_err(|e| Failure::Said(format!("{} answers something else than a catalog server: {e}", self.url)));
                }
                413 => return Ok(None),
                503 => std::thread::sleep(Duration::from_secs(1)),
                _ => return Err(Failure::Said(format!("{} answers {status}: {text}", self.url))),
            }
        }
        Err(Failure::Said(format!("{} stays overloaded; try again later", self.url)))
    }
}

fn line(event: Result<Accepted, Rejected>) -> Vec<u8> {
    match event {
        Ok(event) => event.payload,
        // Broken as it is: one line of it is all that the server will keep.
        Err(rejected) => rejected.body.into_iter().map(|byte| if byte == b'\n' || byte == b'\r' { b' ' } else { byte }).collect(),
    }
}

/// What became of each line. The answer counts repeats, it does not name them.
fn outcomes(answer: &serde_json::Value, lines: usize) -> Vec<Outcome> {
    let mut outcomes = vec![Outcome::Accepted(0); lines];
    for failed in answer["failed_events"].as_array().into_iter().flatten() {
        let text = |key: &str| failed[key].as_str().unwrap_or_default().to_owned();
        let place = failed["index"].as_u64().and_then(|index| outcomes.get_mut(index as usize));
        if let Some(outcome) = place {
            *outcome = Outcome::Quarantined(Rejection::new(text("pointer"), text("reason")));
        }
    }
    let repeated = answer["summary"]["repeated"].as_u64().unwrap_or(0) as usize;
    outcomes
        .iter_mut()
        .filter(|outcome| **outcome == Outcome::Accepted(0))
        .take(repeated)
        .for_each(|outcome| *outcome = Outcome::Repeated(0));
    outcomes
}
