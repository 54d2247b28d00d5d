//! Ways in which a file goes bad.

use crate::Outcome;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tests::events::Numbers;

/// Ways of damage; seeds take turns with them.
pub const WAYS: [&str; 5] = ["a bit", "64 bytes", "4 KiB of zeros", "a cut", "200 bytes"];

/// One of the files of a folder that hold something.
pub fn some_file(folder: &Path, numbers: &mut Numbers) -> Outcome<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() > 0));
    files.sort();
    if files.is_empty() { Err("there are no files of the index".into()) } else { Ok(files.swap_remove(numbers.below(files.len()))) }
}

/// Damages a file in place in one of the `WAYS`.
pub fn harm(path: &Path, way: usize, numbers: &mut Numbers) -> Outcome<()> {
    let mut bytes = fs::read(path)?;
    let at = numbers.below(bytes.len());
    match way {
        0 => bytes[at] ^= 1 << numbers.below(8),
        1 => bytes.iter_mut().skip(at).take(64).for_each(|byte| *byte = numbers.below(256) as u8),
        2 => bytes.iter_mut().skip(at & !4095).take(4096).for_each(|byte| *byte = 0),
        3 => bytes.truncate(at),
        _ => (0..200).for_each(|_| {
            let at = numbers.below(bytes.len());
            bytes[at] = numbers.below(256) as u8;
        }),
    }
    // In place: who holds locks by the file's number finds the same one.
    File::options().write(true).truncate(true).open(path)?;
    Ok(fs::write(path, bytes)?)
}
