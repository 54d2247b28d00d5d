//! The parser: recursive descent over bytes that are checked as UTF-8 once. See the module's
//! documentation for what it forgives.

use super::{Bounds, Json, JsonError, MAX_DEPTH, plain};
use std::borrow::Cow;

/// What a value that is nested too deep is refused with; `items` passes over it.
pub(super) const TOO_DEEP: &str = "nested more than 100 levels deep";
/// What a value of too many values is refused with; `items` passes over it.
pub(super) const TOO_MANY: &str = "more values than one event may hold";
/// What a value of too long a text is refused with; `items` passes over it.
pub(super) const TOO_LONG: &str = "more bytes than one event may have";

/// Values that are open at a time in nearly every event.
const OPEN: usize = 32;
/// Of a list beyond this the room that it took while it was open is given back.
const LARGE: usize = 4096;

/// One value within these bounds, and nothing after it.
pub(super) fn document(bytes: &[u8], bounds: Bounds) -> Result<Json<'_>, JsonError> {
    let mut parser = Parser::new(bytes)?;
    parser.bound(bounds);
    let value = parser.bounded()?;
    parser.end()?;
    Ok(value)
}

pub(super) struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Values that may still be made.
    left: usize,
    /// Where the text of a value has to end.
    until: usize,
    /// Members and items of what is still open, the innermost last: what is closed gets memory of its size, once.
    members: Vec<(Cow<'a, str>, Json<'a>)>,
    items: Vec<Json<'a>>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                text,
                bytes,
                at: 0,
                left: usize::MAX,
                until: usize::MAX,
                members: Vec::with_capacity(OPEN),
                items: Vec::with_capacity(OPEN),
            }),
            Err(e) => Err(JsonError { message: "not valid UTF-8", offset: e.valid_up_to() }),
        }
    }

    /// The value that begins here is within these bounds, or refused.
    pub(super) fn bound(&mut self, bounds: Bounds) {
        // What an item that was given up has left.
        self.members.clear();
        self.items.clear();
        self.left = bounds.values;
        self.until = self.at.saturating_add(bounds.bytes);
    }

    /// Refuses a text that has become too long. Looked at before anything is copied and at the end: text that is only passed
    /// over costs no memory.
    fn within(&self) -> Result<(), JsonError> {
        if self.at > self.until { self.fail(TOO_LONG) } else { Ok(()) }
    }

    /// A value within the bounds that were set.
    pub(super) fn bounded(&mut self) -> Result<Json<'a>, JsonError> {
        let value = self.value(0)?;
        self.within()?;
        Ok(value)
    }

    pub(super) fn fail<T>(&self, message: &'static str) -> Result<T, JsonError> {
        Err(JsonError { message, offset: self.at })
    }

    /// Nothing but space is left.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at < self.bytes.len() { self.fail("unexpected text after the JSON value") } else { Ok(()) }
    }

    /// The bytes between two places.
    pub(super) fn between(&self, from: usize, to: usize) -> &'a [u8] {
        &self.bytes[from..to]
    }

    /// Goes to the end of a value by its marks alone, without making anything of it.
    pub(super) fn skip(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'[' | b'{') => self.skip_brackets(),
            Some(b'"') => self.skip_string(),
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
                self.at += self.bytes[self.at..].iter().take_while(|byte| !ends(byte)).count();
                Ok(())
            }
        }
    }

    fn skip_brackets(&mut self) -> Result<(), JsonError> {
        let mut open = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(());
            }
        }
        self.fail("unexpected end of the JSON text")
    }

    fn skip_string(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        self.fail("string without an end")
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        if depth > MAX_DEPTH {
            return self.fail(TOO_DEEP);
        }
        let Some(left) = self.left.checked_sub(1) else { return self.fail(TOO_MANY) };
        self.left = left;
        self.within()?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(_) => self.scalar(),
            None => self.fail("unexpected end of the JSON text"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        let first = self.members.len();
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(Vec::new()));
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.fail("expected a quoted key");
            }
            let key = self.string()?;
            if self.peek() != Some(b':') {
                return self.fail("expected ':' after a key");
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            self.members.push((key, value));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.fail("expected ',' or '}'"),
            }
        }
        self.at += 1;
        Ok(Json::Object(sorted(closed(&mut self.members, first))))
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        let first = self.items.len();
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(Vec::new()));
        }
        loop {
            let item = self.value(depth + 1)?;
            self.items.push(item);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.fail("expected ',' or ']'"),
            }
        }
        self.at += 1;
        Ok(Json::Array(closed(&mut self.items, first)))
    }

    fn scalar(&mut self) -> Result<Json<'a>, JsonError> {
        const WORDS: [(&str, Json<'static>); 6] = [
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("null", Json::Null),
            ("NaN", Json::Null),
            ("Infinity", Json::Null),
            ("-Infinity", Json::Null),
        ];
        let rest = &self.text[self.at..];
        if let Some((word, value)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(value.clone());
        }
        let length = number_length(rest.as_bytes());
        if length == 0 {
            return self.fail("expected a JSON value");
        }
        self.at += length;
        Ok(Json::Number(&rest[..length]))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        self.at += plain::length(&self.bytes[start..]);
        match self.bytes.get(self.at) {
            Some(b'"') => {
                self.at += 1;
                Ok(Cow::Borrowed(&self.text[start..self.at - 1]))
            }
            Some(b'\\') => self.escaped(start),
            Some(_) => self.fail("control character in a string"),
            None => self.fail("string without an end"),
        }
    }

    /// The slow path, from the first backslash on.
    fn escaped(&mut self, start: usize) -> Result<Cow<'a, str>, JsonError> {
        self.within()?;
        let mut out = String::from(&self.text[start..self.at]);
        loop {
            let from = self.at;
            self.at += plain::length(&self.bytes[from..]);
            self.within()?;
            out.push_str(&self.text[from..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return self.fail("control character in a string"),
                None => return self.fail("string without an end"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let code = self.bytes.get(self.at + 1).copied();
        self.at += 2;
        Ok(match code {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => return self.unicode_escape(),
            _ => return self.fail("unknown escape in a string"),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
        }
        if self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        Ok('\u{fffd}')
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.bytes.get(self.at..self.at + 4).and_then(|d| std::str::from_utf8(d).ok());
        match digits.filter(|d| d.bytes().all(|c| c.is_ascii_hexdigit())).and_then(|d| u32::from_str_radix(d, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => self.fail("expected four hex digits after \\u"),
        }
    }
}

/// What is open from `first` on, in memory of its own.
fn closed<T>(open: &mut Vec<T>, first: usize) -> Vec<T> {
    if first == 0 && open.len() > OPEN {
        return std::mem::take(open);
    }
    let closed = open.split_off(first);
    if closed.len() > LARGE {
        open.shrink_to(OPEN);
    }
    closed
}

/// Sorted by key; of equal keys the last one sent stays.
fn sorted<'a>(mut members: Vec<(Cow<'a, str>, Json<'a>)>) -> Vec<(Cow<'a, str>, Json<'a>)> {
    if members.is_sorted_by(|a, b| a.0 < b.0) {
        return members;
    }
    members.reverse();
    members.sort_by(|a, b| a.0.cmp(&b.0));
    members.dedup_by(|later, kept| later.0 == kept.0);
    members
}

/// How many bytes at the start form a JSON number; 0 for none.
fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| text[from.min(text.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || (whole > 1 && text[sign] == b'0') {
        return 0;
    }
    let mut end = sign + whole;
    if text.get(end) == Some(&b'.') {
        match digits(end + 1) {
            0 => return 0,
            n => end += 1 + n,
        }
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let signed = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        match digits(end + 1 + signed) {
            0 => return 0,
            n => end += 1 + signed + n,
        }
    }
    end
}
