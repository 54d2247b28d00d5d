//! Canonical JSON: one pass from the bytes on the wire to the bytes in the log.
//!
//! Keys sorted, no white space, numbers exactly as written (a 64-bit snapshot id must survive), so
//! that one event re-sent by any client hashes the same. Lenient where real emitters err: a BOM,
//! `NaN` and `Infinity` (Python's json.dumps) become null, lone surrogates become U+FFFD, of
//! duplicate keys the last counts. Strict where a guess would be dangerous: depth, UTF-8, grammar.

mod items;
mod parse;
mod place;
mod plain;
mod write;

pub use items::{Item, Items};

use std::borrow::Cow;

/// Deeper nesting is refused; no real facet goes beyond 20.
pub const MAX_DEPTH: usize = 100;

/// Of so few members one is found soonest by looking at each: most keys differ in length already.
const FEW: usize = 12;

/// Why bytes are not JSON that we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct JsonError {
    /// What is wrong, for the person who sent it.
    pub message: &'static str,
    /// Where, from 0.
    pub offset: usize,
}

impl JsonError {
    /// True when the text may well be JSON, but of more levels, values or bytes than are taken.
    pub fn is_too_large(&self) -> bool {
        self.is_too_long() || self.message == parse::TOO_DEEP || self.message == parse::TOO_MANY
    }

    /// True when the text has more bytes than are taken.
    pub fn is_too_long(&self) -> bool {
        self.message == parse::TOO_LONG
    }
}

/// How large a value from outside may be. Nothing beyond it is made: what is refused costs no more than what is taken.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Values in it: each costs up to 56 bytes of memory beside its text.
    pub values: usize,
    /// Bytes of its text. Escaped strings are copied, so it may take as many again while it is read.
    pub bytes: usize,
}

impl Bounds {
    /// For what is our own.
    pub const NONE: Self = Self { values: usize::MAX, bytes: usize::MAX };
}

/// A parsed value. Numbers keep their text, object members are sorted by key.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`, or a number that JSON cannot say.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object: sorted by key, each key once.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Parses one value and nothing after it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        parse::document(bytes, Bounds::NONE)
    }

    /// Like `parse`, for text from outside.
    pub fn parse_within(bytes: &'a [u8], bounds: Bounds) -> Result<Self, JsonError> {
        parse::document(bytes, bounds)
    }

    /// The canonical bytes.
    pub fn canonical(&self) -> Vec<u8> {
        self.canonical_of(1024)
    }

    /// The canonical bytes of what was written in so many bytes: seldom more.
    pub fn canonical_of(&self, written: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(written);
        write::value(self, &mut out);
        // Nearly all of it may have been white space, and whoever keeps this counts its length.
        if out.capacity() - out.len() > out.len() / 4 {
            out.shrink_to_fit();
        }
        out
    }

    /// The canonical bytes of an object, where they are found in the canonical text that it was read from.
    pub fn part_of<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        place::part(self, text)
    }

    /// Appends the canonical bytes: for whoever writes many values into one buffer.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        write::value(self, out);
    }
}

/// How many values a JSON text has at most, by its marks alone: what parsing it would cost, before it is parsed.
pub fn values_at_most(bytes: &[u8]) -> usize {
    let (mut values, mut is_string, mut is_escaped) = (1_usize, false, false);
    for &byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b',' | b'[' | b'{' if !is_string => values += 1,
            _ => {}
        }
    }
    values
}

