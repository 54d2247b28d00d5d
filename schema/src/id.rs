//! Identities: derived from names, never drawn at random, so that every replica and every rebuild
//! finds the same ones. Names are opaque: hashed with their lengths, never joined with a separator.

use crate::redact;
use sha1::{Digest, Sha1};
use uuid::Uuid;

/// Root of every derived id; itself derived from a fixed text.
const ROOT: Uuid = Uuid::from_u128(0x6865_6164_7761_7465_725f_726f_6f74_5f31);

/// What kind of thing an id names; the kind is part of the hash, so a job and a dataset of one
/// name have different ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A dataset, by namespace and name.
    Dataset,
    /// A job, by namespace and name.
    Job,
    /// A column, by dataset id and dotted path.
    Column,
    /// A run whose id is not a UUID, by its text.
    Run,
    /// A group of datasets in a rolled-up answer, by what it is grouped by and its heading.
    Group,
}

fn derive(kind: Kind, parts: &[&[u8]]) -> Uuid {
    let mut bytes = Vec::with_capacity(64);
    bytes.push(match kind {
        Kind::Dataset => b'd',
        Kind::Job => b'j',
        Kind::Column => b'c',
        Kind::Run => b'r',
        Kind::Group => b'g',
    });
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    named_by(ROOT, &bytes)
}

/// A version 5 UUID (RFC 9562, 5.5). `uuid` has its own SHA-1, which does not use what processors have for it; each event names
/// about ten things.
pub fn named_by(namespace: Uuid, name: &[u8]) -> Uuid {
    let digest = Sha1::new().chain_update(namespace.as_bytes()).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid()
}

/// Of a name as the catalog has it: who asks by a name with a password in it means the same thing.
fn named(kind: Kind, namespace: &str, name: &str) -> Uuid {
    let may_hold_secrets = |text: &str| memchr::memchr2(b'@', b'=', text.as_bytes()).is_some();
    if may_hold_secrets(namespace) || may_hold_secrets(name) {
        let (namespace, name) = (redact::name(namespace), redact::name(name));
        return derive(kind, &[namespace.as_bytes(), name.as_bytes()]);
    }
    derive(kind, &[namespace.as_bytes(), name.as_bytes()])
}

/// The id of a dataset.
pub fn dataset(namespace: &str, name: &str) -> Uuid {
    named(Kind::Dataset, namespace, name)
}

/// The id of a job.
pub fn job(namespace: &str, name: &str) -> Uuid {
    named(Kind::Job, namespace, name)
}

/// The id of a column: `path` is its dotted path within the dataset.
pub fn column(dataset: Uuid, path: &str) -> Uuid {
    derive(Kind::Column, &[dataset.as_bytes(), path.as_bytes()])
}

/// The id of a group of datasets: what they are grouped by, the namespace of a schema, and the heading; none is another
/// than an empty one.
pub fn group(by: &str, namespace: Option<&str>, name: Option<&str>) -> Uuid {
    let there = |part: Option<&str>| if part.is_some() { b"1" } else { b"0" };
    let (in_namespace, heading) = (namespace.unwrap_or_default(), name.unwrap_or_default());
    derive(Kind::Group, &[by.as_bytes(), there(namespace), in_namespace.as_bytes(), there(name), heading.as_bytes()])
}

/// The key of a run. The spec asks for a UUID; a few emitters send other text (`run_id`), which
/// gets a derived key so that their lineage is kept all the same.
pub fn run(text: &str) -> Uuid {
    parse_uuid(text).unwrap_or_else(|| derive(Kind::Run, &[text.as_bytes()]))
}

/// A UUID in any of the usual spellings (hyphenated, simple, braced, urn), or `None`.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_opaque() {
        assert_ne!(dataset("a/b", "c"), dataset("a", "b/c"));
        assert_ne!(dataset("a", ""), dataset("", "a"));
        assert_ne!(dataset("a", "b"), job("a", "b"));
        assert_eq!(dataset("ü", "x y"), dataset("ü", "x y"));
        assert_ne!(group("OWNER", None, None), group("OWNER", None, Some("")));
        assert_ne!(group("SCHEMA", Some("a:b"), Some("c")), group("SCHEMA", Some("a"), Some("b:c")));
    }

    #[test]
    fn run_ids_in_any_spelling_are_one() {
        let plain = run("0190F3A8-1111-7222-8333-444455556666");
        assert_eq!(plain, run("{0190f3a8-1111-7222-8333-444455556666}"));
        assert_eq!(plain, run("urn:uuid:0190f3a8-1111-7222-8333-444455556666"));
        assert_ne!(run("run_id"), run("run_id2"));
    }
}
