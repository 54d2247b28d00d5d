//! One pass over the bytes of an event: could there be a credential in it? Nearly always not, and that is all that
//! intake pays. It may suspect what holds none; it passes over nothing that the other files would find, for what they look
//! for contains one of these.
//!
//! Three letters at every second place are looked up in a table of bits. Every word has four letters or more, so two of
//! its runs of three are in the table, and one of those begins at such a place. What the table lets through is compared.

use super::keys::{ENDS, KEY_NAMES, Pattern};
use std::sync::LazyLock;

/// Parts of keys and of texts, without regard to case; each of four letters at least.
const WORDS: [&str; 59] = [
    "pass",
    "secret",
    "token",
    "credential",
    "creds",
    "authorization",
    "cookie",
    "sig=",
    "signature",
    "identified by",
    "?code=",
    "&code=",
    ";code=",
    "?key=",
    "&key=",
    ";key=",
    "?auth=",
    "&auth=",
    ";auth=",
    " -u ",
    "--user",
    "oracle:thin:",
    "oracle:oci:",
    "oracle:oci8:",
    "oracle:kprb:",
    "docker_auth_config",
    "dockerauthconfig",
    "mysql ",
    "mysql\\t",
    "mysql\t",
    "mysql\n",
    "mariadb\t",
    "mariadb\n",
    "mysql\\n",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlshow",
    "mariadb ",
    "mariadb\\t",
    "mariadb\\n",
    "mariadb-dump",
    "mariadb-admin",
    "mariadb-import",
    "mariadb-show",
    "mysql\",\"-",
    "mariadb\",\"-",
    "\"-u\",",
    "@tcp(",
    "@tcp6(",
    "@unix(",
    "pwd\"",
    "pwd'",
    "pwd=",
    "pwd:",
    "pwd ",
    "pwd]",
    "pwd\\",
    "\"-u ",
];
/// Beginnings of tokens.
const TOKENS: [&str; 43] = [
    "akia",
    "asia",
    "aroa",
    "aida",
    "abia",
    "acca",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxa-",
    "xoxb-",
    "xoxc-",
    "xoxe-",
    "xoxo-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "hooks.slack.com/",
    "aiza",
    "ya29.",
    "gocspx-",
    "eyjh",
    "eyj0",
    "eyjr",
    "eyjl",
    "eyjj",
    "eyj4",
    "eyj6",
    "eyjw",
    "eyji",
    "dapi",
    "k_live_",
    "k_test_",
    "npm_",
    "pypi-",
    "bearer ",
    "basic ",
    "private key-----",
];
/// Beginnings that are too short to be looked for without what stands before them.
const SHORT: [&str; 2] = ["sk-", "hf_"];

/// The table, with the words behind each of its bits.
struct Words {
    bits: Vec<u64>,
    /// Index of a run of three, where it begins in its word, the word; in order.
    runs: Vec<(u16, usize, String)>,
}

static WORDS_OF_SECRETS: LazyLock<Words> = LazyLock::new(|| {
    let ends = ENDS.iter().flat_map(|end| ["\"", "'", "=", ":", " ", "]", "\\"].map(|after| format!("{end}{after}")));
    let short =
        SHORT.iter().flat_map(|word| ["\"", "'", "=", ":", " ", "/", ",", "(", "\\", "@", "n"].map(|before| format!("{before}{word}")));
    let all = WORDS.iter().chain(&TOKENS).map(ToString::to_string).chain(KEY_NAMES.iter().cloned()).chain(ends).chain(short);
    Words::new(all)
});