impl<'a> Json<'a> {
    /// A member of an object that is there and not null; emitters mean the same by both.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        let members = self.as_object()?;
        let at = if members.len() <= FEW {
            members.iter().position(|(k, _)| k == key)?
        } else {
            members.binary_search_by(|(k, _)| k.as_ref().cmp(key)).ok()?
        };
        (members[at].1 != Json::Null).then_some(&members[at].1)
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[(Cow<'a, str>, Json<'a>)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Json<'a>]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// A scalar as text: emitters write versions and ids as numbers as often as strings.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Json::String(text) => Some(text.clone().into_owned()),
            Json::Number(text) => Some((*text).to_owned()),
            Json::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// A whole number, also when written as `12.0` or `"12"`.
    pub fn integer(&self, key: &str) -> Option<i64> {
        let text = match self.get(key)? {
            Json::Number(text) => *text,
            Json::String(text) => text.as_ref(),
            _ => return None,
        };
        let as_float = || text.parse::<f64>().ok().filter(|f| f.is_finite() && f.abs() < 9e18).map(|f| f as i64);
        text.parse().ok().or_else(as_float)
    }

    /// A truth value, also when written as a string.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Json::Bool(value) => Some(*value),
            Json::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The objects of an array member; anything else in it is passed over.
    pub fn objects(&self, key: &str) -> impl Iterator<Item = &Json<'a>> {
        self.get(key).and_then(Json::as_array).unwrap_or_default().iter().filter(|item| item.as_object().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        String::from_utf8(Json::parse(text.as_bytes()).unwrap().canonical()).unwrap()
    }

    #[test]
    fn one_spelling_for_equal_events() {
        let cases = [
            (r#" { "b" : 1 , "a" : [ true , null ] } "#, r#"{"a":[true,null],"b":1}"#),
            (r#"{"a":1,"a":2,"A":0}"#, r#"{"A":0,"a":2}"#),
            ("{\"n\":NaN,\"i\":-Infinity}", r#"{"i":null,"n":null}"#),
            (r#"["\u00fc\/\u0000\ud83e\uddfe","\ud800x"]"#, "[\"ü/\\u0000🧾\",\"\u{fffd}x\"]"),
            ("[9007199254740993, 1.10, 1e400, -0]", "[9007199254740993,1.10,1e400,-0]"),
            ("\u{feff}{}", "{}"),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text), expected);
        }
    }

    #[test]
    fn says_where_it_broke() {
        let cases = ["", "{", "[1,]", "{\"a\" 1}", "01", "1.", "tru", "\"\\x\"", "\"a\nb\"", "{} {}", "\"\\u12\"", "[1 2]"];
        for text in cases {
            assert!(Json::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Json::parse(b"[1,\xff]").unwrap_err().offset, 3);
        let deep = "[".repeat(10_000);
        assert_eq!(Json::parse(deep.as_bytes()).unwrap_err().message, "nested more than 100 levels deep");
    }

    #[test]
    fn members_are_found_among_few_and_many() {
        for count in [0, 1, FEW, FEW + 1, 100] {
            let members = (0..count).map(|i| format!("\"k{i}\":{i}")).collect::<Vec<_>>().join(",");
            let text = format!("{{{members}}}");
            let json = Json::parse(text.as_bytes()).unwrap();
            assert!((0..count).all(|i| json.integer(&format!("k{i}")) == Some(i as i64)));
            assert_eq!(json.get("k"), None);
            assert_eq!(json.get("l"), None);
        }
    }

    #[test]
    fn counts_values_without_parsing() {
        assert_eq!(values_at_most(br#"{"a":[1,2],"b,[{\",{":{}}"#), 6);
        assert_eq!(values_at_most(b"0"), 1);
    }

    #[test]
    fn counts_values() {
        let within = |values| Json::parse_within(b"[0,{\"a\":1}]", Bounds { values, ..Bounds::NONE });
        assert!(within(4).is_ok());
        let error = within(3).unwrap_err();
        assert!(error.is_too_large() && !error.is_too_long() && !Json::parse(b"[").unwrap_err().is_too_large());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Json::parse(&bytes);
        }

        #[test]
        fn means_what_serde_means(text in r#"[\[\]{}:,"a-z0-9\\ .eE+-]{0,40}"#) {
            let ours = Json::parse(text.as_bytes());
            if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
                let back = ours.unwrap().canonical();
                prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&back).unwrap(), theirs);
            }
        }

        #[test]
        fn canonical_is_a_fixed_point(keys in prop::collection::vec(".{0,8}", 0..8)) {
            let text = serde_json::to_string(&keys.iter().map(|k| (k.clone(), k.clone())).collect::<std::collections::HashMap<_, _>>()).unwrap();
            let once = Json::parse(text.as_bytes()).unwrap().canonical();
            prop_assert_eq!(&Json::parse(&once).unwrap().canonical(), &once);
        }
    }
}
