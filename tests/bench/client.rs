//! An HTTP/1.1 client of a few lines: one connection, one thread, hardly any CPU. The load generator
//! shares the cores with what it measures.

use crate::Outcome;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A keep-alive connection.
pub struct Client {
    stream: TcpStream,
    /// Further header lines of each request, each with its end.
    headers: &'static str,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    /// Connects to `host:port`.
    pub fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { stream, headers: "", request: Vec::with_capacity(8 << 10), answer: vec![0; 16 << 10] })
    }

    /// Takes what the projections hold just now, instead of waiting for what was acknowledged before.
    pub fn at_once(self) -> Self {
        Self { headers: "x-headwater-min-seq: 0\r\n", ..self }
    }

    /// Posts JSON; status and body of the answer.
    pub fn post(&mut self, path: &str, body: &[u8]) -> Outcome<(u16, &[u8])> {
        self.request.clear();
        let (length, headers) = (body.len(), self.headers);
        write!(
            self.request,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n"
        )?;
        self.request.extend_from_slice(body);
        self.exchange()
    }

    /// Gets; status and body of the answer.
    pub fn get(&mut self, path: &str) -> Outcome<(u16, &[u8])> {
        self.request.clear();
        write!(self.request, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
        self.exchange()
    }

    /// Asks GraphQL; the data, or the errors as an error.
    pub fn ask(&mut self, query: &str) -> Outcome<Value> {
        let body = json!({ "query": query }).to_string();
        let (status, text) = self.post("/graphql", body.as_bytes())?;
        let mut answer: Value = serde_json::from_slice(text)?;
        if status != 200 || !answer["errors"].is_null() {
            return Err(format!("{query}: {status} {answer}").into());
        }
        Ok(answer["data"].take())
    }

    fn exchange(&mut self) -> Outcome<(u16, &[u8])> {
        self.stream.write_all(&self.request)?;
        let mut filled = 0;
        let end = loop {
            filled += self.fill(filled)?;
            if let Some(at) = self.answer[..filled].windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let (status, length) = head(&self.answer[..end])?;
        while filled < end + length {
            filled += self.fill(filled)?;
        }
        Ok((status, &self.answer[end..end + length]))
    }

    fn fill(&mut self, filled: usize) -> Outcome<usize> {
        if filled == self.answer.len() {
            self.answer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.answer[filled..])? {
            0 => Err("the server closed the connection".into()),
            count => Ok(count),
        }
    }
}

/// Status and length of the body. What is measured here always says the length.
fn head(bytes: &[u8]) -> Outcome<(u16, usize)> {
    let text = std::str::from_utf8(bytes)?;
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or("not HTTP")?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status, length.ok_or_else(|| format!("no content-length: {text}"))?))
}
