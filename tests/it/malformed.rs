//! Bodies that are no event: a clear 400 with a pointer, a place in the quarantine, no lost good event.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Answer, Server, events};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

fn good(number: u32) -> Value {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "copy", &["a"], &["b"])
}

fn post(server: &Server, body: &[u8]) -> Value {
    let answer = server.post_bytes("/api/v1/lineage", &JSON, body);
    if answer.status == 201 {
        return json!(201);
    }
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text);
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    json!([answer.status, problem["pointer"], problem["detail"]])
}

#[test]
fn what_is_wrong_is_said() {
    let server = Server::start();
    let text = good(1).to_string();
    let without = |key: &str| {
        let mut event = good(1);
        event.as_object_mut().unwrap().remove(key);
        event.to_string()
    };
    let deep = |levels: usize| text.replacen(r#""run":"#, &format!(r#""deep":{}{},"run":"#, "[".repeat(levels), "]".repeat(levels)), 1);
    let with = |path: &[&str], value: Value| events::with(good(1), path, value).to_string();
    let cases = [
        ("nothing", String::new()),
        ("white space", " \r\n\t".into()),
        ("cut off", text[..text.len() / 2].into()),
        ("text after", format!("{text} x")),
        ("two events", format!("{text}\n{text}")),
        ("a string", "\"event\"".into()),
        ("null", "null".into()),
        ("an empty object", "{}".into()),
        ("an array of nothing sensible", "[1, null]".into()),
        ("an array in an array", format!("[[{text}]]")),
        ("html", "<html></html>".into()),
        ("single quotes", text.replace('"', "'")),
        ("a trailing comma", text.replacen('}', ",}", 1)),
        ("10,000 levels", deep(10_000)),
        ("101 levels", deep(101)),
        ("no job", without("job")),
        ("no time", without("eventTime")),
        ("no run and no job", without("run").replacen("\"job\"", "\"jobs\"", 1)),
        ("a time that is none", with(&["eventTime"], "yesterday".into())),
        ("a number for a time", with(&["eventTime"], json!(1_762_000_000))),
        ("an empty run id", with(&["run", "runId"], "".into())),
        ("a null run id", with(&["run", "runId"], Value::Null)),
        ("a run that is a string", with(&["run"], "r".into())),
        ("a job name that is an object", with(&["job", "name"], json!({}))),
        ("inputs that are an object", with(&["inputs"], json!({ "a": 1 }))),
        ("outputs that are a string", with(&["outputs"], "b".into())),
    ];
    let mut said: serde_json::Map<String, Value> =
        cases.iter().map(|(name, body)| ((*name).to_owned(), post(&server, body.as_bytes()))).collect();
    said.insert("not UTF-8".into(), post(&server, b"{\"a\":\"\xff\xfe\"}"));
    said.insert("UTF-16".into(), post(&server, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
    said.insert("a NUL byte".into(), post(&server, b"\0"));
    assert_json_snapshot!(said);
    assert_eq!(server.ask("{ status { logSeq jobs } }")["status"], json!({ "logSeq": 0, "jobs": 0 }));
}

#[test]
fn what_is_odd_is_taken() {
    let server = Server::start();
    let text = |number: u32| good(number).to_string();
    let bodies: Vec<Vec<u8>> = vec![
        [b"\xef\xbb\xbf".as_slice(), text(1).as_bytes()].concat(),
        text(2).replace(r#""inputs":["#, r#""nan":[NaN,Infinity,-Infinity],"inputs":["#).into(),
        text(3).replace(r#""name":"copy""#, r#""name":"wrong","name":"copy""#).into(),
        text(4).replace(r#""name":"copy""#, r#""name":"lone \ud800 surrogate \udc00""#).into(),
        text(5).replace(r#""COMPLETE""#, r#""LATER""#).into(),
        text(6).replace(r#""producer""#, r#""another""#).into(),
        text(7).replace("2026-11-01T00:00:00Z", "2026-11-01 00:00:00").into(),
        text(8).replace("2026-11-01T00:00:00Z", "0001-01-01T00:00:00Z").into(),
        text(9).replace("2026-11-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z").into(),
        format!("[{}]", text(10)).into(),
        b"[]".to_vec(),
        format!("\r\n\t {} \n", text(11)).into(),
    ];
    for body in &bodies {
        assert_eq!(post(&server, body), 201, "{}", String::from_utf8_lossy(body));
    }
    // Whatever the content type says, and with none.
    for headers in [
        vec![],
        vec![("content-type", "text/plain")],
        vec![("content-type", "application/json; charset=utf-8")],
        vec![("content-encoding", "identity"), ("content-type", "application/vnd.custom+json")],
    ] {
        let answer = server.post_bytes("/api/v1/lineage", &headers, text(12).as_bytes());
        assert_eq!(answer.status, 201, "{headers:?} {}", answer.text);
    }
    let data = server.ask("{ runs(first: 20) { edges { node { id state endedAt job { name } } } } status { logSeq quarantined } }");
    assert_json_snapshot!(data);
}

/// Whatever becomes of a time that its offset carries out of the calendar, no answer shows a time that is none.
#[test]
fn times_at_the_edge_of_the_calendar() {
    let server = Server::start();
    for (number, time) in
        ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999-12:00", "2026-11-01T00:00:00+99:99"].into_iter().enumerate()
    {
        let event = events::with(good(number as u32), &["eventTime"], time.into());
        assert!(matches!(server.post(&event).status, 201 | 400));
    }
    let data = server.ask("{ runs { edges { node { endedAt } } } }");
    for edge in data["runs"]["edges"].as_array().unwrap() {
        let time = edge["node"]["endedAt"].as_str().unwrap();
        let digits = time.get(..4).is_some_and(|year| year.bytes().all(|c| c.is_ascii_digit()));
        assert!(digits && time.get(10..11) == Some("T") && time.ends_with('Z'), "{time}");
    }
}

/// An answer without the id of its request, which is another one each time.
fn said(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("requestId");
    }
    json!([answer.status, body])
}

#[test]
fn a_good_event_beside_a_bad_one_is_kept() {
    let server = Server::start();
    let answer = server.post(&json!([good(1), { "bad": 1 }, good(2), 7]));
    assert_json_snapshot!(said(&answer));
    let data = server.ask("{ runs { totalCount } quarantine { totalCount edges { node { reason pointer body } } } }");
    assert_json_snapshot!("a_good_event_beside_a_bad_one_is_kept_after", data);
}

#[test]
fn a_batch_says_what_became_of_each() {
    let server = Server::start();
    let batch = |headers: &[(&str, &str)], body: &str| {
        let answer = server.post_bytes("/api/v1/lineage/batch", headers, body.as_bytes());
        said(&answer)
    };
    let ndjson = [("content-type", "application/x-ndjson")];
    let lines = format!("{}\n\n{{oops\r\n{}\n[{},7]", good(1), good(2), good(3));
    assert_json_snapshot!(json!({
        "all good": batch(&JSON, &json!([good(1), good(2)]).to_string()),
        "one": batch(&JSON, &good(3).to_string()),
        "some bad": batch(&JSON, &json!([good(1), { "job": 7 }, good(4)]).to_string()),
        "all bad": batch(&JSON, "[1,2]"),
        "none": batch(&JSON, "[]"),
        "lines": batch(&ndjson, &lines),
        "lines of nothing": batch(&ndjson, " \n\n"),
        "broken": batch(&JSON, "[{}"),
    }));
    assert_eq!(server.counts()["runs"], 4);
}

#[test]
fn the_quarantine_shows_reason_and_body_and_a_repeat_counts_once_more() {
    let server = Server::start();
    let body = br#"{"eventTime": "soon", "job": {"namespace": "n", "name": "j"}}"#;
    assert_eq!(post(&server, body)[0], 400);
    assert_eq!(post(&server, b"\xff not text")[0], 400);
    let data = server.ask("{ quarantine { totalCount edges { node { id reason pointer body } } } status { quarantined } }");
    assert_json_snapshot!(data);
}

#[test]
fn a_body_of_the_quarantine_is_cut_and_the_quarantine_is_bounded() {
    let server = Server::start();
    let long = format!("{{\"x\":\"{}\"}}", "ü".repeat(3 << 20));
    assert_eq!(post(&server, long.as_bytes())[0], 400);
    let data = server.ask("{ quarantine(first: 1) { edges { node { body } } } }");
    let kept = data["quarantine"]["edges"][0]["node"]["body"].as_str().unwrap().len();
    assert!((1 << 19..=(1 << 20) + 8).contains(&kept), "{kept} bytes are kept");
    let many: Vec<u32> = (0..30_000).collect();
    assert_eq!(post(&server, json!(many).to_string().as_bytes())[0], 400);
    let held = server.ask("{ status { quarantined } quarantine(first: 1) { totalCount } }");
    assert_eq!(held["status"]["quarantined"], held["quarantine"]["totalCount"]);
    assert!(held["quarantine"]["totalCount"].as_u64().unwrap() < 30_000, "{held}");
}

/// A request of thousands of items that are no events is answered item by item, and a hundred are kept.
#[test]
fn of_one_request_a_hundred_refused_items_are_kept() {
    let server = Server::start();
    assert_eq!(server.post(&json!({ "somebody": "else" })).status, 400);
    let junk: Vec<Value> = (0..5000).map(Value::from).collect();
    let answer = server.post_bytes("/api/v1/lineage/batch", &[("content-type", "application/json")], json!(junk).to_string().as_bytes());
    assert_eq!((answer.status, &answer.json()["summary"]["failed"]), (200, &json!(5000)));
    let held = server.ask("{ quarantine(first: 1000) { totalCount edges { node { body } } } }");
    assert_eq!(held["quarantine"]["totalCount"], 101);
    assert_eq!(held["quarantine"]["edges"][100]["node"]["body"], r#"{"somebody":"else"}"#);
}
