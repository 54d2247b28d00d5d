//! Canonical JSON: what is read and written is read again as the same, and written as the same.

use schema::json::Json;

pub(super) fn run(bytes: &[u8]) {
    let Ok(json) = Json::parse(bytes) else { return };
    let written = json.canonical();
    let again = Json::parse(&written).unwrap_or_else(|e| panic!("canonical JSON does not parse: {e}"));
    assert_eq!(again.canonical(), written, "canonical JSON has another canonical form");
    // Others have to be able to read what the log holds.
    assert!(std::str::from_utf8(&written).is_ok(), "canonical JSON is not UTF-8");
    assert!(!written.contains(&b'\n'), "canonical JSON is not one line");
}
