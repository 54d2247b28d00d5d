//! Credentials in events: found, and taken out. Pure and the same everywhere: intake applies the rules of the settings
//! before an event reaches the log, and whoever reads an entry of the log applies `Rules::default()` before anything is
//! shown, folded or searched, so that an event stored as it came shows none either.
//!
//! A value becomes `***`. In a `namespace` or `name` the user and password of a URL are removed instead, so that one
//! table keeps one name whoever asks it for data. The event says in `_redacted` what was done, by JSON pointers: that is
//! what the finding is made of. `scan` decides in one pass over the bytes that a usual event holds nothing.

mod ahead;
mod keys;
mod pairs;
mod scan;
mod text;
mod tokens;
mod tree;
mod url;

#[cfg(test)]
mod tests;

use crate::json::Json;
use keys::Pattern;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands where a credential stood.
pub const MASK: &str = "***";
/// The member of an event that lists what was taken out of it.
pub const MEMBER: &str = "_redacted";

/// Raised when `entry` takes out more or less than before: what was folded with another one is folded anew.
pub const VERSION: u32 = 3;

/// Which credentials are taken out.
#[derive(Clone, Debug)]
pub struct Rules {
    /// User and password in a URL.
    pub userinfo: bool,
    /// Values under keys such as `password` or `AWS_SECRET_ACCESS_KEY`.
    pub keys: bool,
    /// `password=…` and the like within texts: connection strings, parameters of URLs, SQL, command lines.
    pub text: bool,
    /// Tokens that are known by their shape: of AWS, GitHub, Slack, …; private keys.
    pub tokens: bool,
    more_keys: Vec<Pattern>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { userinfo: true, keys: true, text: true, tokens: true, more_keys: Vec::new() }
    }
}

impl Rules {
    /// Further keys whose values are secret, without regard to case; `*` stands for anything: `*_PIN`. The error names
    /// the first that would match everything or nothing.
    pub fn with_keys(mut self, patterns: &[String]) -> Result<Self, String> {
        self.more_keys = patterns.iter().map(|text| Pattern::read(text)).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// True when nothing would be taken out of anything.
    pub fn is_off(&self) -> bool {
        !(self.userinfo || self.keys || self.text || self.tokens) && self.more_keys.is_empty()
    }

    /// An event without its credentials, as canonical JSON; `None` when it holds none. Takes canonical JSON.
    pub fn event(&self, canonical: &[u8]) -> Option<Vec<u8>> {
        if self.is_off() || !scan::is_suspect(canonical, &self.more_keys) {
            return None;
        }
        let mut json = Json::parse(canonical).ok()?;
        tree::redact(self, &mut json).then(|| json.canonical())
    }

    /// An event that these rules have left as it was, or have changed, as `entry` would show it.
    pub fn shown(&self, canonical: Vec<u8>, is_changed: bool) -> Vec<u8> {
        // What nothing is taken out of by these rules holds nothing for the usual ones either, when these are more.
        let has_usual = self.userinfo && self.keys && self.text && self.tokens;
        if has_usual && !is_changed { canonical } else { entry(canonical) }
    }

    /// Any bytes without their credentials, for what could not be understood; `None` when they hold none.
    pub fn anything(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if self.is_off() {
            return None;
        }
        if let Ok(mut json) = Json::parse(bytes) {
            return tree::redact(self, &mut json).then(|| json.canonical());
        }
        // A slash may be escaped in JSON, so that no URL is seen.
        let text = String::from_utf8_lossy(bytes).replace("\\/", "/");
        text::masked(self, &text, text::Place::Broken).map(String::into_bytes)
    }

    fn is_secret(&self, key: &str) -> bool {
        self.keys && keys::is_secret(key) || self.more_keys.iter().any(|pattern| pattern.matches(key))
    }
}

/// A namespace or name as the catalog has it: without user and password.
pub fn name(text: &str) -> Cow<'_, str> {
    masked(text, text::Place::Name)
}

/// A text for people, with `***` for credentials.
pub fn line(text: &str) -> Cow<'_, str> {
    masked(text, text::Place::Value)
}

/// The default rules, made once.
fn usual() -> &'static Rules {
    static USUAL: LazyLock<Rules> = LazyLock::new(Rules::default);
    &USUAL
}

/// An entry of the log as it is shown and folded: without the credentials that the settings let into it.
pub fn entry(canonical: Vec<u8>) -> Vec<u8> {
    usual().event(&canonical).unwrap_or(canonical)
}

/// A body that could not be understood, as it is shown.
pub fn kept(body: Vec<u8>) -> Vec<u8> {
    usual().anything(&body).unwrap_or(body)
}

fn masked(text: &str, place: text::Place) -> Cow<'_, str> {
    text::masked(usual(), text, place).map_or(text.into(), Cow::Owned)
}
