//! OpenLineage itself: one event, an array of events, or one event a line (NDJSON). See README.md.

use crate::{Accepted, Rejected, Translated};
use schema::json::{Json, JsonError};
use schema::log::ContentHash;
use schema::openlineage::{Event, Rejection};

/// One event or an array of them; each item of an array stands or falls alone.
pub fn document(bytes: &[u8]) -> Translated {
    match Json::parse(bytes) {
        Ok(Json::Array(items)) => items.iter().map(event).collect(),
        Ok(json) => vec![event(&json)],
        Err(e) => vec![Err(malformed(&e, bytes))],
    }
}

/// One event a line; empty lines are passed over, a line may hold an array.
pub fn lines(bytes: &[u8]) -> Translated {
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.flat_map(document).collect()
}

/// True when the text is one event a line, rather than one document over several lines.
pub fn is_lines(bytes: &[u8]) -> bool {
    let first = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    matches!(Json::parse(first), Ok(Json::Object(_)))
}

fn event(json: &Json<'_>) -> Result<Accepted, Rejected> {
    let payload = json.canonical();
    match Event::read(json) {
        Ok(event) => Ok(Accepted { hash: ContentHash::of(&payload), findings: event.findings, payload }),
        Err(rejection) => Err(Rejected { rejection, body: payload }),
    }
}

fn malformed(error: &JsonError, bytes: &[u8]) -> Rejected {
    Rejected { rejection: Rejection::new("", format!("not JSON: {error}")), body: bytes.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = r#"{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j"},"producer":"p","schemaURL":"s"}"#;

    fn outcome(items: &Translated) -> Vec<Result<(), String>> {
        items.iter().map(|item| item.as_ref().map(|_| ()).map_err(|r| r.rejection.reason.clone())).collect()
    }

    #[test]
    fn each_item_stands_alone() {
        let array = format!("[{JOB},{{}},{JOB}]");
        assert!(matches!(outcome(&document(array.as_bytes()))[..], [Ok(()), Err(_), Ok(())]));
        let text = format!("{JOB}\n\n{{oops\r\n{JOB}");
        assert!(matches!(outcome(&lines(text.as_bytes()))[..], [Ok(()), Err(_), Ok(())]));
        assert!(is_lines(text.as_bytes()) && !is_lines(array.as_bytes()) && !is_lines(b"{\n\"a\":1}"));
    }

    #[test]
    fn key_order_and_space_do_not_matter() {
        let shuffled = r#"{ "schemaURL":"s", "producer":"p", "job":{"name":"j","namespace":"n"}, "eventTime":"2026-01-01T00:00:00Z" }"#;
        let (a, b) = (document(JOB.as_bytes()), document(shuffled.as_bytes()));
        assert_eq!(a[0].as_ref().unwrap().hash, b[0].as_ref().unwrap().hash);
    }
}
