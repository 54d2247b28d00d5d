//! Tokens that are known by their shape, wherever they stand.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The shapes; `scan` has a part of each. A group is what is taken out, else the whole.
const SHAPES: [&str; 17] = [
    // Amazon: key ids.
    r"(?-u:\b)(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}(?-u:\b)",
    // GitHub, GitLab.
    r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{8,}|github_pat_\w{8,}|glpat-[\w-]{8,})",
    // Slack: tokens and webhooks.
    r"(?-u:\b)(?:xox[abceoprs]-[\w-]{8,}|xapp-\d-[\w-]{8,})",
    r"hooks\.slack\.com/((?:services|workflows|triggers)/[\w/+-]+)",
    // Google.
    r"(?-u:\b)(?:AIza[\w-]{30,}|ya29\.[\w.-]{10,}|GOCSPX-[\w-]{10,})",
    // Azure: secrets of applications.
    r"[\w~.-]{3}8Q~[\w~.-]{20,}",
    // JSON web tokens.
    r"(?-u:\b)eyJ[h0rlj46wi][\w-]{7,}\.[\w-]{8,}\.[\w-]*",
    r"(?-u:\b)dapi[0-9a-f]{32}(?:-\d)?(?-u:\b)",
    r"(?-u:\b)[rs]k_(?:live|test)_\w{8,}",
    r#"(?:^|["'=: /,(\\@n])(sk-[A-Za-z0-9_-]{20,})"#,
    r"(?-u:\b)npm_[A-Za-z0-9]{20,}",
    r"(?-u:\b)pypi-[\w-]{20,}",
    r#"(?:^|["'=: /,(\\@n])(hf_[A-Za-z0-9]{20,})"#,
    // Headers within texts.
    r"(?i)(?-u:\b)bearer +([\w.~+/=-]*\d[\w.~+/=-]*)",
    r"(?i)(?-u:\b)basic +([A-Za-z0-9+/]{6,}={1,2})",
    // A command's user and password.
    r"(?:^| )(?:-u|--user) +'?[^\s:']+:([^\s']+)",
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
];

static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| SHAPES.iter().filter_map(|shape| Regex::new(shape).ok()).collect());

/// Where they are.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let found = COMPILED.iter().flat_map(|shape| shape.captures_iter(text));
    found.filter_map(|found| found.get(1).or(found.get(0)).map(|found| found.range())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_sound() {
        assert_eq!(COMPILED.len(), SHAPES.len());
    }
}
