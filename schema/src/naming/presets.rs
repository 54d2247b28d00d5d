//! The rules that come with the program: one switch each, each a fact about a protocol or about how
//! emitters write. On by default is only what cannot make one of two datasets that are different;
//! docs/NAMING.md argues for each.

use super::address::{Address, Host};
use super::platform::{self, Authority, Names, Platform};
use super::quoting;
use crate::encoding::Encoding;
use std::collections::BTreeMap;

/// What case-insensitive identifiers are folded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fold {
    /// As Snowflake does with identifiers that are not quoted.
    Upper,
    /// As PostgreSQL and Redshift do.
    Lower,
}

/// Which presets apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presets {
    /// `postgresql`, `jdbc:postgresql` and `postgresql+psycopg2` are `postgres`; `s3a` and `s3n` are `s3`; and so on.
    pub scheme_aliases: bool,
    /// `DB.Example.org` is `db.example.org`: host names know no case.
    pub host_case: bool,
    /// A list of Kafka brokers is its first in alphabetical order: a list is of one cluster, and its order says nothing.
    pub kafka_brokers: bool,
    /// A missing port is the default port.
    pub default_ports: bool,
    /// `file:`, `file://`, `file:///` and `file://localhost` are `file`, their folder goes into the name.
    pub file_forms: bool,
    /// A slash at the end, of an address or of a path, says nothing.
    pub trailing_slash: bool,
    /// `"smdb"."stg"."orders"` is `smdb.stg.orders`; also with backticks, and brackets on SQL Server.
    pub quoting: bool,
    /// A slash at the start of an object's key says nothing. Off: a key may begin with one.
    pub leading_slash: bool,
    /// Namespace `gs` and name `bucket/key` are `gs://bucket` and `key`. Off: a guess about the emitter.
    pub bucket_in_name: bool,
    /// Identifiers of these schemes are folded. Off: quoted identifiers keep their case.
    pub fold_case: BTreeMap<String, Fold>,
    /// Everything in lower case; only to find names that are alike.
    pub(super) fold_all: bool,
}

impl Default for Presets {
    fn default() -> Self {
        Self {
            scheme_aliases: true,
            host_case: true,
            kafka_brokers: true,
            default_ports: true,
            file_forms: true,
            trailing_slash: true,
            quoting: true,
            ..Self::none()
        }
    }
}

impl Presets {
    /// Adds everything that decides what the presets do. Taken apart by name, so that a new one is not forgotten.
    pub(super) fn encode(&self, to: &mut Encoding) {
        let Self {
            scheme_aliases,
            host_case,
            kafka_brokers,
            default_ports,
            file_forms,
            trailing_slash,
            quoting,
            leading_slash,
            bucket_in_name,
            fold_case,
            fold_all,
        } = self;
        for flag in [scheme_aliases, host_case, kafka_brokers, default_ports, file_forms, trailing_slash, quoting] {
            to.flag(*flag);
        }
        to.flag(*leading_slash).flag(*bucket_in_name).flag(*fold_all).number(fold_case.len() as u64);
        for (scheme, fold) in fold_case {
            to.text(scheme).flag(*fold == Fold::Upper);
        }
    }
}

/// A name on its way to the canonical one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    pub namespace: String,
    pub name: String,
}

/// What a preset makes of a spelling; `None` when it changes nothing.
type Step = fn(&Spelling) -> Option<Spelling>;

impl Presets {
    /// None of them.
    pub fn none() -> Self {
        Self {
            scheme_aliases: false,
            host_case: false,
            kafka_brokers: false,
            default_ports: false,
            file_forms: false,
            trailing_slash: false,
            quoting: false,
            leading_slash: false,
            bucket_in_name: false,
            fold_case: BTreeMap::new(),
            fold_all: false,
        }
    }

    /// The switches by their keys in a rules file; folding is no matter of on and off.
    fn switches(&mut self) -> [(&'static str, &mut bool); 9] {
        [
            ("scheme_aliases", &mut self.scheme_aliases),
            ("host_case", &mut self.host_case),
            ("kafka_brokers", &mut self.kafka_brokers),
            ("default_ports", &mut self.default_ports),
            ("file_forms", &mut self.file_forms),
            ("trailing_slash", &mut self.trailing_slash),
            ("quoting", &mut self.quoting),
            ("leading_slash", &mut self.leading_slash),
            ("bucket_in_name", &mut self.bucket_in_name),
        ]
    }

    /// The presets that are off, by their keys in a rules file.
    pub fn off(&self) -> Vec<&'static str> {
        self.clone().switches().into_iter().filter(|(_, on)| !**on).map(|(key, _)| key).collect()
    }

