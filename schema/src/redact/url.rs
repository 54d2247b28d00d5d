//! User and password in a URL, `scheme://user:password@host`: where they are. Passwords are found that ought to have been
//! escaped (`p@ss`, `p/w`); what only looks like a user is left alone (`abfss://container@account`).

use super::ahead::Ahead;
use std::ops::Range;

/// Schemes that have something else before the `@`.
const CONTAINERS: [&str; 6] = ["abfs", "abfss", "wasb", "wasbs", "adl", "oci"];

/// A `user:password@` or `user@` within a text.
pub struct Userinfo {
    /// With the `@`.
    pub range: Range<usize>,
    /// True when it is a credential; a mere user's name is none.
    pub is_secret: bool,
}

/// Every one in a text, in order.
pub fn userinfos(text: &str) -> Vec<Userinfo> {
    let mut found = Vec::new();
    let (mut from, mut outside, mut sign) = (0, Ahead::default(), Ahead::default());
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        from = start;
        let is_outside = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`');
        let end = outside.next(start, |from| text[from..].find(is_outside)).unwrap_or(text.len());
        let is_there = sign.next(start, |from| memchr::memchr(b'@', &text.as_bytes()[from..])).is_some_and(|at| at < end);
        if is_there && let Some(length) = length(&text[start..end]) {
            let user = &text[start..start + length - 1];
            let scheme = scheme(&text[..start - 3]);
            if user.contains(':') || !CONTAINERS.contains(&scheme.as_str()) {
                let is_secret = user.contains(':') || scheme.ends_with("http") || scheme.ends_with("https") || is_token(user);
                found.push(Userinfo { range: start..start + length, is_secret });
                from = start + length;
            }
        }
    }
    found
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
            "://@"[..3].into(),
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
