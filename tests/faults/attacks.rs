//! Requests that ask for far more than their size: made by rule, so that nothing large is kept in the tree. How they are
//! sent, and what has to hold meanwhile, is `memory`'s.

use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;
use tests::gzip;

/// One request.
#[derive(Clone)]
pub enum Request {
    /// Over HTTP: method, path, further header lines, body.
    Http(&'static str, String, &'static str, Arc<[u8]>),
    /// Subscriptions on one WebSocket, which nobody reads.
    Follow(Vec<String>),
}

/// Requests sent at the same time.
pub struct Attack {
    /// In words.
    pub name: &'static str,
    /// Each on a connection of its own. Made when it is their turn: some are large.
    pub requests: Box<dyn FnOnce() -> Vec<Request>>,
    /// Each client goes away after so many milliseconds; `None`: as late as the dose allows.
    pub gone_after: Option<u64>,
}

/// A group of attacks that shares a row.
pub struct Group {
    /// In words.
    pub name: &'static str,
    /// Takes moments at which the server knew different things.
    pub attacks: fn(&[String]) -> Vec<Attack>,
    /// So many of them belong to the short dose.
    pub short: usize,
}

/// All of them.
pub const GROUPS: &[Group] = &[
    Group { name: "questions that grow when they are read", attacks: growing, short: 7 },
    Group { name: "bodies that grow when they are unpacked or parsed", attacks: bodies, short: 5 },
    Group { name: "heavy questions", attacks: heavy, short: 5 },
    Group { name: "items that are refused", attacks: refused, short: 3 },
    Group { name: "events whose parts could each cost as much as all of them", attacks: repeating, short: 4 },
    Group { name: "many moments of knowledge", attacks: moments, short: 2 },
];

const JSON: &str = "content-type: application/json\r\n";
const PACKED: &str = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
const PACKED_LINES: &str = "content-type: application/x-ndjson\r\ncontent-encoding: gzip\r\n";
/// As an `<img>` on a page of somebody else asks.
const FOREIGN: &str = "sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\nsec-fetch-dest: image\r\n";

fn post(path: &str, headers: &'static str, body: Vec<u8>) -> Request {
    Request::Http("POST", path.into(), headers, body.into())
}

fn get(path: String, headers: &'static str) -> Request {
    Request::Http("GET", path, headers, Arc::default())
}

fn query(text: String) -> Request {
    post("/graphql", JSON, json!({ "query": text }).to_string().into_bytes())
}

fn times(name: &'static str, count: usize, request: impl FnOnce() -> Request + 'static) -> Attack {
    Attack { name, requests: Box::new(move || vec![request(); count]), gone_after: None }
}

fn one(name: &'static str, request: impl FnOnce() -> Request + 'static) -> Attack {
    times(name, 1, request)
}

/// Fragments on a type, each spreading the next one so many times; `around` has the place of the first spread.
fn doubling(kind: &str, depth: usize, spreads: usize, leaf: &str, around: (&str, &str)) -> String {
    let mut text = format!("{}...F0{}", around.0, around.1);
    for i in 0..depth {
        let _ = write!(text, " fragment F{i} on {kind}{{{}}}", format!("...F{} ", i + 1).repeat(spreads));
    }
    let _ = write!(text, " fragment F{depth} on {kind}{{{leaf}}}");
    text
}

/// So many fields, each with its number.
fn many(count: usize, field: impl Fn(usize) -> String) -> String {
    (0..count).map(field).collect::<Vec<_>>().join(" ")
}

