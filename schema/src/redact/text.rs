//! A text without its credentials.

use super::{MASK, Rules, pairs, scan, tokens, url};
use std::ops::Range;

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A `namespace` or `name`: users and passwords of URLs are removed.
    Name,
    /// Any other value: they become `***`.
    Value,
    /// What could not be understood; the text may be JSON.
    Broken,
}

/// Times that a text is looked at: what is taken out can lay bare what was hidden within it.
const ROUNDS: usize = 4;

/// The text without its credentials; `None` when it holds none.
pub fn masked(rules: &Rules, text: &str, place: Place) -> Option<String> {
    let mut masked = once(rules, text, place)?;
    for _ in 1..ROUNDS {
        match once(rules, &masked, place) {
            Some(again) => masked = again,
            None => break,
        }
    }
    Some(masked)
}

fn once(rules: &Rules, text: &str, place: Place) -> Option<String> {
    if !scan::is_suspect_text(text, &rules.more_keys) {
        return None;
    }
    let mut cuts: Vec<(Range<usize>, &str)> = Vec::new();
    if rules.userinfo {
        let found = url::userinfos(text).into_iter().filter(|one| one.is_secret || place == Place::Name);
        cuts.extend(found.filter_map(|one| match place {
            Place::Name => Some((one.range, "")),
            _ => shrunk(text, one.user).map(|range| (range, MASK)),
        }));
    }
    let mut values = Vec::new();
    if rules.text {
        let is_secret = |key: &str| super::keys::is_secret(key) || rules.is_secret(key);
        values.extend(match place {
            Place::Name => pairs::parameters(text, &is_secret),
            Place::Value | Place::Broken => pairs::values(text, place == Place::Broken, &is_secret),
        });
    }
    if rules.tokens {
        values.extend(tokens::tokens(text));
    }
    cuts.extend(values.into_iter().filter_map(|range| shrunk(text, range)).map(|range| (range, MASK)));
    (!cuts.is_empty()).then(|| without(text, cuts)).filter(|masked| masked != text)
}

/// What is masked of a value; `None` for what only stands for one.
fn shrunk(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    (!is_placeholder(&text[range.clone()])).then_some(range)
}

/// The text with other words in these places; of those that overlap or touch, the first to begin takes in the others.
fn without(text: &str, mut cuts: Vec<(Range<usize>, &str)>) -> String {
    cuts.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut done: Option<usize> = None;
    for (range, instead) in cuts {
        if done.is_none_or(|done| range.start > done) {
            out.push_str(&text[done.unwrap_or(0)..range.start]);
            out.push_str(instead);
        }
        done = done.max(Some(range.end));
    }
    out.push_str(&text[done.unwrap_or(0)..]);
    out
}

/// True for what stands in the place of a secret without being one: `***`, `${DB_PASSWORD}`, `{{ var }}`, nothing at all.
/// Of a long value only the ends are looked at: a text may be all values, each from its key to the end of the text.
pub fn is_placeholder(value: &str) -> bool {
    const LONG: usize = 1024;
    let is_long = value.len() > LONG;
    let value = if is_long { value } else { value.trim() };
    let is_variable =
        value.strip_prefix('$').is_some_and(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit()));
    let encloses = |open: &str, close: &str| value.starts_with(open) && value.ends_with(close);
    let end = &value.as_bytes()[value.len().saturating_sub(REDACTED.len())..];
    let is_word = |word: &&str| value.eq_ignore_ascii_case(word);
    value.bytes().all(|b| b == b'*')
        || is_variable
        || [("${", "}"), ("$(", ")"), ("{{", "}}"), ("<", ">"), ("%(", ")s"), ("***", "***")].iter().any(|(a, b)| encloses(a, b))
        || ["null", "none", "true", "false", "yes", "no", "?"].iter().any(is_word)
        || end.eq_ignore_ascii_case(REDACTED.as_bytes())
        || !is_long && value.trim_matches(['[', ']', '<', '>']).eq_ignore_ascii_case("redacted")
}

/// What some tools write behind what they have taken out.
const REDACTED: &str = "(redacted)";
