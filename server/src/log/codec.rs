//! Payloads as they are stored: zstd frames with a checksum and a dictionary, and rows back into entries, whose content
//! is compared with the hash that was acknowledged and then shown without credentials.

use super::{Cause, WriteFault};
use schema::log::{ContentHash, Entry, EntryKind, Unreadable};
use schema::redact;
use sqlx::{Row, sqlite::SqliteRow};
use std::cell::RefCell;
use std::sync::LazyLock;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::CParameter;

/// Higher levels buy little (measured on recorded events).
const ZSTD_LEVEL: i32 = 3;

/// No entry unpacks to more than this: far above any limit of intake.
const MAX_PAYLOAD: usize = 256 << 20;

/// What events have in common, so that one alone becomes small too; see `server/dictionaries/README.md`. Frames name it by
/// its number; those of logs before format 5 name none.
const DICTIONARY: &[u8] = include_bytes!("../../dictionaries/1.dict");
const DICTIONARY_ID: u32 = 1;

// Digested once, for all threads.
static PACKING: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, ZSTD_LEVEL));
static UNPACKING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    // Making a context costs more than compressing a small event.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses a payload. Done by who submits, not by the writer: the writer is the bottleneck.
pub fn compress(payload: &[u8]) -> Result<Vec<u8>, WriteFault> {
    let failed = |e: std::io::Error| WriteFault::new(Cause::Memory, format!("an event cannot be compressed: {e}"));
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => {
                let mut fresh = Compressor::with_prepared_dictionary(&PACKING).map_err(failed)?;
                fresh.set_parameter(CParameter::ChecksumFlag(true)).map_err(failed)?;
                kept.insert(fresh)
            }
        };
        compressor.compress(payload).map_err(failed)
    })
}

/// The other way; the error says what is wrong.
pub(super) fn decompress(stored: &[u8]) -> Result<Vec<u8>, String> {
    let dictionary = zstd::zstd_safe::get_dict_id_from_frame(stored).map_or(DICTIONARY_ID, Into::into);
    if dictionary != DICTIONARY_ID {
        return Err(format!("it needs dictionary {dictionary}, which this version does not have"));
    }
    let size = zstd::zstd_safe::get_frame_content_size(stored).ok().flatten().unwrap_or(0);
    let size = usize::try_from(size).unwrap_or(MAX_PAYLOAD).min(MAX_PAYLOAD);
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::with_prepared_dictionary(&UNPACKING).map_err(|e| e.to_string())?),
        };
        decompressor.decompress(stored, size).map_err(|e| e.to_string())
    })
}

/// The columns that `entry` reads.
pub(super) const COLUMNS: &str = "seq, kind, hash, received_at, payload";

/// A row of `COLUMNS`, checked: the content as it is stored, which may hold credentials that the entry then does not show.
pub(super) fn entry(row: &SqliteRow) -> Result<Entry, Unreadable> {
    let seq = row.try_get::<i64, _>(0).unwrap_or_default() as u64;
    let stored: &[u8] = row.try_get(2).unwrap_or_default();
    let (hash, is_hash) = stored_hash(stored);
    let received_at = row.try_get(3).unwrap_or_default();
    let unreadable = |reason: String| Unreadable { seq, hash, received_at, reason };
    if !is_hash {
        return Err(unreadable("it has no content hash".into()));
    }
    let code = row.try_get(1).unwrap_or_default();
    let kind = EntryKind::from_code(code).ok_or_else(|| unreadable(format!("it is of kind {code}, which this version does not know")))?;
    let packed: &[u8] = row.try_get(4).map_err(|_| unreadable("it has no payload".into()))?;
    let payload = decompress(packed).map_err(|e| unreadable(format!("its payload does not unpack: {e}")))?;
    if ContentHash::of(&payload) != hash {
        return Err(unreadable("its content is not what was acknowledged: the hash differs".into()));
    }
    // What an older version, or other settings, let into the log is neither folded nor shown.
    Ok(Entry { seq, kind, hash, received_at, payload: redact::entry(payload) })
}

/// What stands for the content of an entry: the stored hash or, where that is none, a hash of what is
/// stored in its place.
pub(super) fn stored_hash(stored: &[u8]) -> (ContentHash, bool) {
    match ContentHash::from_slice(stored) {
        Some(hash) => (hash, true),
        None => (ContentHash::of(stored), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_never_gives_other_content() {
        let payload = br#"{"a":[1,2,3]}"#.repeat(20);
        let packed = compress(&payload).unwrap();
        let mut noticed = 0;
        for bit in 0..packed.len() * 8 {
            let mut damaged = packed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            match decompress(&damaged) {
                // One bit of a frame's header means nothing.
                Ok(content) => assert_eq!(content, payload, "bit {bit}"),
                Err(_) => noticed += 1,
            }
        }
        assert!(noticed > packed.len() * 7);
    }

    #[test]
    fn frames_without_a_checksum_or_a_dictionary_are_read() {
        let older = br#"{"_producer":"https://github.com/OpenLineage/OpenLineage/tree/1.54.0/client/python"}"#.repeat(3);
        let packed = zstd::bulk::compress(&older, 3).unwrap();
        assert_eq!(zstd::zstd_safe::get_dict_id_from_frame(&packed), None);
        assert_eq!(decompress(&packed).unwrap(), older);
    }

    #[test]
    fn frames_name_their_dictionary_and_are_smaller_by_it() {
        let event = br#"{"eventType":"START","job":{"namespace":"n","name":"j"},"schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}"#;
        let packed = compress(event).unwrap();
        assert_eq!(zstd::zstd_safe::get_dict_id_from_frame(&packed).map(u32::from), Some(DICTIONARY_ID));
        assert!(packed.len() * 2 < zstd::bulk::compress(event, ZSTD_LEVEL).unwrap().len(), "{} bytes", packed.len());
        let mut other = packed;
        // The dictionary's number is one byte behind the frame's descriptor.
        other[5] = 9;
        assert_eq!(decompress(&other).unwrap_err(), "it needs dictionary 9, which this version does not have");
    }
}