fn growing(_: &[String]) -> Vec<Attack> {
    let on_query = |depth, spreads, leaf| query(doubling("Query", depth, spreads, leaf, ("{", "}")));
    vec![
        one("fragments that double, 25 deep", move || on_query(25, 2, "__typename")),
        one("fragments that double, 300 deep", move || on_query(300, 2, "__typename")),
        one("fragments on a dataset", || query(doubling("Dataset", 26, 2, "name", ("{datasets{edges{node{", "}}}}")))),
        one("50,000 fields that are the same", || query(format!("{{{}}}", "status{logSeq} ".repeat(50_000)))),
        one("30,000 aliases", || query(format!("{{{}}}", many(30_000, |i| format!("a{i}:status{{logSeq}}"))))),
        one("fragments that double in a subscription", || {
            Request::Follow(vec![doubling("Subscription", 25, 2, "__typename", ("subscription{", "}"))])
        }),
        one("variables of 500,000 numbers", || {
            post("/graphql", JSON, json!({ "query": "{__typename}", "variables": { "a": vec![0; 500_000] } }).to_string().into_bytes())
        }),
        one("fragments of ten spreads, 8 deep", move || on_query(8, 10, "status{logSeq}")),
        one("fragments with inline fragments between", || {
            query(doubling("Query", 24, 2, "...on Query{...on Query{__typename}}", ("{...on Query{", "}}")))
        }),
        one("fragments that double in a mutation", || query(doubling("Mutation", 25, 2, "__typename", ("mutation{", "}")))),
        one("300 times the schema", || {
            query(format!("{{{}}}", many(300, |i| format!("a{i}:__schema{{types{{name fields{{name type{{name}}}}}}}}"))))
        }),
        one("a question nested 400 levels deep", || {
            query(format!("{{jobs{{edges{{node{{{}id{}}}}}}}}}", "parents{".repeat(400), "}".repeat(400)))
        }),
        one("a query of open braces", || query("{a".repeat(200_000))),
        one("a broken query of a megabyte", || query(format!("{{{}", "x ".repeat(500_000)))),
        times("the first one, ten times", 10, move || on_query(25, 2, "__typename")),
    ]
}

/// So many items, separated by commas between two ends.
fn items(begin: &str, item: &str, count: usize, end: &str) -> Vec<u8> {
    let mut text = String::with_capacity(begin.len() + (item.len() + 1) * count + end.len());
    text += begin;
    for i in 0..count {
        text += if i == 0 { "" } else { "," };
        text += item;
    }
    text += end;
    text.into_bytes()
}

fn packed(path: &'static str, begin: &'static str, item: &'static str, count: usize, end: &'static str) -> impl FnOnce() -> Request {
    move || post(path, PACKED, gzip(&items(begin, item, count, end)))
}

fn bodies(_: &[String]) -> Vec<Attack> {
    // As many as 64 MiB hold.
    const TRIPLES: usize = 21 << 20;
    const PAIRS: usize = 31 << 20;
    const BATCH: &str = "/api/v1/lineage/batch";
    const EVENTS: &str = "/api/v1/lineage";
    vec![
        one("62 KiB of {} packed, 63 MiB unpacked", packed(BATCH, "[", "{}", TRIPLES, "]")),
        times("numbers in a member, 20 times", 20, packed(EVENTS, "{\"a\":[", "0", PAIRS, "]}")),
        times("60 MiB of one text, plain, 10 times", 10, || post(EVENTS, JSON, items("{\"a\":\"", "aaaaaaaaaaaaaaa", 15 << 18, "\"}"))),
        one("numbers in an array", packed(BATCH, "[", "0", PAIRS, "]")),
        one("lines of {}", || post(BATCH, PACKED_LINES, gzip("{}\n".repeat(TRIPLES).as_bytes()))),
        one("objects as an event", packed(EVENTS, "[", "{}", TRIPLES, "]")),
        one("objects as a dry run", packed("/api/v1/lineage/dry-run", "[", "{}", TRIPLES, "]")),
        one("empty texts in a member", packed(EVENTS, "{\"a\":[", "\"\"", TRIPLES, "]}")),
        one("empty lists", packed(BATCH, "[", "[]", TRIPLES, "]")),
        one("small objects", packed(BATCH, "[", "{\"a\":[]}", 7 << 20, "]")),
        one("lines of numbers", || post(BATCH, PACKED_LINES, gzip("0\n".repeat(PAIRS).as_bytes()))),
        times("half a GiB of spaces, 10 times", 10, || post(EVENTS, PACKED, gzip(&vec![b' '; 512 << 20]))),
        times("one event with 3.9 million numbers, 10 times", 10, || {
            let mut event = crate::ledger::event(0);
            event["run"]["facets"] = json!({ "x": vec![0; 3_900_000] });
            post(EVENTS, JSON, event.to_string().into_bytes())
        }),
        one("a proposal of numbers", || post("/api/v1/check", JSON, items("{\"a\":[", "0", 900_000, "]}"))),
        times("60 MiB of one text with an escape, 10 times", 10, || {
            post(EVENTS, JSON, items("{\"a\":\"\\n", "aaaaaaaaaaaaaaa", 15 << 18, "\"}"))
        }),
        times("60 MiB of one text, packed, 10 times", 10, packed(EVENTS, "{\"a\":\"\\n", "aaaaaaaaaaaaaaa", 15 << 18, "\"}")),
        times("eight events of 7 MiB, 10 times", 10, || {
            let mut event = crate::ledger::event(0);
            event["run"]["runId"] = "an event of seven megabytes".into();
            event["run"]["facets"] = json!({ "x": { "text": format!("\n{}", "x".repeat(7 << 20)) } });
            post(BATCH, JSON, items("[", &event.to_string(), 8, "]"))
        }),
    ]
}

