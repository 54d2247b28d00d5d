//! The network side: methods, paths, hosts, other sites' pages, headers that every answer has.

use serde_json::{Value, json};
use tests::{Server, events, raw};

fn good() -> String {
    events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(1), "copy", &["a"], &["b"]).to_string()
}

fn request(server: &Server, line: &str, headers: &[&str], body: &str) -> tests::Answer {
    let mut text = format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        text += &format!("{header}\r\n");
    }
    raw(&server.url, format!("{text}\r\n{body}").as_bytes())
}

#[test]
fn an_accepted_event_is_answered_201_with_nothing() {
    let server = Server::start();
    for _ in 0..2 {
        let answer = request(&server, "POST /api/v1/lineage", &["Host: localhost", "Content-Type: application/json"], &good());
        assert_eq!((answer.status, answer.text.as_str(), answer.header("x-headwater-seq")), (201, "", Some("1")));
    }
    let answer = request(&server, "POST /api/v1/lineage/", &["Host: localhost"], &good());
    assert_eq!((answer.status, answer.header("location")), (201, None));
}

#[test]
fn only_loopback_names_are_answered() {
    let server = Server::start();
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    let status = |host: &str| request(&server, "POST /api/v1/lineage", &[host], &good()).status;
    for host in ["Host: localhost", "Host: LOCALHOST", "Host: 127.0.0.1", "Host: [::1]", &format!("Host: 127.0.0.1:{port}")] {
        assert_eq!(status(host), 201, "{host}");
    }
    for host in [
        "Host: evil.example",
        "Host: localhost.evil.example",
        "Host: 127.0.0.1.nip.io",
        "Host: 10.0.0.1",
        "Host: ",
        "Host: 127.0.0.1@evil.example",
    ] {
        assert!(matches!(status(host), 400 | 421), "{host} is answered {}", status(host));
    }
    let answer = request(&server, "GET /livez", &["Host: evil.example"], "");
    assert_eq!((answer.status, answer.header("content-type")), (421, Some("application/problem+json")), "{}", answer.text);
    let answer = request(&server, "POST http://evil.example/api/v1/lineage", &["Host: localhost"], &good());
    assert!(matches!(answer.status, 400 | 421), "{}", answer.status);
}

#[test]
fn pages_of_other_sites_may_not_post() {
    let server = Server::start();
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)] {
        let header = format!("Sec-Fetch-Site: {site}");
        let answer = request(&server, "POST /api/v1/lineage", &["Host: localhost", &header], &good());
        assert_eq!(answer.status, status, "{site}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    // Links from other sites may lead here.
    assert_eq!(request(&server, "GET /", &["Host: localhost", "Sec-Fetch-Site: cross-site"], "").status, 200);
}

/// A page of another origin in a browser that sends no Sec-Fetch-Site still says its origin.
#[test]
fn an_old_browser_says_its_origin() {
    let server = Server::start();
    let answer =
        request(&server, "POST /api/v1/lineage", &["Host: localhost", "Origin: https://evil.example", "Content-Type: text/plain"], &good());
    assert_eq!(answer.status, 403, "a page of another site may post");
    let port = server.url.rsplit(':').next().unwrap();
    let (host, origin) = (format!("Host: 127.0.0.1:{port}"), format!("Origin: http://127.0.0.1:{port}"));
    assert_eq!(request(&server, "POST /api/v1/lineage", &[&host, &origin], &good()).status, 201);
}

#[test]
fn other_methods_and_paths_are_refused_in_words() {
    let server = Server::start();
    let asked = [
        "GET /api/v1/lineage",
        "PUT /api/v1/lineage",
        "DELETE /api/v1/lineage",
        "OPTIONS /api/v1/lineage",
        "GET /api/v1/lineage/batch",
        "GET /graphql",
        "POST /livez",
        "POST /api/v1/lineage/../lineage",
        "POST /api/v1/lineages",
        "GET /api/v1/namespaces",
        "POST /api/v2/lineage",
        "GET /api/",
    ];
    let answers: Vec<Value> = asked
        .iter()
        .map(|line| {
            let answer = request(&server, line, &["Host: localhost"], "");
            json!([line, answer.status, answer.header("content-type"), answer.header("allow")])
        })
        .collect();
    insta::assert_json_snapshot!(answers);
}

#[test]
fn every_answer_has_the_headers_that_browsers_obey() {
    let server = Server::start();
    for line in [
        "GET /",
        "GET /livez",
        "GET /readyz",
        "GET /metrics",
        "GET /graphiql",
        "GET /api/v1/lineage",
        "POST /api/v1/lineage",
        "POST /graphql",
    ] {
        let answer = request(&server, line, &["Host: localhost"], "");
        let said = ["x-content-type-options", "referrer-policy", "x-frame-options"].map(|name| answer.header(name));
        assert_eq!(said, [Some("nosniff"), Some("same-origin"), Some("DENY")], "{line}");
    }
}

#[test]
fn metrics_count_what_happened() {
    let server = Server::start();
    for body in [good(), good(), "{}".into()] {
        server.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], body.as_bytes());
    }
    server.counts();
    let text = server.get("/metrics").text;
    let counted = |name: &str| {
        text.lines().find(|line| line.starts_with(&format!("headwater_{name} "))).and_then(|line| line.split(' ').nth(1).map(str::to_owned))
    };
    let counts = ["events_accepted_total", "events_repeated_total", "events_quarantined_total", "log_seq"].map(counted);
    assert_eq!(counts.map(|count| count.unwrap_or_default()), ["1", "1", "1", "1"], "{text}");
}

#[test]
fn garbage_on_the_wire_harms_nobody() {
    let server = Server::start();
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(200_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(5000));
    for bytes in [
        b"\0\0\0\0\r\n\r\n".as_slice(),
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
        b"POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    ] {
        let status = raw(&server.url, bytes).status;
        assert!(status == 0 || (400..500).contains(&status), "{status}");
    }
    assert_eq!(server.get("/livez").text, "ok\n");
}
