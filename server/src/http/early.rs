//! Answers before there is a request: the server has no place for another connection, or what arrives is no HTTP that it
//! reads. They have a code and an id like every other answer; without this they would be an empty head.

use super::problem::Problem;
use crate::request::RequestId;
use axum::http::StatusCode;

/// What a client gets when every connection is busy.
pub fn full() -> Vec<u8> {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "as many connections as this server takes are busy; try again in a second");
    problem.code("busy").retry_after(1).wire(&RequestId::taken_or_new(None))
}

/// What is sent in place of the head that the HTTP library writes by itself; `None` for what the server wrote.
pub fn instead_of(head: &[u8]) -> Option<Vec<u8>> {
    let code = head.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let detail = match code {
        b"400" => "this is no HTTP request that the server can read",
        b"414" => "the address is too long; post the question to /graphql",
        b"431" => "the head of the request has too many headers, or too long ones",
        _ => return None,
    };
    // Every answer of the server's own has an id.
    if head.windows(12).any(|part| part.eq_ignore_ascii_case(b"x-request-id")) {
        return None;
    }
    let status = StatusCode::from_bytes(code).ok()?;
    Some(Problem::new(status, detail).wire(&RequestId::taken_or_new(None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_library_wrote_is_replaced() {
        for code in ["400 Bad Request", "414 URI Too Long", "431 Request Header Fields Too Large"] {
            let text = String::from_utf8(instead_of(format!("HTTP/1.1 {code}\r\ncontent-length: 0\r\n\r\n").as_bytes()).unwrap()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(
                head.starts_with(&format!("HTTP/1.1 {code}\r\n")) && head.contains(&format!("content-length: {}", body.len())),
                "{text}"
            );
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert!(body["code"] == "invalid_request" && head.contains(body["requestId"].as_str().unwrap()), "{text}");
        }
        for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 400 Bad Request\r\nX-Request-Id: 7\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", ""]
        {
            assert_eq!(instead_of(head.as_bytes()), None, "{head}");
        }
    }
}
