//! Names with values within texts: connection strings, parameters of URLs, command lines, SQL, configuration, JSON in a
//! string. Where the values of the secret ones are.

use super::ahead::Ahead;
use super::keys;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// `password 'x'`, `IDENTIFIED BY x`: SQL has no sign between.
static SQL_LITERAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"password|passwd|pwd|passphrase|secret|token|secret_access_key|access_key_id|secret_key|access_key|api_key|sas_token";
    Regex::new(&format!(
        r"(?is)(?-u:\b)(?:(?:{words})\s+(?:as\s+|=\s*)?|identified\s+by\s+(?:password\s+|values\s+)?)(?:[enux]?'((?:[^']|'')*)|\$\$(.*?)\$\$)"
    ))
    .ok()
});
static IDENTIFIED_BY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)(?-u:\b)identified\s+by\s+(?:values\s+|password\s+)?(?:\\?")?([^\s"';,\\]+)"#).ok());
/// `--password x`.
static FLAG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:^|\s)--?([A-Za-z][\w.-]+)\s+(?:'([^']*)|"([^"]*)|([^\s"'-][^\s"']*))"#).ok());
/// `mysql -u root -px`, `sshpass -p x`: the password is part of the flag, or it follows one that says nothing.
static CLIENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // A tab or a quote may stand as JSON writes it, in what is no JSON.
    let (space, quoted) = (r"(?:\s|\\[tn])", r#"(?:'([^']*)|\\"([^"]*)|"([^"]*)|([^\s'"\\][^\s'"]*))"#);
    let mysql =
        format!(r"(?:mysql(?:dump|admin|import|show)?|mariadb(?:-dump|-admin|-import|-show)?){space}(?:[^|;&\n]{{0,300}}?{space})?-p");
    Regex::new(&format!(r"(?-u:\b)(?:{mysql}|sshpass{space}(?:[^|;&\n]{{0,100}}?{space})?-p\s*){quoted}")).ok()
});
/// `<password>x</password>`.
static ELEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<([A-Za-z][\w.:-]*)>([^<]+)</").ok());
/// `user:x@tcp(host:3306)/db`, as drivers of Go write it.
static DRIVER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"[\w.-]+:([^\s"'@]+(?:@[^\s"'@(]+)*)@(?:tcp|tcp6|unix)\("#).ok());
/// `"name": "X_PASSWORD", "value": "x"`, as it stands in JSON that does not parse.
static MEMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#""(?:name|key)"\s*:\s*"([^"\\]*)"\s*,\s*"value"\s*:\s*"((?:[^"\\]|\\.)*)"|"value"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*"(?:name|key)"\s*:\s*"([^"\\]*)""#).ok()
});

/// Where the values of secret names are. `is_secret` says which names are. In what is broken a statement may stand beside
/// anything else, so nothing is spared there for being SQL.
pub fn values(text: &str, is_broken: bool, is_secret: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut reading = Reading::new(text, !is_broken && is_sql(text));
    let mut found: Vec<Range<usize>> = secret_names(text, is_secret).filter_map(|(key, sign)| reading.value_after(&key, sign)).collect();
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
    captured(&CLIENT, &[], &[1, 2, 3, 4], &mut found);
    captured(&ELEMENT, &[1], &[2], &mut found);
    captured(&DRIVER, &[], &[1], &mut found);
    captured(&MEMBERS, &[1, 4], &[2, 3], &mut found);
    found
}

/// The same in a name, where only the parameters of a URL or of a connection string are pairs: `token=BTC` may be a
/// partition, and `-prod` a word.
pub fn parameters(text: &str, is_secret: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut reading = Reading::new(text, false);
    let names = secret_names(text, is_secret).filter(|(key, _)| text[..key.start].ends_with(['?', '&', ';']));
    names.filter_map(|(key, sign)| reading.value_after(&key, sign)).collect()
}

/// The secret names before a sign, with the place of the sign.
fn secret_names(text: &str, is_secret: &dyn Fn(&str) -> bool) -> impl Iterator<Item = (Range<usize>, usize)> {
    text.match_indices(['=', ':']).filter_map(move |(at, sign)| {
        let key = key_before(text, at)?;
        let name = &text[key.clone()];
        let is_parameter = || sign == "=" && text[..key.start].ends_with(['?', '&', ';']) && keys::is_secret_parameter(name);
        (is_secret(name) || is_parameter()).then_some((key, at))
    })
}

/// In a statement `a.token = b.token` compares columns: only quoted values are secrets there.
fn is_sql(text: &str) -> bool {
    static SQL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?-u:\b)(?:select(?-u:\b).*(?-u:\b)from|insert\s+into|update(?-u:\b).*(?-u:\b)set|create\s|alter\s|merge\s+into|copy\s|delete\s+from|grant\s)")
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