impl Words {
    fn new(words: impl Iterator<Item = String>) -> Self {
        let mut made = Self { bits: vec![0; 1 << 9], runs: Vec::new() };
        for word in words {
            let from = rarest(word.as_bytes());
            for at in [from, from + 1] {
                let index = index(&word.as_bytes()[at..]);
                made.bits[usize::from(index >> 6)] |= 1 << (index & 63);
                made.runs.push((index, at, word.clone()));
            }
        }
        made.runs.sort();
        made
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let bits: &[u64; 512] = match self.bits.as_slice().try_into() {
            Ok(bits) => bits,
            Err(_) => return true,
        };
        let Some((&first, rest)) = bytes.split_first() else { return false };
        let mut before = u16::from(first & 31);
        for (step, pair) in rest.chunks_exact(2).enumerate() {
            let last = u16::from(pair[1] & 31);
            let index = before << 10 | u16::from(pair[0] & 31) << 5 | last;
            if bits[usize::from(index >> 6) & 511] >> (index & 63) & 1 != 0 && self.is_at(bytes, step * 2, index) {
                return true;
            }
            before = last;
        }
        false
    }

    /// Compares the words behind a bit.
    fn is_at(&self, bytes: &[u8], place: usize, index: u16) -> bool {
        let first = self.runs.partition_point(|run| run.0 < index);
        self.runs[first..].iter().take_while(|run| run.0 == index).any(|(_, at, word)| {
            let start = place.checked_sub(*at);
            let there = start.and_then(|start| bytes.get(start..start + word.len()));
            there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
        })
    }
}

/// Five bits of each letter: without its case, and of other signs enough.
fn index(run: &[u8]) -> u16 {
    match run {
        [a, b, c, ..] => u16::from(a & 31) << 10 | u16::from(b & 31) << 5 | u16::from(c & 31),
        _ => 0,
    }
}

/// Where in a word its rarest four letters begin, so that few places are compared in vain.
fn rarest(word: &[u8]) -> usize {
    let common = |byte: &u8| b"etaoinsrdlc\":/. mup".iter().position(|known| known == byte).map_or(0, |at| 20 - at);
    let weight = |from: &usize| word[*from..from + 4].iter().map(common).sum::<usize>();
    (0..=word.len().saturating_sub(4)).min_by_key(weight).unwrap_or(0)
}

/// True when there may be a credential in these bytes of JSON.
pub fn is_suspect(bytes: &[u8], more: &[Pattern]) -> bool {
    WORDS_OF_SECRETS.is_in(bytes) || has_rare_sign(bytes) || more.iter().any(|pattern| contains(bytes, pattern.longest_part()))
}

/// The same for a text by itself.
pub fn is_suspect_text(text: &str, more: &[Pattern]) -> bool {
    // As it would stand in JSON: some words count only beside a quote.
    is_suspect(format!("\"{text}\"").as_bytes(), more)
}

/// True when an `@` has a `:` or `/` before it in its string: `user:password@`, `https://token@`; a mail address has none. Or
/// for the sign in the middle of Azure's secrets, `8Q~`.
fn has_rare_sign(bytes: &[u8]) -> bool {
    let mut looked_at = 0;
    let has_userinfo = memchr::memchr_iter(b'@', bytes).any(|at| {
        // What is before the last one was looked at for that.
        let before = bytes[looked_at..at].iter().rev().take_while(|&&byte| byte != b'"');
        looked_at = at;
        before.into_iter().any(|&byte| byte == b':' || byte == b'/')
    });
    has_userinfo || memchr::memchr_iter(b'~', bytes).any(|at| at >= 2 && bytes[at - 2..at] == *b"8Q")
}

/// Without regard to the case of ASCII.
fn contains(bytes: &[u8], part: &str) -> bool {
    part.is_empty() || !part.is_ascii() || bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_at_every_place() {
        for (_, _, word) in &WORDS_OF_SECRETS.runs {
            assert!(word.len() >= 4, "{word}");
            for before in 0..6 {
                let text = format!("{}{}x", "z".repeat(before), word.to_uppercase());
                assert!(WORDS_OF_SECRETS.is_in(text.as_bytes()), "{text}");
            }
        }
        assert!(!WORDS_OF_SECRETS.is_in(b"an event of a job that reads a table and writes one"));
    }
}
