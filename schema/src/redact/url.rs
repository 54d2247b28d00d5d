//! User and password in a URL, `scheme://user:password@host`: where they are. Passwords are found that ought to have been
//! escaped (`p@ss`, `p/w`); what only looks like a user is left alone (`abfss://container@account`).

use super::ahead::Ahead;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Schemes that have something else before the `@`.
const CONTAINERS: [&str; 6] = ["abfs", "abfss", "wasb", "wasbs", "adl", "oci"];

/// Schemes in which what stands alone before the `@` is a token.
const TOKENS: [&str; 3] = ["http", "https", "nats"];

/// A `user:password@` or `user@` within a text.
pub struct Userinfo {
    /// Without the `@`.
    pub user: Range<usize>,
    /// What a name is without: the `@` too, where it stands only behind a user.
    pub range: Range<usize>,
    /// True when it is a credential; a mere user's name is none.
    pub is_secret: bool,
}

/// Oracle's way to write them. The `@` stands also where there is no user.
static ORACLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)(?-u:\b)oracle:(?:thin|oci8?|kprb):((?:\\?")?[^/@\s"]+"?(/(?:\\?")?[^@\s"]+"?)?)@"#).ok());

fn of_oracle(text: &str) -> impl Iterator<Item = Userinfo> {
    let found = ORACLE.iter().flat_map(|oracle| oracle.captures_iter(text));
    found.filter_map(|found| {
        let user = found.get(1)?.range();
        Some(Userinfo { user: user.clone(), range: user, is_secret: found.get(2).is_some() })
    })
}

