//! Records of a graph file: each with its length, its kind and a checksum, and one at the end that counts them, so
//! that a file that was cut or damaged is known for one. What is in them is the business of `parts`.

use super::{FORMAT, StoredError};
use schema::log::ContentHash;
use serde::Serialize;
use std::io::{Read, Write};

/// What a file begins with, before its format.
const MAGIC: &[u8; 8] = b"HWGRAPH\n";
/// Kind of the record that ends a file.
const END: u8 = 0;
/// Bytes of a record; more is a sign of damage.
const MOST: u32 = 1 << 30;

/// Writes records.
pub struct RecordWriter<W> {
    to: W,
    count: u64,
}

impl<W: Write> RecordWriter<W> {
    /// Begins a file.
    pub fn new(mut to: W) -> Result<Self, StoredError> {
        to.write_all(MAGIC)?;
        to.write_all(&FORMAT.to_le_bytes())?;
        Ok(Self { to, count: 0 })
    }

    /// Writes one record. `kind` is not 0.
    pub fn put(&mut self, kind: u8, content: &impl Serialize) -> Result<(), StoredError> {
        let bytes = postcard::to_extend(content, vec![kind])?;
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= MOST).ok_or(StoredError::TooLarge)?;
        self.to.write_all(&length.to_le_bytes())?;
        self.to.write_all(&ContentHash::of(&bytes).0)?;
        self.to.write_all(&bytes)?;
        self.count += 1;
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<W, StoredError> {
        let count = self.count;
        self.put(END, &count)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// One record as it lies in the file.
pub struct Record {
    /// Its place among the others.
    pub place: u64,
    checksum: [u8; 16],
    /// Its kind, and what it holds.
    bytes: Vec<u8>,
}

impl Record {
    /// What it holds, by its number; `parts` knows them.
    pub fn kind(&self) -> u8 {
        self.bytes.first().copied().unwrap_or(END)
    }

    /// Its content, once it is known to be whole.
    pub fn content<T: serde::de::DeserializeOwned>(&self) -> Result<T, StoredError> {
        if ContentHash::of(&self.bytes).0 != self.checksum {
            return Err(StoredError::Damaged);
        }
        let (content, rest) = postcard::take_from_bytes(self.bytes.get(1..).unwrap_or_default())?;
        if rest.is_empty() { Ok(content) } else { Err(StoredError::Damaged) }
    }
}

/// Reads records.
pub struct RecordReader<R> {
    from: R,
    count: u64,
    ended: bool,
}

impl<R: Read> RecordReader<R> {
    /// Begins with a file.
    pub fn new(mut from: R) -> Result<Self, StoredError> {
        let (mut magic, mut format) = ([0; 8], [0; 8]);
        from.read_exact(&mut magic)?;
        from.read_exact(&mut format)?;
        if magic != *MAGIC {
            return Err(StoredError::Damaged);
        }
        if u64::from_le_bytes(format) != FORMAT {
            return Err(StoredError::OtherVersion);
        }
        Ok(Self { from, count: 0, ended: false })
    }

    /// The next record; none at a proper end.
    pub fn next(&mut self) -> Result<Option<Record>, StoredError> {
        if self.ended {
            return Ok(None);
        }
        let (mut length, mut checksum) = ([0; 4], [0; 16]);
        self.from.read_exact(&mut length)?;
        self.from.read_exact(&mut checksum)?;
        let length = u32::from_le_bytes(length);
        if length > MOST {
            return Err(StoredError::Damaged);
        }
        let mut bytes = Vec::new();
        self.from.by_ref().take(u64::from(length)).read_to_end(&mut bytes)?;
        if bytes.len() != length as usize {
            return Err(StoredError::Damaged);
        }
        let record = Record { place: self.count, checksum, bytes };
        if record.kind() == END {
            self.ended = true;
            return if record.content::<u64>()? == self.count { Ok(None) } else { Err(StoredError::Damaged) };
        }
        self.count += 1;
        Ok(Some(record))
    }
}