/// A text whose values are read from left to right. Every key in it may be that of a secret, and then a search to the end
/// of the text for each would take days: what was found ahead of one place is remembered for those that follow.
struct Reading<'t> {
    text: &'t str,
    is_sql: bool,
    /// Up to where quotes were counted, and how many there were.
    quotes: (usize, usize),
    brace: Ahead,
    line: Ahead,
    space: Ahead,
    bare: Ahead,
    openings: [Ahead; 3],
    /// The end of a line, and that of the value before it.
    line_value: (usize, usize),
    /// The end of a bare value, which brackets belong to it, and the end without what does not.
    bare_value: (usize, [bool; 3], usize),
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, is_sql: bool) -> Self {
        let ahead = Ahead::default;
        let openings = std::array::from_fn(|_| ahead());
        let (line_value, bare_value) = ((0, 0), (0, [false; 3], 0));
        Self {
            text,
            is_sql,
            quotes: (0, 0),
            brace: ahead(),
            line: ahead(),
            space: ahead(),
            bare: ahead(),
            openings,
            line_value,
            bare_value,
        }
    }

    /// The value after a sign, quoted or bare.
    fn value_after(&mut self, key: &Range<usize>, sign: usize) -> Option<Range<usize>> {
        let text = self.text;
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
        if rest.starts_with('{') && !is_colon {
            let end = self.brace.next(start + 1, |from| text[from..].find('}')).unwrap_or(text.len());
            if end < text.len() {
                return Some(start + 1..end);
            }
        }
        if self.is_sql && !self.is_in_quotes(sign) {
            return None;
        }
        if is_colon {
            return self.colon_value(key, start);
        }
        // `password = x` with spaces is configuration when it is a line, and prose or a comparison otherwise.
        let is_spaced = spaces > 0 || text[..sign].ends_with(' ');
        if is_spaced && !is_line_start(text, key.start) {
            return None;
        }
        let end = self.bare_end(start);
        (end > start).then_some(start..end)
    }

    /// Within the text between quotes of a statement.
    fn is_in_quotes(&mut self, at: usize) -> bool {
        let (counted, quotes) = self.quotes;
        let more = self.text[counted..at].bytes().filter(|b| *b == b'\'').count();
        self.quotes = (at, quotes + more);
        self.quotes.1 % 2 == 1
    }

    /// `password: x` at the start of a line, and the rest of a header (`Authorization: Basic x`) anywhere.
    fn colon_value(&mut self, key: &Range<usize>, start: usize) -> Option<Range<usize>> {
        let text = self.text;
        let name = &text[key.clone()];
        let is_header = name.contains('-') || name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie");
        if !is_header && !is_line_start(text, key.start) {
            return None;
        }
        let find = |from: usize| text[from..].find(['\n', '\r', '"', '\'', '\\']);
        let line = self.line.next(start, find).unwrap_or(text.len());
        if self.line_value.0 != line || self.line_value.1 < start {
            self.line_value = (line, start + text[start..line].trim_end().len());
        }
        let end = self.line_value.1;
        let is_word = |space: Option<usize>| space.is_none_or(|space| space >= end) && !text[start..].starts_with("//");
        let taken = is_header || is_word(self.space.next(start, |from| text[from..].find(' ')));
        (taken && end > start).then_some(start..end)
    }

    /// The end of a value that is not quoted. A comma ends it only before the next `name=`.
    fn bare_end(&mut self, start: usize) -> usize {
        let text = self.text;
        let ends = |(at, c): (usize, char)| match c {
            ';' | '&' | '"' | '\'' | '<' | '>' | '`' => true,
            '\\' => text[at + 1..].starts_with(['n', 'r', 't', '"']),
            ',' => is_next_pair(&text[at + 1..]),
            c => c.is_whitespace(),
        };
        let find = |from: usize| text[from..].char_indices().find(|&(at, c)| ends((from + at, c))).map(|(at, _)| at);
        let end = self.bare.next(start, find).unwrap_or(text.len());
        // A bracket that was opened within the value belongs to it.
        let mut has =
            |place: usize, open: char| self.openings[place].next(start, |from| text[from..].find(open)).is_some_and(|at| at < end);
        let opened = [has(0, '('), has(1, '['), has(2, '{')];
        if self.bare_value.0 != end || self.bare_value.1 != opened || self.bare_value.2 < start {
            let is_around = |c: char| match [')', ']', '}'].iter().position(|&close| close == c) {
                Some(place) => !opened[place],
                None => matches!(c, ',' | '\\'),
            };
            self.bare_value = (end, opened, start + text[start..end].trim_end_matches(is_around).len());
        }
        self.bare_value.2
    }
}

fn is_line_start(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '-', '"', '\'']);
    before.is_empty() || before.ends_with(['\n', '{', ',']) || ["\\n", "\\r", "\\t"].iter().any(|end| before.ends_with(end))
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
    use super::*;
    use crate::redact::Rules;
    use proptest::prelude::*;

    proptest! {
        /// What is remembered of one key must be what would be found anew for the next.
        #[test]
        fn each_value_is_found_as_if_its_key_were_alone(
            text in r#"((x-pwd|pwd|token|a)(=|:|: | = |=>)?([{}()\[\],;&' "\\n]|é|\$x|//){0,3}){0,12}"#,
            is_sql: bool,
        ) {
            let mut reading = Reading::new(&text, is_sql);
            for (key, sign) in secret_names(&text, &keys::is_secret) {
                prop_assert_eq!(reading.value_after(&key, sign), Reading::new(&text, is_sql).value_after(&key, sign));
            }
        }
    }

    /// A body that is no JSON, with a statement of SQL beside a URL: being SQL spares nothing there.
    #[test]
    fn what_is_broken_is_masked_whatever_stands_beside() {
        let body =
            r#"{"uri":"postgres://a:CANARY1@db/x?password=CANARY2&sslmode=require","query":"CREATE USER a WITH PASSWORD 'CANARY3'"} oops"#;
        let clean = String::from_utf8(Rules::default().anything(body.as_bytes()).unwrap()).unwrap();
        assert!(!clean.contains("CANARY") && clean.contains("sslmode=require"), "{clean}");
    }
}
