//! The sum of a catalog that was closed in good order: beside the file until it is opened again, so that whatever
//! happened to it meanwhile is noticed, in whichever row or index. While the catalog is open, and after a crash, there is
//! no sum; then rows are known by their own checksums.

use super::CatalogError;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Named in the file; another way to reckon gets another number.
const HEAD: &str = "headwater catalog sum 1";
/// What the system says of a place that the disk does not give.
const EIO: i32 = 5;
/// Until it is read again: such a fault may pass.
const AGAIN: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(200), Duration::from_secs(1)];
/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

fn path(dir: &Path) -> PathBuf {
    dir.join("catalog.sum")
}

/// Keeps the sum of the closed catalog in `dir`. A file that takes longer than `patience` to read stays without: a stop
/// must not take long.
pub fn keep_sum(dir: &Path, patience: Duration) -> io::Result<()> {
    let begun = Instant::now();
    let mut sum = None;
    // What is still beside the file is not in its sum.
    if !has_side_file(dir) {
        sum = reckon(&dir.join("catalog.db"), || begun.elapsed() < patience)?;
    }
    let Some(sum) = sum else { return Ok(()) };
    let part = dir.join("catalog.sum.part");
    std::fs::write(&part, sum)?;
    std::fs::rename(&part, path(dir))
}

/// What reading all of a catalog file says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// It is what was written when it was closed.
    Proven,
    /// It can be read; nothing says what was written.
    Readable,
    /// It is not what was written when it was closed.
    Other,
    /// The disk does not give all of it. SQLite must not open it: it reads through a map of the file, where that ends the
    /// process, and would again after each start.
    Unreadable,
}

/// Reads the catalog and compares it with its sum, if there is one. The sum is used up by it.
pub async fn look(dir: &Path) -> Result<Whole, CatalogError> {
    let dir = dir.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let path = path(&dir);
        let kept = match std::fs::read_to_string(&path) {
            Ok(kept) => kept,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(read(&dir)?.map_or(Whole::Unreadable, |_| Whole::Readable)),
            // Not even text: it was no sum of ours.
            Err(e) if e.kind() == io::ErrorKind::InvalidData => String::new(),
            Err(e) => return Err(e),
        };
        let known = kept.starts_with(HEAD) && !has_side_file(&dir);
        let whole = match read(&dir)? {
            None => Whole::Unreadable,
            Some(_) if !known => Whole::Readable,
            Some(sum) => {
                if sum == kept {
                    Whole::Proven
                } else {
                    Whole::Other
                }
            }
        };
        // Before the first change, and for good: an old sum would call a sound catalog damaged.
        std::fs::remove_file(path)?;
        File::open(&dir)?.sync_all()?;
        Ok(whole)
    });
    let looked = looked.await.unwrap_or_else(|e| Err(io::Error::other(e)));
    looked.map_err(|e| CatalogError::Database(e.into()))
}

/// The sum of a file as it can be read; nothing when the disk does not give it, also not when it is tried again.
fn read(dir: &Path) -> io::Result<Option<String>> {
    for pause in AGAIN {
        match reckon(&dir.join("catalog.db"), || true) {
            Err(e) if e.raw_os_error() == Some(EIO) => std::thread::sleep(pause),
            other => return other,
        }
    }
    Ok(None)
}

fn has_side_file(dir: &Path) -> bool {
    std::fs::metadata(dir.join("catalog.db-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Size and hash in words; nothing when `go_on` said so.
fn reckon(file: &Path, go_on: impl Fn() -> bool) -> io::Result<Option<String>> {
    let mut file = File::open(file)?;
    let (mut hasher, mut chunk, mut size) = (blake3::Hasher::new(), vec![0; CHUNK], 0);
    loop {
        if !go_on() {
            return Ok(None);
        }
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(Some(format!("{HEAD}\n{size} bytes\n{}\n", hasher.finalize().to_hex())));
        }
        hasher.update(&chunk[..read]);
        size += read;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn any_change_is_noticed_and_a_sum_counts_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("catalog.db");
        std::fs::write(&file, vec![7; 3 * CHUNK + 5]).unwrap();
        assert_eq!(look(dir.path()).await.unwrap(), Whole::Readable);
        for place in [0, CHUNK, 3 * CHUNK + 4] {
            keep_sum(dir.path(), Duration::MAX).unwrap();
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[place] ^= 4;
            std::fs::write(&file, &bytes).unwrap();
            assert_eq!(look(dir.path()).await.unwrap(), Whole::Other, "byte {place}");
            assert_eq!(look(dir.path()).await.unwrap(), Whole::Readable, "the sum is gone");
        }
        keep_sum(dir.path(), Duration::MAX).unwrap();
        assert_eq!(look(dir.path()).await.unwrap(), Whole::Proven);
        keep_sum(dir.path(), Duration::MAX).unwrap();
        std::fs::write(&file, [7; CHUNK]).unwrap();
        assert_eq!(look(dir.path()).await.unwrap(), Whole::Other, "it was cut");
        keep_sum(dir.path(), Duration::ZERO).unwrap();
        assert!(!path(dir.path()).exists(), "no time, no sum");
    }

    /// The memory of a process is a file whose beginning the system does not give.
    #[tokio::test]
    async fn what_the_disk_does_not_give_is_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/proc/self/mem", dir.path().join("catalog.db")).unwrap();
        assert_eq!(look(dir.path()).await.unwrap(), Whole::Unreadable);
        std::fs::write(path(dir.path()), HEAD).unwrap();
        assert_eq!(look(dir.path()).await.unwrap(), Whole::Unreadable);
    }
}
