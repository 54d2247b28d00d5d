//! Which keys hold secrets: of JSON members, environment variables, parameters. Words count, not letters: `max_tokens`
//! and `primary_key` hold none, `nextToken` and `DB_PASS` do.

use std::sync::LazyLock;

/// Anywhere within a key without its separators.
const STEMS: [&str; 10] = [
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "secretvalue",
    "secretaccess",
    "sharedaccesssignature",
    "dbtenvsecret",
    "sshpass",
    "dockerauthconfig",
];
/// What a key is for, before the word `key`: an `api_key` is secret, a `primary_key` is none.
const KEYS_FOR: [&str; 15] = [
    "api",
    "access",
    "secret",
    "private",
    "account",
    "storage",
    "encryption",
    "signing",
    "master",
    "subscription",
    "shared",
    "auth",
    "function",
    "deploy",
    "fernet",
];
/// The same with the word, however they are written together.
pub static KEY_NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| KEYS_FOR.iter().flat_map(|what| ["", "_", "-", ".", " "].map(|between| format!("{what}{between}key"))).collect());
/// The last word of a key.
const WORDS: [&str; 10] = ["pass", "pwd", "secret", "secrets", "token", "credential", "credentials", "creds", "authorization", "cookie"];
/// Ends of the names of environment variables; as words they are too short.
pub const ENDS: [&str; 5] = ["_pat", "_sas", "_pw", ".pw", "_auth"];

/// Of a URL's query only: elsewhere a signature is that of a function.
const PARAMETERS: [&str; 9] =
    ["sig", "signature", "x-amz-signature", "x-amz-credential", "x-goog-signature", "x-goog-credential", "code", "key", "auth"];

/// Longest key that is looked at; a longer one is a text.
const LONGEST: usize = 200;

/// True for a key whose value is a secret.
pub fn is_secret(key: &str) -> bool {
    if key.len() < 2 || key.len() > LONGEST {
        return false;
    }
    let squashed: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let lower = key.to_ascii_lowercase();
    let names_key = || KEY_NAMES.iter().any(|name| lower.contains(name.as_str()));
    if STEMS.iter().any(|stem| squashed.contains(stem)) || names_key() {
        // Of a secret, not the secret: passwordPolicy, password_changed_at, …
        return !is_about(&squashed);
    }
    WORDS.contains(&last_word(key).to_ascii_lowercase().as_str())
        || ["token", "secret"].iter().any(|word| squashed.ends_with(word) && squashed.len() > 8)
        // `last_auth` is a time, `NPM_AUTH` is a variable; `_auth` is npm's own.
        || ENDS.iter().any(|end| match *end {
            "_auth" => key == "_auth" || key.ends_with("_AUTH"),
            end => key.len() > end.len() && lower.ends_with(end),
        })
}

/// Ends of keys that say something about a secret.
fn is_about(squashed: &str) -> bool {
    const ENDS: [&str; 14] = [
        "policy",
        "changed",
        "changedat",
        "expires",
        "expiresat",
        "expiry",
        "enabled",
        "required",
        "count",
        "length",
        "type",
        "provider",
        "version",
        "lifetime",
    ];
    ENDS.iter().any(|end| squashed.ends_with(end))
}

/// What follows the last separator or change of case.
fn last_word(key: &str) -> &str {
    let bytes = key.as_bytes();
    let is_start = |at: usize| {
        let (before, here) = (bytes[at - 1], bytes[at]);
        !before.is_ascii_alphanumeric() || before.is_ascii_lowercase() && here.is_ascii_uppercase()
    };
    let start = (1..bytes.len()).rev().find(|&at| is_start(at)).unwrap_or(0);
    key.get(start..).unwrap_or(key)
}

/// True for a parameter of a URL's query that holds a secret.
pub fn is_secret_parameter(key: &str) -> bool {
    PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// A pattern of keys: parts between stars, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern such as `*_PIN`.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<String> = text.split('*').map(str::to_lowercase).collect();
        if parts.iter().all(|part| part.len() < 2) {
            return Err(format!("{text:?} needs a part of at least two letters; it would match nearly every key"));
        }
        Ok(Self { parts })
    }

    /// Its longest part: what a key must contain.
    pub fn longest_part(&self) -> &str {
        self.parts.iter().max_by_key(|part| part.len()).map_or("", String::as_str)
    }

    /// True when the whole key fits.
    pub fn matches(&self, key: &str) -> bool {
        if key.len() > LONGEST {
            return false;
        }
        let key = key.to_lowercase();
        let [first, middle @ .., last] = &self.parts[..] else { return self.parts.first() == Some(&key) };
        let Some(mut rest) = key.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else { return false };
        for part in middle {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count() {
        for key in [
            "password",
            "PGPASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "spark.hadoop.fs.s3a.secret.key",
            "fs.azure.account.key.x.dfs.core.windows.net",
            "DB_PASS",
            "dbPass",
            "apiKey",
            "X-Api-Key",
            "OPENAI_API_KEY",
            "SLACK_TOKEN",
            "sessionToken",
            "client_secret",
            "GITHUB_PAT",
            "DBT_ENV_SECRET_WAREHOUSE",
            "AIRFLOW__CORE__FERNET_KEY",
            "SSHPASS",
            "DOCKER_AUTH_CONFIG",
            "NPM_AUTH",
            "_auth",
            "ssl.keystore.pw",
            "Authorization",
            "javax.net.ssl.trustStorePassword",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "max_tokens",
            "tokenizer",
            "primary_key",
            "partitionKey",
            "passed",
            "bypass_count",
            "compass",
            "name",
            "namespace",
            "secretary",
            "passwordPolicy",
            "password_changed_at",
            "spark.executor.pat_h",
            "signature",
            "key",
            "keys",
            "authorized_by",
            "last_auth",
            "auth",
            "oauth",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn patterns_match_whole_keys() {
        let matches = |pattern: &str, key: &str| Pattern::read(pattern).unwrap().matches(key);
        assert!(matches("*_PIN", "card_pin") && matches("internal*code", "INTERNAL_CODE") && matches("pin", "PIN"));
        assert!(!matches("*_PIN", "pinned") && !matches("pin", "spin") && !matches("aa*aa", "aaa"));
        assert!(Pattern::read("*").is_err() && Pattern::read("").is_err() && Pattern::read("*a*").is_err());
    }
}
