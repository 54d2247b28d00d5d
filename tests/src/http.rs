//! One answer of the server, and how to ask.

use serde_json::Value;
use std::time::Duration;

/// Status, headers and body of an answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// A client that takes every status as an answer, and no answer within a minute as none.
pub fn agent() -> ureq::Agent {
    patient(Duration::from_secs(60))
}

/// A client that takes every status as an answer and waits this long for one.
pub fn patient(patience: Duration) -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(patience)).build().into()
}

/// Posts bytes with headers.
///
/// # Errors
/// When there is no whole answer.
pub fn post(agent: &ureq::Agent, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
    let request = headers.iter().fold(agent.post(url), |request, (name, value)| request.header(*name, *value));
    answer(request.send(body)?)
}

/// Gets with headers.
///
/// # Errors
/// When there is no whole answer.
pub fn get(agent: &ureq::Agent, url: &str, headers: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
    let request = headers.iter().fold(agent.get(url), |request, (name, value)| request.header(*name, *value));
    answer(request.call()?)
}

/// A request without a body, by any method.
pub fn send(agent: &ureq::Agent, method: &str, url: &str) -> Result<Answer, ureq::Error> {
    // The server may answer before it has seen that there is no body, and ends such a connection.
    let request = ureq::http::Request::builder().method(method).uri(url).header("connection", "close").body(())?;
    answer(agent.run(request)?)
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let headers =
        response.headers().iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
    Ok(Answer { status, headers, text })
}
