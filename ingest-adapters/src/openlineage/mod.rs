//! OpenLineage itself: one event, an array of events, or one event a line (NDJSON). See README.md.

use crate::{Accepted, Outcome, Rejected, Translated};
use schema::json::{self, Item, Items, Json, JsonError};
use schema::log::ContentHash;
use schema::openlineage::{Event, Rejection};

/// Bytes that are kept of what is refused: one more than the quarantine shows, so that it knows of a rest.
const KEPT: usize = (1 << 20) + 1;

/// What one body may be made of.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Events.
    pub events: usize,
    /// What one of them may have.
    pub event: json::Bounds,
}

impl Bounds {
    /// For what is our own.
    pub const NONE: Self = Self { events: usize::MAX, event: json::Bounds::NONE };
}

/// A body of more events than one may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body holds more than {0} events; send them in several requests")]
pub struct TooMany(pub usize);

/// One event.
pub fn event(bytes: &[u8], bounds: json::Bounds) -> Outcome {
    match Json::parse_within(bytes, bounds) {
        Ok(json) => read(&json, bytes.len()),
        Err(error) => Err(malformed(&error, bytes, bounds)),
    }
}

/// One event or an array of them; each item of an array stands or falls alone. What is no JSON is refused whole.
pub fn document(bytes: &[u8], bounds: &Bounds) -> Result<Translated, TooMany> {
    let mut events = Vec::new();
    add(bytes, bounds, &mut events)?;
    Ok(events)
}

/// One event a line; empty lines are passed over, a line may hold an array.
pub fn lines(bytes: &[u8], bounds: &Bounds) -> Result<Translated, TooMany> {
    let mut events = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        add(line, bounds, &mut events)?;
    }
    Ok(events)
}

/// True when the text is one event a line, rather than one document over several lines.
pub fn is_lines(bytes: &[u8]) -> bool {
    let first = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    first.starts_with(b"{") && Items::is_whole(first)
}

fn add(bytes: &[u8], bounds: &Bounds, events: &mut Translated) -> Result<(), TooMany> {
    let before = events.len();
    let push = |events: &mut Translated, event: Outcome| {
        events.push(event);
        if events.len() > bounds.events { Err(TooMany(bounds.events)) } else { Ok(()) }
    };
    let malformed_whole = match Items::of(bytes, bounds.event) {
        None => return push(events, event(bytes, bounds.event)),
        Some(Err(error)) => Some(error),
        Some(Ok(items)) => {
            let mut broken = None;
            for item in items {
                match item {
                    Ok(Item::Value(json, text)) => push(events, read(&json, text.len()))?,
                    Ok(Item::Refused(error, text)) => push(events, Err(malformed(&error, text, bounds.event)))?,
                    Err(error) => broken = Some(error),
                }
            }
            broken
        }
    };
    // Where the items of a broken text begin and end is anybody's guess: nothing of it is taken.
    if let Some(error) = malformed_whole {
        events.truncate(before);
        push(events, Err(malformed(&error, bytes, bounds.event)))?;
    }
    Ok(())
}

/// An event that was written in so many bytes.
fn read(json: &Json<'_>, written: usize) -> Outcome {
    let payload = json.canonical_of(written);
    match Event::read(json) {
        Ok(event) => Ok(Accepted { hash: ContentHash::of(&payload), findings: event.findings, payload }),
        Err(rejection) => Err(Rejected { rejection, body: cut(payload) }),
    }
}

fn malformed(error: &JsonError, bytes: &[u8], bounds: json::Bounds) -> Rejected {
    let rejection = match error {
        error if error.is_too_long() => Rejection::too_large(bounds.bytes),
        error if error.is_too_large() => Rejection::new("", error.to_string()),
        error => Rejection::new("", format!("not JSON: {error}")),
    };
    Rejected { rejection, body: bytes[..bytes.len().min(KEPT)].to_vec() }
}

fn cut(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(KEPT);
    body.shrink_to_fit();
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = r#"{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j"},"producer":"p","schemaURL":"s"}"#;

    const BOUNDS: Bounds = Bounds { events: 5, event: json::Bounds { values: 150, bytes: 1000 } };

    fn all(bytes: &[u8]) -> Translated {
        document(bytes, &BOUNDS).unwrap()
    }

    fn outcome(items: &Translated) -> Vec<Result<(), String>> {
        items.iter().map(|item| item.as_ref().map(|_| ()).map_err(|r| r.rejection.reason.clone())).collect()
    }

    #[test]
    fn each_item_stands_alone() {
        let array = format!("[{JOB},{{}},{JOB}]");
        assert!(matches!(outcome(&all(array.as_bytes()))[..], [Ok(()), Err(_), Ok(())]));
        let text = format!("{JOB}\n\n{{oops\r\n{JOB}");
        assert!(matches!(outcome(&lines(text.as_bytes(), &BOUNDS).unwrap())[..], [Ok(()), Err(_), Ok(())]));
        assert!(is_lines(text.as_bytes()) && !is_lines(array.as_bytes()) && !is_lines(b"{\n\"a\":1}"));
    }

    #[test]
    fn key_order_and_space_do_not_matter() {
        let shuffled = r#"{ "schemaURL":"s", "producer":"p", "job":{"name":"j","namespace":"n"}, "eventTime":"2026-01-01T00:00:00Z" }"#;
        let (a, b) = (all(JOB.as_bytes()), all(shuffled.as_bytes()));
        assert_eq!(a[0].as_ref().unwrap().hash, b[0].as_ref().unwrap().hash);
    }

    #[test]
    fn what_is_too_large_costs_only_itself() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(160));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1000));
        let array = format!("[{JOB},{deep},{JOB},{wide},{long}]");
        let reasons = ["nested more than 100 levels deep", "more values than one event may hold", "event larger than 1000 bytes"];
        let found = all(array.as_bytes());
        assert!(matches!(outcome(&found)[..], [Ok(()), Err(_), Ok(()), Err(_), Err(_)]), "{found:?}");
        for (place, reason, body) in [(1, reasons[0], &deep), (3, reasons[1], &wide), (4, reasons[2], &long)] {
            let rejected = found[place].as_ref().unwrap_err();
            assert!(rejected.rejection.reason.starts_with(reason) && rejected.body == body.as_bytes(), "{rejected:?}");
        }
    }

    #[test]
    fn a_broken_array_is_refused_whole_and_many_events_are_too_many() {
        assert!(matches!(outcome(&all(format!("[{JOB},{JOB},oops]").as_bytes()))[..], [Err(_)]));
        let text = format!("{JOB}\n[{JOB},{JOB}\n{JOB}");
        assert!(matches!(outcome(&lines(text.as_bytes(), &BOUNDS).unwrap())[..], [Ok(()), Err(_), Ok(())]));
        assert_eq!(document(b"[0,0,0,0,0,0]", &BOUNDS).unwrap_err(), TooMany(5));
        assert_eq!(lines(b"0\n0\n[0,0,0,0]\n", &BOUNDS).unwrap_err(), TooMany(5));
        assert_eq!(document(b"[0,0,0,0,0]", &BOUNDS).unwrap().len(), 5);
    }
}
