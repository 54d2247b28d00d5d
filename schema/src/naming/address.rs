//! A namespace read as an address: scheme, user, hosts with ports, and what follows. Whatever does
//! not look like one is left alone; what is taken apart is put together again to the same text.

use super::platform::{self, Authority, Platform};

/// A host and its port, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub name: String,
    pub port: Option<String>,
}

/// A namespace of the form `scheme://…` of a platform that is known.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub platform: &'static Platform,
    /// As written, `jdbc:` and `+driver` included.
    pub scheme: String,
    /// Up to and with the `@`, or empty.
    pub user: String,
    /// One, or several of a list (`b1:9092,b2:9092`).
    pub hosts: Vec<Host>,
    /// From the first slash or question mark on.
    pub rest: String,
}

impl Address {
    /// `None` when the namespace is no address, or of an unknown platform.
    pub fn read(namespace: &str) -> Option<Self> {
        let (scheme, after) = namespace.split_once("://")?;
        let platform = platform::by_scheme(&plain_scheme(scheme)?)?;
        let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
        let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        let hosts = match platform.authority {
            Authority::Container => vec![Host { name: hosts.into(), port: None }],
            Authority::Server | Authority::Account => hosts.split(',').map(host).collect::<Option<_>>()?,
        };
        Some(Self { platform, scheme: scheme.into(), user: user.into(), hosts, rest: rest.into() })
    }

    /// The namespace again.
    pub fn write(&self) -> String {
        let mut text = format!("{}://{}", self.scheme, self.user);
        for (i, host) in self.hosts.iter().enumerate() {
            text.push_str(if i > 0 { "," } else { "" });
            text.push_str(&host.name);
            if let Some(port) = &host.port {
                text.push(':');
                text.push_str(port);
            }
        }
        text + &self.rest
    }
}

/// The scheme in lower case, without what drivers put around it: `jdbc:postgresql`, `postgresql+psycopg2`.
fn plain_scheme(scheme: &str) -> Option<String> {
    let lower = scheme.to_ascii_lowercase();
    let plain = lower.strip_prefix("jdbc:").unwrap_or(&lower);
    let plain = plain.split_once('+').map_or(plain, |(plain, _)| plain);
    // Longer than any that is known; spares the copy of a long name.
    (plain.len() <= 32).then(|| plain.to_owned())
}

/// `None` when it cannot be told what is the port.
fn host(text: &str) -> Option<Host> {
    let after_bracket = if text.starts_with('[') { text.find(']')? + 1 } else { 0 };
    let Some(colon) = text[after_bracket..].find(':').map(|at| at + after_bracket) else {
        return Some(Host { name: text.into(), port: None });
    };
    let (name, port) = (&text[..colon], &text[colon + 1..]);
    let digits = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Host { name: name.into(), port: Some(port.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_taken_apart() {
        let address = Address::read("jdbc:postgresql+x://me:pw@[::1]:5433/shop?ssl=1").unwrap();
        assert_eq!((address.platform.scheme, address.user.as_str(), address.rest.as_str()), ("postgres", "me:pw@", "/shop?ssl=1"));
        assert_eq!(address.hosts, [Host { name: "[::1]".into(), port: Some("5433".into()) }]);
        let lake = Address::read("abfss://c@a.dfs.core.windows.net").unwrap();
        assert_eq!((lake.user.as_str(), lake.hosts[0].name.as_str()), ("c@", "a.dfs.core.windows.net"));
    }

    #[test]
    fn what_is_no_address_is_left_alone() {
        for text in ["bigquery", "", "://", "postgres:/x", "unknown://h:1", "postgres://a:b:c", "postgres://h:port", "spanner://p:i"] {
            assert!(Address::read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(text in "(jdbc:)?(postgres|KAFKA|s3a|hdfs)(\\+x)?://[a-z@:,/\\[\\]?0-9é ]{0,30}") {
            if let Some(address) = Address::read(&text) {
                prop_assert_eq!(address.write(), text);
            }
        }
    }
}
