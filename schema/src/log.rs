//! What the event log holds: entries with dense sequence numbers and a content hash. How they are
//! stored is the server's `log` room.

use std::fmt;

/// The first 16 bytes of the BLAKE3 hash of canonical JSON. Two deliveries of one event have one
/// hash (design 3); 128 bits make an accidental clash at 10⁹ entries less likely than 10⁻²⁰.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct ContentHash(pub [u8; 16]);

impl ContentHash {
    /// Hashes bytes that are already canonical.
    pub fn of(canonical: &[u8]) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(canonical).as_bytes()[..16]);
        Self(short)
    }

    /// Reads the 16 bytes of a stored hash.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// What an entry's payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// An OpenLineage run, job or dataset event as canonical JSON.
    OpenLineage,
}

impl EntryKind {
    /// The number it is stored under.
    pub fn code(self) -> i64 {
        match self {
            Self::OpenLineage => 1,
        }
    }

    /// The kind of a stored number; `None` for one of a newer version.
    pub fn from_code(code: i64) -> Option<Self> {
        (code == 1).then_some(Self::OpenLineage)
    }
}

/// One entry, as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3, … without a gap.
    pub seq: u64,
    /// What the payload is.
    pub kind: EntryKind,
    /// Hash of the payload as it is stored.
    pub hash: ContentHash,
    /// When the server took it, microseconds since 1970. Never used by the fold.
    pub received_at: i64,
    /// Canonical JSON, without the credentials that are in what is stored.
    pub payload: Vec<u8>,
}

/// An entry that cannot be read back. The others can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number.
    pub seq: u64,
    /// Stands for its content: the stored hash, where there is one.
    pub hash: ContentHash,
    /// When the server took it, microseconds since 1970; 0 when that is lost too.
    pub received_at: i64,
    /// Why, as the end of a sentence about it: "its payload does not unpack: …".
    pub reason: String,
}