/// Every one in a text; those of each kind in order.
pub fn userinfos(text: &str) -> Vec<Userinfo> {
    let mut found: Vec<Userinfo> = of_oracle(text).collect();
    let (mut from, mut outside, mut sign) = (0, Ahead::default(), Ahead::default());
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        from = start;
        let is_outside = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`');
        let end = outside.next(start, |from| text[from..].find(is_outside)).unwrap_or(text.len());
        let is_there = sign.next(start, |from| memchr::memchr(b'@', &text.as_bytes()[from..])).is_some_and(|at| at < end);
        if is_there && let Some(length) = length(&text[start..end]) {
            let scheme = scheme(&text[..start - 3]);
            for range in of_each_host(&text[start..start + length]) {
                let (begin, end) = (start + range.start, start + range.end);
                let user = &text[begin..end - 1];
                if user.contains(':') || !CONTAINERS.contains(&scheme.as_str()) {
                    let is_secret = user.contains(':') || TOKENS.iter().any(|known| scheme.ends_with(known)) || is_token(user);
                    found.push(Userinfo { user: begin..end - 1, range: begin..end, is_secret });
                    from = end;
                }
            }
        }
    }
    found
}

/// `u:p@a:9092,u:p@b:9092,u:p@` names several hosts, each with its user. What is before the last `@` may as well be a password
/// with a comma in it: a host is taken for one when it has a port, or when the same user stands before the next.
fn of_each_host(users: &str) -> Vec<Range<usize>> {
    // Longer ones are none, and to look at them again for each comma would take hours.
    const HOST: usize = 255;
    const USER: usize = 1024;
    let mut found = Vec::new();
    let (mut start, mut sign) = (0, None);
    for (at, byte) in users.bytes().enumerate() {
        match (byte, sign) {
            (b'@', _) => sign = Some(at),
            (b',', Some(last)) => {
                let (user, host) = (&users[start..=last], &users[last + 1..at]);
                let is_same = || user.len() <= USER && users[at + 1..].starts_with(user);
                if host.len() <= HOST && (has_port(host) || is_same()) {
                    found.push(start..last + 1);
                    (start, sign) = (at + 1, None);
                }
            }
            _ => {}
        }
    }
    found.push(start..users.len());
    found
}

fn has_port(host: &str) -> bool {
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    host.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && is_port(port))
}

/// Bytes of an address up to and with the `@` that ends the user's part; `None` when there is none.
fn length(whole: &str) -> Option<usize> {
    let end_of_authority = |text: &str| text.find(['/', '?', '#', '\\']).unwrap_or(text.len());
    let authority = &whole[..end_of_authority(whole)];
    if let Some(at) = authority.rfind('@') {
        return Some(at + 1);
    }
    // `host:5432/path@x` is a path; `user:pass/word@host` is a password that was not escaped.
    let (_, port) = authority.rsplit_once(':')?;
    let is_port =
        port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) || authority.starts_with('[') || port.contains(['{', '$', '%']);
    if is_port {
        return None;
    }
    let first = authority.len() + whole[authority.len()..].find('@')?;
    let tail = &whole[first..];
    Some(first + tail[..end_of_authority(tail)].rfind('@')? + 1)
}

/// In lower case, of what stands before `://`.
fn scheme(before: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let start = before.char_indices().rev().take_while(|&(_, c)| is_part(c)).last().map_or(before.len(), |(at, _)| at);
    before[start..].to_ascii_lowercase()
}

/// Long, and digits among letters: no name of a person.
fn is_token(user: &str) -> bool {
    user.len() >= 16 && user.bytes().any(|b| b.is_ascii_digit()) && user.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, bool)> {
        userinfos(text).into_iter().map(|one| (&text[one.range], one.is_secret)).collect()
    }

    #[test]
    fn users_and_passwords() {
        assert_eq!(found("postgres://admin:Hunter2Pw@db:5432/x"), [("admin:Hunter2Pw@", true)]);
        assert_eq!(found("a https://tok@h/ b redis://:pw@r:1"), [("tok@", true), (":pw@", true)]);
        assert_eq!(found("mongodb+srv://u:p@ss@h1,h2/db?x=a@b"), [("u:p@ss@", true)]);
        assert_eq!(found("postgres://u:p/w@db:5432/a"), [("u:p/w@", true)]);
        assert_eq!(found("postgres://u:p#w?@db/a@b"), [("u:p#w?@", true)]);
        assert_eq!(found("k8s://https://u:p@h"), [("u:p@", true)]);
        assert_eq!(found("ssh://git@github.com/a"), [("git@", false)]);
        assert_eq!(found("jdbc:postgresql://u:p@h/db"), [("u:p@", true)]);
        assert_eq!(found("s3a://AKIA:s/cr+t@bucket/k"), [("AKIA:s/cr+t@", true)]);
        assert_eq!(found("kafka://u:p@b1:9092,v:q@b2:9092,b3:9092"), [("u:p@", true), ("v:q@", true)]);
        assert_eq!(found("mongodb://u:p@h1,u:p@h2/db"), [("u:p@", true), ("u:p@", true)]);
        assert_eq!(found("mongodb://u:p,w@h1,h2/db"), [("u:p,w@", true)]);
        assert_eq!(found("mongodb://u:p@ss,w@h1/db"), [("u:p@ss,w@", true)]);
        assert_eq!(found("jdbc:oracle:thin:scott/t@//h:1521/s"), [("scott/t", true)]);
        assert_eq!(found("oracle:oci:scott@h"), [("scott", false)]);
    }

    /// Looked at anew for each comma, these would take hours.
    #[test]
    fn an_address_of_commas_is_read_in_one_pass() {
        let commas = ",".repeat(2_000_000);
        for text in [format!("a://u@{commas}@"), format!("a://{commas}@{commas}@"), format!("a://u@h:1{commas}:1,@")] {
            assert!(!userinfos(&text).is_empty());
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "abfss://container@account.dfs.core.windows.net/path",
            "oci://bucket@namespace/p",
            "https://medium.com/@user/a",
            "http://host:8080/p/@me",
            "jdbc:mysql://h1:3306,h2:3306/db?mail=a@b",
            "http://{host}:{port}/x@y",
            "mail a@b.example",
            "http://host and a@b",
            "jdbc:oracle:thin:@//h:1521/s",
            "://@"[..3].into(),
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
