//! Files that a person names: a folder, a pipe or a device in their place is refused with a sentence, not read
//! without end.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

/// Opens a file for reading. The error is the end of a sentence about it.
pub fn open(path: &Path) -> Result<(File, Metadata), String> {
    // Before opening: a pipe without a writer would wait for one.
    let data = std::fs::metadata(path).map_err(|e| format!("cannot be read: {e}"))?;
    if !data.is_file() {
        return Err(format!("is not a regular file but {}", kind(&data)));
    }
    let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    Ok((file, data))
}

/// Bytes of a file of settings at most.
const SETTINGS: u64 = 16 << 20;

/// Reads a file of settings. The error says why it cannot be read.
pub fn settings(path: &Path) -> Result<String, String> {
    let (file, data) = open(path)?;
    if data.len() > SETTINGS {
        return Err(format!("has more than {SETTINGS} bytes"));
    }
    let mut text = String::new();
    file.take(SETTINGS).read_to_string(&mut text).map_err(|e| format!("cannot be read: {e}"))?;
    Ok(text)
}

/// What something that is no file is.
pub fn kind(data: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = data.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    if data.is_dir() { "a folder" } else { "something else" }
}
