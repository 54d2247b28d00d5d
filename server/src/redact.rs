//! Between an adapter and the log: credentials are taken out of what came, as the settings say. What a credential is, is
//! `schema::redact`'s business.

use crate::log::Arrived;
use crate::secret::Key;
use ingest_adapters::{Accepted, Outcome, Rejected};
use schema::log::ContentHash;
use schema::redact::Rules;

/// Bytes of a refused body that are looked at: more than these are not kept.
const KEPT: usize = 1 << 20;

/// What an adapter made of an event, without its credentials; with hashes of what arrived, where that is something else.
pub fn without_credentials(rules: &Rules, key: &Key, outcome: Outcome) -> (Outcome, Option<Arrived>) {
    match outcome {
        Ok(accepted) => match rules.event(&accepted.payload) {
            Some(payload) => {
                let arrived = Arrived { keyed: key.hash(&accepted.payload), plain: accepted.hash };
                (Ok(Accepted { hash: ContentHash::of(&payload), payload, ..accepted }), Some(arrived))
            }
            None => (Ok(accepted), None),
        },
        Err(rejected) => (Err(Rejected { body: refused(rules, rejected.body), ..rejected }), None),
    }
}

/// A body that was refused, without its credentials. Its beginning stays its beginning.
fn refused(rules: &Rules, mut body: Vec<u8>) -> Vec<u8> {
    let rest = body.split_off(body.len().min(KEPT));
    let mut clean = rules.anything(&body).unwrap_or(body);
    if !rest.is_empty() {
        // What was beyond the part that is kept must not move into it.
        clean.resize(clean.len().max(KEPT), b' ');
        clean.extend(rest);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_long_body_stays_beyond_what_is_kept() {
        let body = format!("{{\"password\": \"{}\", \"x\": \"{}\", \"token\": \"CANARY\"", "s".repeat(1000), "y".repeat(KEPT));
        let clean = refused(&Rules::default(), body.into_bytes());
        let kept = String::from_utf8_lossy(&clean[..KEPT]);
        assert!(kept.starts_with("{\"password\": \"***\"") && !kept.contains("CANARY"));
        assert!(clean.len() > KEPT);
    }
}
