//! Names with values within texts: connection strings, parameters of URLs, command lines, SQL, configuration, JSON in a
//! string. Where the values of the secret ones are.

use super::keys;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// `password 'x'`, `IDENTIFIED BY x`: SQL has no sign between.
static SQL_LITERAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"password|passwd|pwd|passphrase|secret|token|secret_access_key|access_key_id|secret_key|access_key|api_key|sas_token";
    Regex::new(&format!(
        r"(?is)\b(?:(?:{words})\s+(?:as\s+)?|identified\s+by\s+(?:password\s+|values\s+)?)(?:[enux]?'((?:[^']|'')*)|\$\$(.*?)\$\$)"
    ))
    .ok()
});
static IDENTIFIED_BY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bidentified\s+by\s+(?:values\s+)?"?([^\s"';,]+)"#).ok());
/// `--password x`.
static FLAG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:^|\s)--?([A-Za-z][\w.-]+)\s+(?:'([^']*)|"([^"]*)|([^\s"'-][^\s"']*))"#).ok());
/// `"name": "X_PASSWORD", "value": "x"`, as it stands in JSON that does not parse.
static MEMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#""(?:name|key)"\s*:\s*"([^"\\]*)"\s*,\s*"value"\s*:\s*"((?:[^"\\]|\\.)*)"|"value"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*"(?:name|key)"\s*:\s*"([^"\\]*)""#).ok()
});

/// Where the values of secret names are. `is_secret` says which names are. In what is broken a statement may stand beside
/// anything else, so nothing is spared there for being SQL.
pub fn values(text: &str, is_broken: bool, is_secret: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let sql = !is_broken && is_sql(text);
    for (at, sign) in text.match_indices(['=', ':']) {
        let Some(key) = key_before(text, at) else { continue };
        let name = &text[key.clone()];
        let is_parameter = || sign == "=" && text[..key.start].ends_with(['?', '&', ';']) && keys::is_secret_parameter(name);
        if is_secret(name) || is_parameter() {
            found.extend(value_after(text, &key, at, sql));
        }
    }
    let captured = |pattern: &LazyLock<Option<Regex>>, names: &[usize], values: &[usize], found: &mut Vec<Range<usize>>| {
        for one in pattern.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let name = names.iter().find_map(|&group| one.get(group));
            if name.is_none_or(|name| is_secret(name.as_str().trim_start_matches('-'))) {
                found.extend(values.iter().find_map(|&group| one.get(group)).map(|value| value.range()));
            }
        }
    };
    captured(&SQL_LITERAL, &[], &[1, 2], &mut found);
    captured(&IDENTIFIED_BY, &[], &[1], &mut found);
    captured(&FLAG, &[1], &[2, 3, 4], &mut found);
    captured(&MEMBERS, &[1, 4], &[2, 3], &mut found);
    found
}

/// In a statement `a.token = b.token` compares columns: only quoted values are secrets there.
fn is_sql(text: &str) -> bool {
    static SQL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:select\b.*\bfrom|insert\s+into|update\b.*\bset|create\s|alter\s|merge\s+into|copy\s|delete\s+from|grant\s)")
            .ok()
    });
    SQL.as_ref().is_some_and(|sql| sql.is_match(text))
}

/// The name before a sign, without quotes and brackets around it.
fn key_before(text: &str, sign: usize) -> Option<Range<usize>> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let bytes = text.as_bytes();
    let mut end = sign;
    while end > 0 && matches!(bytes[end - 1], b' ' | b'"' | b'\'' | b'`' | b']' | b'\\') && sign - end < 8 {
        end -= 1;
    }
    let mut start = end;
    while start > 0 && is_part(bytes[start - 1]) && end - start < 200 {
        start -= 1;
    }
    // A line break as JSON writes it.
    if start > 0 && bytes[start - 1] == b'\\' && matches!(bytes[start..end].first(), Some(b'n' | b'r' | b't')) {
        start += 1;
    }
    // `--password=x`
    let dashes = text[start..end].bytes().take_while(|b| *b == b'-').count();
    (start + dashes < end).then_some(start + dashes..end)
}

