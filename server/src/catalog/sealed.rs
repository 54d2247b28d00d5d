//! Packed rows as they are stored: a byte that says how they are packed, a checksum, the row. Disks and memory flip bits
//! now and then, and a row that still decodes would be wrong in silence. What is in a row is the fold's and the graph's.

use super::CatalogError;
use schema::log::ContentHash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// How rows are packed. Another number when a packed type changes (`Entity`, `Run`, the graph's rows): rows of another
/// number are not read, the catalog is built anew.
pub(super) const ROW_VERSION: u8 = 1;

/// Version and checksum.
const HEAD: usize = 5;

/// Packs and seals a value.
pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, CatalogError> {
    let mut row = postcard::to_extend(value, vec![ROW_VERSION, 0, 0, 0, 0])?;
    let sum = crc32fast::hash(&row[HEAD..]);
    row[1..HEAD].copy_from_slice(&sum.to_le_bytes());
    Ok(row)
}

/// Unpacks a sealed value.
pub(super) fn unpack<T: DeserializeOwned>(row: &[u8]) -> Result<T, CatalogError> {
    Ok(postcard::from_bytes(opened(row)?)?)
}

/// Seals what is packed already.
pub(super) fn seal(packed: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(HEAD + packed.len());
    row.push(ROW_VERSION);
    row.extend_from_slice(&crc32fast::hash(packed).to_le_bytes());
    row.extend_from_slice(packed);
    row
}

/// What is inside a sealed row.
pub(super) fn opened(row: &[u8]) -> Result<&[u8], CatalogError> {
    let Some((head, packed)) = row.split_at_checked(HEAD) else { return Err(damaged("a row is cut")) };
    if head[0] != ROW_VERSION {
        return Err(damaged("a row is of another version"));
    }
    if head[1..] != crc32fast::hash(packed).to_le_bytes() {
        return Err(damaged("the checksum of a row differs"));
    }
    Ok(packed)
}

/// The checksum of a watermark with the hash of its entry.
pub(super) fn sum_of_mark(seq: i64, hash: &[u8]) -> i64 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&seq.to_le_bytes());
    sum.update(hash);
    i64::from(sum.finalize())
}

/// A stored hash.
pub(super) fn hash(bytes: &[u8]) -> Result<ContentHash, CatalogError> {
    ContentHash::from_slice(bytes).ok_or_else(|| damaged("a hash is not 16 bytes"))
}

/// A facet's content, which is named by its hash and must be what the name says.
pub(super) fn content(name: &[u8], body: Vec<u8>) -> Result<(ContentHash, Vec<u8>), CatalogError> {
    let name = hash(name)?;
    if ContentHash::of(&body) == name { Ok((name, body)) } else { Err(damaged("the content of a facet is not what its hash says")) }
}

/// The id of a dataset or job, which follows from its name: a name that was changed is found by it.
pub(super) fn id_of_name(stored: &[u8], derived: Uuid) -> Result<Uuid, CatalogError> {
    if stored == derived.as_bytes() { Ok(derived) } else { Err(damaged("a name and its id do not belong together")) }
}

/// What is named by a facet and is not there.
pub(super) fn no_content() -> CatalogError {
    damaged("the content of a facet is missing")
}

fn damaged(why: &str) -> CatalogError {
    CatalogError::Damaged(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let row = pack(&("orders", 7_u32, vec![1_u64, 2, 3])).unwrap();
        assert_eq!(unpack::<(String, u32, Vec<u64>)>(&row).unwrap(), ("orders".to_owned(), 7, vec![1, 2, 3]));
        assert_eq!(seal(opened(&row).unwrap()), row);
        for bit in 0..row.len() * 8 {
            let mut other = row.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(opened(&other), Err(CatalogError::Damaged(_))), "bit {bit}");
        }
        for length in 0..row.len() {
            assert!(matches!(opened(&row[..length]), Err(CatalogError::Damaged(_))), "{length} bytes");
        }
    }
}
