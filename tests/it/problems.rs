//! What every error says over HTTP and GraphQL: a stable code, the id of the request, and how to do it right.

use serde_json::json;
use tests::Server;

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn every_answer_has_an_id() {
    let server = Server::start();
    let taken = server.post_bytes("/graphql", &[JSON, ("x-request-id", "deploy-17.a_B")], b"{\"query\": \"{ __typename }\"}");
    assert_eq!(taken.header("x-request-id"), Some("deploy-17.a_B"));
    let odd = server.post_bytes("/graphql", &[JSON, ("x-request-id", "a b <c>")], b"{\"query\": \"{ __typename }\"}");
    let made = odd.header("x-request-id").unwrap();
    assert!(made.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !made.is_empty(), "{made}");
    for path in ["/", "/livez", "/readyz", "/metrics", "/nothing/here", "/api/nothing", "/api/v1/lineage/export?format=x", "/assets/no.js"]
    {
        let answer = server.get(path);
        let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{path}: {:?}", answer.headers));
        assert_ne!(id, made, "{path}");
        if answer.status >= 400 {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
            assert_eq!(answer.json()["requestId"], id, "{path}: {}", answer.text);
        }
    }
}

#[test]
fn problems_have_codes() {
    let server = Server::start();
    let post = |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let answer = server.post_bytes(path, headers, body);
        json!([answer.status, answer.json()["code"]])
    };
    assert_eq!(post("/api/v1/lineage", &[JSON], b""), json!([400, "empty_body"]));
    assert_eq!(post("/api/v1/lineage", &[JSON], b"{}"), json!([400, "invalid_event"]));
    assert_eq!(post("/api/v1/lineage", &[JSON, ("content-encoding", "br")], b"{}"), json!([415, "unsupported_media_type"]));
    assert_eq!(post("/api/v1/lineage", &[JSON, ("content-encoding", "gzip")], b"{}"), json!([400, "not_gzip"]));
    assert_eq!(post("/graphql", &[JSON, ("origin", "http://evil.example")], b"{}"), json!([403, "cross_site"]));
    assert_eq!(post("/graphql", &[JSON, ("x-headwater-min-seq", "soon")], b"{\"query\":\"{a}\"}"), json!([400, "invalid_request"]));
    assert_eq!(post("/api/v2/lineage", &[JSON], b"{}"), json!([404, "not_found"]));
    let unknown = server.get("/api/v1/lineage/export?format=csv&of=dataset&namespace=n&name=missing");
    assert!(unknown.status >= 400 && unknown.json()["code"].is_string(), "{}", unknown.text);
}

#[test]
fn another_method_is_told_which_are_allowed() {
    let server = Server::start();
    let expected = [
        ("/api/v1/lineage", "GET, HEAD, POST"),
        ("/api/v1/lineage/", "POST"),
        ("/api/v1/lineage/batch", "POST"),
        ("/api/v1/lineage/dry-run", "POST"),
        ("/api/v1/lineage/export", "GET, HEAD"),
        ("/api/v1/check", "POST"),
        ("/graphql", "POST"),
        ("/graphql/ws", "GET"),
        ("/graphiql", "GET, HEAD"),
        ("/livez", "GET, HEAD"),
        ("/readyz", "GET, HEAD"),
        ("/metrics", "GET, HEAD"),
    ];
    for (path, methods) in expected {
        let answer = server.send("PATCH", path);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (405, Some("method_not_allowed")), "{path}");
        assert_eq!(answer.header("allow"), Some(methods), "{path}");
        assert_eq!(answer.json()["detail"], format!("method not allowed; allowed: {methods}"), "{path}");
        for method in methods.split(", ") {
            assert_ne!(server.send(method, path).status, 405, "{method} {path}");
        }
    }
}

#[test]
fn errors_of_graphql_have_codes_and_the_id() {
    let server = Server::start();
    let ask = |query: &str| {
        let answer = server.post_bytes("/graphql", &[JSON], json!({ "query": query }).to_string().as_bytes());
        let error = answer.json()["errors"][0].clone();
        assert_eq!(error["extensions"]["requestId"].as_str(), answer.header("x-request-id"), "{query}: {error}");
        (error["extensions"]["code"].as_str().unwrap_or_default().to_owned(), error["message"].as_str().unwrap_or_default().len())
    };
    assert_eq!(ask("{").0, "BAD_QUERY");
    assert_eq!(ask("{ nothing }").0, "BAD_QUERY");
    assert_eq!(ask("{ dataset(namespace: \"a\") { name } }").0, "BAD_INPUT");
    assert_eq!(ask("mutation { replayQuarantined(id: \"7\") { taken } }").0, "NOT_FOUND");
    let (code, length) = ask(&format!("{{ a(b: \"{}\" ( }}", "é".repeat(100_000)));
    assert!(code == "BAD_QUERY" && length <= 4000, "{code} {length}");
}