const NODE: &str = "nodes{distance pathCount longestDistance onCycle confidence node{__typename ...on Dataset{id namespace name} ...on Job{id namespace name}}} \
                    edges{from to basis origin firstSeen lastSeen confidence}";

fn hub(fields: &str) -> String {
    format!("{{dataset(namespace:\"db\",name:\"hub\"){{{fields}}}}}")
}

fn whole() -> String {
    format!("lineage(direction:DOWNSTREAM){{totalCount complete {NODE}}}")
}

fn heavy(_: &[String]) -> Vec<Attack> {
    let follow = "subscription{lineageChanged(from:{datasets:[{namespace:\"db\",name:\"hub\"}]},direction:DOWNSTREAM){__typename}}";
    let export = |format: &'static str| move || get(format!("/api/v1/lineage/export?format={format}"), "");
    vec![
        times("the whole answer, 4 clients", 4, || query(hub(&whole()))),
        one("200 aliases of a count", || {
            query(hub(&many(200, |i| format!("a{i}:lineage(direction:DOWNSTREAM,maxDepth:{}){{totalCount}}", i + 1))))
        }),
        one("20 aliases of the whole answer", || query(hub(&many(20, |i| format!("a{i}:{}", whole()))))),
        times("10 followers with 30 subscriptions each", 10, move || Request::Follow(vec![follow.into(); 30])),
        one("bodies and facets of the largest events", || query("{runs(first:60){edges{node{facets events{body}}}}}".into())),
        times("the whole answer, 30 clients", 30, || query(hub(&whole()))),
        one("50 aliases of impact", || {
            let change = "change:{dropDataset:{namespace:\"db\",name:\"hub\"}}";
            query(format!("{{{}}}", many(50, |i| format!("a{i}:impact({change}){{totalCount}}"))))
        }),
        one("20 aliases of the largest facets", || {
            query(format!("{{{}}}", many(20, |i| format!("a{i}:runs(first:{}){{edges{{node{{facets}}}}}}", 60 - i))))
        }),
        times("the whole estate as a file, 12 clients", 12, export("ndjson")),
        times("the whole estate as a picture, 12 clients", 12, export("mermaid")),
        times("the whole answer as JSON, 12 clients", 12, || {
            get("/api/v1/lineage?dataset=db%7Chub&direction=DOWNSTREAM&evidence=100".into(), "")
        }),
        times("1,000 datasets with everything, 10 clients", 10, || {
            let fields = "name facets columns{name} lineage(direction:BOTH){totalCount nodes{distance} edges{from to}}";
            query(format!("{{datasets(first:1000){{edges{{node{{{fields}}}}}}}}}"))
        }),
    ]
}

fn refused(_: &[String]) -> Vec<Attack> {
    const BATCH: &str = "/api/v1/lineage/batch";
    let numbers = |path: &'static str| move || post(path, JSON, items("[", "4711", 500_000, "]"));
    vec![
        one("500,000 numbers as a batch", numbers(BATCH)),
        one("150,000 events without what an event needs", || {
            post(BATCH, JSON, items("[", "{\"eventTime\":\"x\",\"job\":{}}", 150_000, "]"))
        }),
        one("500,000 numbers as a dry run", numbers("/api/v1/lineage/dry-run")),
        one("500,000 numbers as an array", numbers("/api/v1/lineage")),
        one("300,000 texts", || post(BATCH, JSON, items("[", "\"no event\"", 300_000, "]"))),
        one("300,000 lines", || post(BATCH, "content-type: application/x-ndjson\r\n", "{\"job\":1}\n".repeat(300_000).into_bytes())),
        one("50 items of a MiB", || post(BATCH, JSON, items("[", &format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20)), 50, "]"))),
        times("500,000 numbers, 6 clients", 6, numbers(BATCH)),
    ]
}

