//! The stored form of a document: what hits are read from and what the digest is taken of.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Document, Kind, SearchError};

#[derive(Serialize, Deserialize)]
struct Record {
    kind: u8,
    id: [u8; 16],
    entity: [u8; 16],
    namespace: String,
    name: String,
    dataset: Option<String>,
    aliases: Vec<String>,
    description: Option<String>,
    columns: Vec<String>,
    tags: Vec<String>,
    owners: Vec<String>,
}

/// Equal documents have equal bytes.
pub(super) fn encode(document: &Document) -> Result<Vec<u8>, SearchError> {
    let document = document.clone();
    let record = Record {
        kind: document.kind.rank(),
        id: document.id.into_bytes(),
        entity: document.entity.into_bytes(),
        namespace: document.namespace,
        name: document.name,
        dataset: document.dataset,
        aliases: document.aliases,
        description: document.description,
        columns: document.columns,
        tags: document.tags,
        owners: document.owners,
    };
    Ok(postcard::to_stdvec(&record)?)
}

pub(super) fn decode(bytes: &[u8]) -> Result<Document, SearchError> {
    let record: Record = postcard::from_bytes(bytes)?;
    Ok(Document {
        kind: Kind::from_rank(record.kind).ok_or(SearchError::Incomplete)?,
        id: Uuid::from_bytes(record.id),
        entity: Uuid::from_bytes(record.entity),
        namespace: record.namespace,
        name: record.name,
        dataset: record.dataset,
        aliases: record.aliases,
        description: record.description,
        columns: record.columns,
        tags: record.tags,
        owners: record.owners,
    })
}

/// One hash over many records, whatever order they come in.
#[derive(Default)]
pub(super) struct Digest {
    hashes: Vec<[u8; 32]>,
}

impl Digest {
    pub(super) fn add(&mut self, record: &[u8]) {
        // Hashes rather than records are collected and sorted: 32 bytes each, however large the documents.
        self.hashes.push(*blake3::hash(record).as_bytes());
    }

    pub(super) fn hex(mut self) -> String {
        self.hashes.sort_unstable();
        blake3::hash(self.hashes.as_flattened()).to_hex().to_string()
    }
}
