//! Names that look like spellings of one name: the loosest form of each, by which they are grouped,
//! and in what the names of a group differ. Looking alike is a reason to ask, not to join.

use super::Presets;
use super::address::Address;
use super::platform::{Authority, Names};
use super::presets::Spelling;
use std::collections::HashSet;

/// In what names differ that look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// The port is missing here and the default one there.
    Port,
    /// `postgresql` and `postgres`, `s3a` and `s3`, `file:` and `file`, the bucket in the name.
    Scheme,
    /// Quoted identifiers.
    Quoting,
    /// A slash at the start or the end.
    Slash,
    /// A list of Kafka brokers and one of it.
    Brokers,
    /// Upper and lower case.
    Case,
    /// The same name on another host.
    Host,
}

impl Difference {
    /// Differences of spelling, those that mean least first.
    const SPELLING: [Self; 6] = [Self::Port, Self::Scheme, Self::Quoting, Self::Slash, Self::Brokers, Self::Case];

    /// Its name in answers and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Port => "PORT",
            Self::Scheme => "SCHEME",
            Self::Quoting => "QUOTING",
            Self::Slash => "SLASH",
            Self::Brokers => "BROKERS",
            Self::Case => "CASE",
            Self::Host => "HOST",
        }
    }

    /// The presets that do away with it; empty when none does.
    pub fn presets(self) -> &'static [&'static str] {
        match self {
            Self::Port => &["default_ports"],
            Self::Scheme => &["scheme_aliases", "file_forms", "bucket_in_name"],
            Self::Quoting => &["quoting"],
            Self::Slash => &["trailing_slash", "leading_slash"],
            Self::Brokers => &["kafka_brokers"],
            Self::Case | Self::Host => &[],
        }
    }
}

/// The loosest form of a name: equal forms look alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alike {
    /// Of the namespace.
    pub namespace: String,
    /// Of the name.
    pub name: String,
}

/// All presets, but for those about one difference.
fn loosest(but: Option<Difference>) -> Presets {
    let on = |difference| but != Some(difference);
    Presets {
        scheme_aliases: on(Difference::Scheme),
        host_case: on(Difference::Case),
        kafka_brokers: on(Difference::Brokers),
        default_ports: on(Difference::Port),
        file_forms: on(Difference::Scheme),
        trailing_slash: on(Difference::Slash),
        quoting: on(Difference::Quoting),
        leading_slash: on(Difference::Slash),
        bucket_in_name: on(Difference::Scheme),
        fold_all: on(Difference::Case),
        ..Presets::none()
    }
}

fn form(presets: &Presets, namespace: &str, name: &str) -> Spelling {
    let mut at = Spelling { namespace: namespace.into(), name: name.into() };
    for _ in 0..super::ROUNDS {
        let mut changed = false;
        presets.apply(&mut at, &mut |_| changed = true);
        if !changed {
            break;
        }
    }
    at
}

/// The loosest form of a dataset's name.
pub fn alike(namespace: &str, name: &str) -> Alike {
    let Spelling { namespace, name } = form(&loosest(None), namespace, name);
    Alike { namespace, name }
}

/// The loosest form that keeps upper and lower case.
pub fn alike_in_case(namespace: &str, name: &str) -> Alike {
    let Spelling { namespace, name } = form(&loosest(Some(Difference::Case)), namespace, name);
    Alike { namespace, name }
}

/// The loosest form without the host: equal families are one name on several hosts. `None` where
/// another host is another account, or there is none.
pub fn host_family(alike: &Alike) -> Option<Alike> {
    let mut address = Address::read(&alike.namespace).filter(|address| address.platform.authority == Authority::Server)?;
    if address.hosts.iter().all(|host| host.name.is_empty()) {
        return None;
    }
    address.hosts.iter_mut().for_each(|host| host.name.clear());
    Some(Alike { namespace: address.write(), name: alike.name.clone() })
}

/// In what these names differ, those that mean least first: each difference without which they would
/// not be one.
pub fn differences(names: &[(&str, &str)]) -> Vec<Difference> {
    let several = |presets: &Presets| {
        let forms: HashSet<(String, String)> = names
            .iter()
            .map(|(namespace, name)| {
                let form = form(presets, namespace, name);
                (form.namespace, form.name)
            })
            .collect();
        forms.len() > 1
    };
    if several(&loosest(None)) {
        return vec![Difference::Host];
    }
    Difference::SPELLING.into_iter().filter(|&difference| several(&loosest(Some(difference)))).collect()
}

/// True when the hosts of two namespaces may be one machine by their names: equal, one without the
/// other's domain, or both the machine itself.
pub fn hosts_agree(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (Address::read(one), Address::read(other)) else { return false };
    let agree = |a: &str, b: &str| a == b || (loopback(a) && loopback(b)) || within(a, b) || within(b, a);
    let host = |host: &super::address::Host| host.name.to_ascii_lowercase();
    one.hosts.iter().map(host).any(|a| other.hosts.iter().map(host).any(|b| agree(&a, &b)))
}

/// `db` within `db.example.org`; a number is no name.
fn within(short: &str, long: &str) -> bool {
    let named = short.bytes().any(|byte| byte.is_ascii_alphabetic()) && !short.starts_with('[');
    named && long.strip_prefix(short).is_some_and(|domain| domain.starts_with('.'))
}

fn loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "localhost.localdomain")
}

/// True where names that differ by case are known to be different things: paths, keys and topics.
pub fn keeps_case(namespace: &str) -> bool {
    namespace == "file" || Address::read(namespace).is_some_and(|address| address.platform.names != Names::Dotted)
}