    /// These presets and one more, by its key in a rules file.
    pub fn and(&self, key: &str) -> Self {
        let mut more = self.clone();
        more.switches().into_iter().filter(|(known, _)| *known == key).for_each(|(_, on)| *on = true);
        more
    }

    /// Applies each in turn and tells `applied` of those that changed something.
    pub(super) fn apply(&self, at: &mut Spelling, applied: &mut dyn FnMut(&'static str)) {
        let steps: [(bool, &'static str, Step); 9] = [
            (self.scheme_aliases, "preset:scheme_aliases", scheme_aliases),
            (self.file_forms, "preset:file_forms", file_forms),
            (self.bucket_in_name, "preset:bucket_in_name", bucket_in_name),
            (self.host_case, "preset:host_case", host_case),
            (self.default_ports, "preset:default_ports", default_ports),
            (self.kafka_brokers, "preset:kafka_brokers", kafka_brokers),
            (self.trailing_slash, "preset:trailing_slash", trailing_slash),
            (self.leading_slash, "preset:leading_slash", leading_slash),
            (self.quoting, "preset:quoting", quoting),
        ];
        for (on, name, step) in steps {
            if on && let Some(next) = step(at).filter(|next| next != at) {
                *at = next;
                applied(name);
            }
        }
        if let Some(next) = self.fold(at).filter(|next| next != at) {
            *at = next;
            applied("preset:fold_case");
        }
    }

    fn fold(&self, at: &Spelling) -> Option<Spelling> {
        if self.fold_all {
            return Some(Spelling { namespace: at.namespace.to_lowercase(), name: at.name.to_lowercase() });
        }
        if self.fold_case.is_empty() {
            return None;
        }
        let name = match self.fold_case.get(platform_of(&at.namespace)?.scheme)? {
            Fold::Upper => at.name.to_uppercase(),
            Fold::Lower => at.name.to_lowercase(),
        };
        Some(Spelling { namespace: at.namespace.clone(), name })
    }
}

/// True for schemes whose identifiers may be folded.
pub(super) fn folds(scheme: &str) -> bool {
    platform::by_scheme(scheme).is_some_and(|platform| platform.scheme == scheme && platform.names == Names::Dotted)
}

/// The platform of a namespace; `file` stands alone.
fn platform_of(namespace: &str) -> Option<&'static Platform> {
    if namespace == "file" {
        return platform::by_scheme(namespace);
    }
    Address::read(namespace).map(|address| address.platform)
}

/// The same name under an address that `change` has changed.
fn readdress(at: &Spelling, change: impl FnOnce(&mut Address) -> Option<()>) -> Option<Spelling> {
    let mut address = Address::read(&at.namespace)?;
    change(&mut address)?;
    Some(Spelling { namespace: address.write(), name: at.name.clone() })
}

fn scheme_aliases(at: &Spelling) -> Option<Spelling> {
    readdress(at, |address| {
        address.scheme = address.platform.scheme.into();
        Some(())
    })
}

fn host_case(at: &Spelling) -> Option<Spelling> {
    readdress(at, |address| {
        let has_hosts = address.platform.authority != Authority::Container;
        // ASCII only: other letters are the resolver's business.
        has_hosts.then(|| address.hosts.iter_mut().for_each(|host| host.name.make_ascii_lowercase()))
    })
}

fn default_ports(at: &Spelling) -> Option<Spelling> {
    readdress(at, |address| {
        let port = address.platform.port?;
        let missing = |host: &&mut Host| !host.name.is_empty() && host.port.as_ref().is_none_or(String::is_empty);
        address.hosts.iter_mut().filter(missing).for_each(|host| host.port = Some(port.to_string()));
        Some(())
    })
}

fn kafka_brokers(at: &Spelling) -> Option<Spelling> {
    readdress(at, |address| {
        let first = address.hosts.iter().filter(|host| !host.name.is_empty()).min_by_key(|host| (&host.name, &host.port))?.clone();
        (address.platform.scheme == "kafka" && address.hosts.len() > 1).then(|| address.hosts = vec![first])
    })
}

fn trailing_slash(at: &Spelling) -> Option<Spelling> {
    let mut next = readdress(at, |address| {
        // What follows the host is the namespace's own when it is more than slashes.
        let nothing = !address.rest.is_empty() && address.rest.bytes().all(|byte| byte == b'/');
        if nothing {
            address.rest.clear();
        }
        Some(())
    })
    .unwrap_or_else(|| at.clone());
    if platform_of(&next.namespace).is_some_and(|platform| matches!(platform.names, Names::Path | Names::Key)) {
        let plain = next.name.trim_end_matches('/');
        if !plain.is_empty() {
            next.name.truncate(plain.len());
        }
    }
    Some(next)
}

fn leading_slash(at: &Spelling) -> Option<Spelling> {
    let key = platform_of(&at.namespace)?.names == Names::Key;
    let plain = at.name.trim_start_matches('/');
    (key && !plain.is_empty()).then(|| Spelling { namespace: at.namespace.clone(), name: plain.into() })
}

fn quoting(at: &Spelling) -> Option<Spelling> {
    let platform = platform_of(&at.namespace);
    // Also under namespaces of one's own (`sqlmesh-prod`), but never in paths, where quotes are characters.
    if platform.is_some_and(|platform| platform.names != Names::Dotted) {
        return None;
    }
    let brackets = platform.is_some_and(|platform| matches!(platform.scheme, "mssql" | "fabric-warehouse"));
    Some(Spelling { namespace: at.namespace.clone(), name: quoting::unquoted(&at.name, brackets)? })
}

/// `file:/tmp` with name `x`, `file://` with name `/tmp/x`, `file` with name `file:///tmp/x`: all `file` with `/tmp/x`.
fn file_forms(at: &Spelling) -> Option<Spelling> {
    let folder = if at.namespace == "file" { "" } else { local_path(&at.namespace)?.trim_end_matches('/') };
    let name = local_path(&at.name).unwrap_or(&at.name);
    let within = name.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let name = match (folder, name.starts_with('/')) {
        ("", _) => name.to_owned(),
        (_, true) if within => name.to_owned(),
        // A root of its own below the folder, or the name is what counts: it cannot be told.
        (_, true) => return None,
        (_, false) => format!("{folder}/{name}"),
    };
    (!name.is_empty()).then(|| Spelling { namespace: "file".into(), name })
}

/// The path of a `file:` address of this machine.
fn local_path(text: &str) -> Option<&str> {
    let scheme = text.get(..5)?;
    let after = scheme.eq_ignore_ascii_case("file:").then(|| &text[5..])?;
    match after.strip_prefix("//") {
        Some(authority) => {
            let path = authority.strip_prefix("localhost").unwrap_or(authority);
            (path.is_empty() || path.starts_with('/')).then_some(path)
        }
        None => (after.is_empty() || after.starts_with('/')).then_some(after),
    }
}

/// Namespace `gs`, `gs:` or `gs://` with name `bucket/key`, and `gs://bucket` with name `gs://bucket/key`.
fn bucket_in_name(at: &Spelling) -> Option<Spelling> {
    let bare = at.namespace.trim_end_matches('/').trim_end_matches(':');
    let platform = platform::by_scheme(bare).filter(|platform| platform.names == Names::Key && platform.scheme != "dbfs");
    let (platform, path) = match (platform, at.name.split_once("://")) {
        (Some(platform), None) => (platform, at.name.trim_start_matches('/')),
        (bare, Some((scheme, path))) => {
            let named = platform::by_scheme(scheme).filter(|named| named.names == Names::Key)?;
            let around = bare.or_else(|| platform_of(&at.namespace))?;
            (Some(named).filter(|named| named.scheme == around.scheme)?, path)
        }
        (None, None) => return None,
    };
    let (bucket, key) = path.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())?;
    let namespace = format!("{}://{bucket}", platform.scheme);
    let other =
        platform_of(&at.namespace).is_some() && scheme_aliases(at).is_some_and(|at| at.namespace.trim_end_matches('/') != namespace);
    (!other).then(|| Spelling { namespace, name: key.into() })
}
