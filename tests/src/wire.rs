//! What well-behaved clients do not send: requests byte by byte, packed bodies of any size.

use crate::http::Answer;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Packs bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_else(|e| panic!("cannot pack: {e}"))
}

/// Sends these bytes and reads one answer. Ask for `Connection: close`.
pub fn raw(url: &str, request: &[u8]) -> Answer {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap_or_else(|e| panic!("cannot reach {address}: {e}"));
    let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
    // A server that has read enough may close before the end.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Answer { status, headers, text: body.to_owned() }
}