/// An event of nearly 8 MiB that says one thing over and over, in the text of a facet.
fn text(name: &'static str, begin: &'static str, part: &'static str, end: &'static str) -> Attack {
    one(name, move || event(name, |event| event["run"]["facets"] = json!({ "x": { "text": filled(begin, part, end) } })))
}

fn filled(begin: &str, part: &str, end: &str) -> String {
    format!("{begin}{}{end}", part.repeat((7 << 20) / part.len()))
}

/// An event with an id of its own.
fn event(id: &str, change: impl FnOnce(&mut serde_json::Value)) -> Request {
    let mut event = crate::ledger::event(0);
    event["run"]["runId"] = id.into();
    change(&mut event);
    post("/api/v1/lineage", JSON, event.to_string().into_bytes())
}

fn repeating(_: &[String]) -> Vec<Attack> {
    const MANY: usize = 40_000;
    let facets = |count: usize| (0..count).map(|i| (format!("f{i}"), json!({}))).collect::<serde_json::Map<_, _>>();
    vec![
        text("passwords in a line", "", "pwd=", ""),
        text("headers in a line", "", "x-pwd: ", ""),
        text("addresses without an end", "", "a://", "@"),
        one("300,000 facets of a dataset", move || event("facets", |event| event["outputs"][0]["facets"] = facets(300_000).into())),
        text("passwords in braces", "", "pwd={", "}"),
        text("passwords in a statement", "select a from b where ", "token=", "'"),
        text("passwords that quotes follow", "", "pwd='''", ""),
        text("passwords before brackets", "pwd=pwd=pwd=", ")", ""),
        text("addresses with a port", "", "a://b:1/", "@"),
        text("hosts without an end", "a://u@", ",", "@"),
        text("letters that are not ASCII", "password ", "é:", ""),
        text("BEGIN without END", "", "-----BEGIN PRIVATE KEY", "-----"),
        one("mail addresses in short texts", || {
            event("mail", |event| event["run"]["facets"] = json!({ "x": vec!["@".repeat(510); 14_000] }))
        }),
        one("300,000 facets of a run", move || event("run facets", |event| event["run"]["facets"] = facets(300_000).into())),
        one("40,000 outputs with columns", || {
            event("outputs", |event| {
                let source = |i: usize| json!([{ "namespace": "db", "name": format!("s{i}"), "field": "a" }]);
                let lineage = |i: usize| json!({ "columnLineage": { "fields": { "a": { "inputFields": source(i) } } } });
                event["outputs"] = (0..MANY).map(|i| json!({ "namespace": "db", "name": format!("o{i}"), "facets": lineage(i) })).collect();
            })
        }),
        one("40,000 inputs, each the one before", || {
            event("inputs", |event| {
                let link = |i: usize| json!([{ "namespace": "db", "name": format!("i{}", i + 1), "type": "TABLE" }]);
                event["inputs"] = (0..MANY)
                    .map(|i| json!({ "namespace": "db", "name": format!("i{i}"), "facets": { "symlinks": { "identifiers": link(i) } } }))
                    .collect();
            })
        }),
    ]
}

fn moments(known: &[String]) -> Vec<Attack> {
    let attack = |name, headers: &'static str, gone_after| {
        let path = |at: &String| format!("/api/v1/lineage?dataset=db%7Chub&direction=DOWNSTREAM&maxDepth=1&knownAt={at}");
        let requests: Vec<Request> = known.iter().map(|at| get(path(at), headers)).collect();
        Attack { name, requests: Box::new(|| requests), gone_after }
    };
    vec![
        attack("40 from a foreign page, gone after 20 ms", FOREIGN, Some(20)),
        attack("40 that wait", "", None),
        attack("40 from programs, gone after 20 ms", "", Some(20)),
    ]
}