/// The value after a sign, quoted or bare.
fn value_after(text: &str, key: &Range<usize>, sign: usize, sql: bool) -> Option<Range<usize>> {
    let is_colon = text.as_bytes()[sign] == b':';
    let mut from = sign + 1;
    // `=>` of SQL and Ruby.
    from += usize::from(text[from..].starts_with('>'));
    let spaces = text[from..].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = from + spaces;
    let rest = &text[start..];
    if let Some(quoted) = quoted(rest) {
        return Some(start + quoted.start..start + quoted.end);
    }
    if let Some(braced) =
        rest.strip_prefix('{').filter(|_| !is_colon).and_then(|inner| inner.find('}').map(|end| start + 1..start + 1 + end))
    {
        return Some(braced);
    }
    let is_quoted_text = sql && text[..sign].bytes().filter(|b| *b == b'\'').count() % 2 == 1;
    if sql && !is_quoted_text {
        return None;
    }
    if is_colon {
        return colon_value(text, key, start);
    }
    // `password = x` with spaces is configuration when it is a line, and prose or a comparison otherwise.
    let is_spaced = spaces > 0 || text[..sign].ends_with(' ');
    if is_spaced && !is_line_start(text, key.start) {
        return None;
    }
    let length = bare_length(rest);
    (length > 0).then_some(start..start + length)
}

/// `password: x` at the start of a line, and the rest of a header (`Authorization: Basic x`) anywhere.
fn colon_value(text: &str, key: &Range<usize>, start: usize) -> Option<Range<usize>> {
    let name = &text[key.clone()];
    let is_header = name.contains('-') || name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie");
    let rest = &text[start..];
    let line = &rest[..rest.find(['\n', '\r', '"', '\'', '\\']).unwrap_or(rest.len())];
    let value = line.trim_end();
    let is_word = !value.contains(' ') && !value.starts_with("//");
    let taken = is_header || is_word && is_line_start(text, key.start);
    (taken && !value.is_empty()).then(|| start..start + value.len())
}

fn is_line_start(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '-', '"', '\'']);
    before.is_empty() || before.ends_with(['\n', '{', ',']) || ["\\n", "\\r", "\\t"].iter().any(|end| before.ends_with(end))
}

/// Up to what ends a value that is not quoted. A comma ends it only before the next `name=`.
fn bare_length(rest: &str) -> usize {
    let ends = |(at, c): (usize, char)| match c {
        ';' | '&' | '"' | '\'' | '<' | '>' | '`' => true,
        '\\' => rest[at + 1..].starts_with(['n', 'r', 't', '"']),
        ',' => is_next_pair(&rest[at + 1..]),
        c => c.is_whitespace(),
    };
    let end = rest.char_indices().find(|&one| ends(one)).map_or(rest.len(), |(at, _)| at);
    // A bracket that was opened within the value belongs to it.
    let value = &rest[..end];
    let is_around = |c: char| {
        matches!(c, ',' | '\\') || [('(', ')'), ('[', ']'), ('{', '}')].iter().any(|&(open, close)| c == close && !value.contains(open))
    };
    value.trim_end_matches(is_around).len()
}

fn is_next_pair(rest: &str) -> bool {
    let rest = rest.trim_start();
    let name = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')).count();
    name > 0 && rest[name..].starts_with(['=', ':'])
}

/// What stands between quotes, also escaped ones as in JSON within a string.
fn quoted(rest: &str) -> Option<Range<usize>> {
    let open = ["\\\"", "\\'", "\"", "'"].into_iter().find(|open| rest.starts_with(open))?;
    let inner = &rest[open.len()..];
    let mut from = 0;
    while let Some(at) = inner[from..].find(open) {
        let end = from + at;
        let is_doubled = open == "'" && inner[end + 1..].starts_with('\'');
        let is_escaped = open.len() == 1 && inner[..end].ends_with('\\') && !inner[..end].ends_with("\\\\");
        if !is_doubled && !is_escaped {
            return Some(open.len()..open.len() + end);
        }
        from = end + open.len() + usize::from(is_doubled);
    }
    // Cut off: to the end, so that nothing of it is left.
    Some(open.len()..rest.len())
}

#[cfg(test)]
mod tests {
    use crate::redact::Rules;

    /// A body that is no JSON, with a statement of SQL beside a URL: being SQL spares nothing there.
    #[test]
    fn what_is_broken_is_masked_whatever_stands_beside() {
        let body =
            r#"{"uri":"postgres://a:CANARY1@db/x?password=CANARY2&sslmode=require","query":"CREATE USER a WITH PASSWORD 'CANARY3'"} oops"#;
        let clean = String::from_utf8(Rules::default().anything(body.as_bytes()).unwrap()).unwrap();
        assert!(!clean.contains("CANARY") && clean.contains("sslmode=require"), "{clean}");
    }
}
