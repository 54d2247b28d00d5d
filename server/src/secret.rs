//! The key of this data folder: hashes of what must not be known are taken under it. It never leaves the folder, and who loses
//! it loses only that such events are known again when they come once more.

use schema::log::ContentHash;
use std::io::{self, Write};
use std::path::Path;

const FILE: &str = "secret.key";

/// 256 random bits.
pub struct Key([u8; 32]);

impl Key {
    /// Reads the key of a data folder, making one if there is none. In a folder that cannot be written it holds for this
    /// process alone.
    pub fn open(dir: &Path) -> Self {
        let path = dir.join(FILE);
        match std::fs::read(&path).map(<[u8; 32]>::try_from) {
            Ok(Ok(key)) => return Self(key),
            Ok(Err(_)) => tracing::warn!(path = %path.display(), "this is no key; a new one is made"),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => tracing::warn!(path = %path.display(), error = %e, "the key cannot be read; another one is made"),
        }
        let key = Self::random();
        if let Err(e) = key.write(dir) {
            tracing::warn!(path = %path.display(), error = %e, "the key cannot be written; it holds until this process ends");
        }
        key
    }

    /// For this process alone.
    pub fn random() -> Self {
        let mut key = [0; 32];
        // Without a source of randomness hashes are taken under a key that others could guess.
        if let Err(e) = getrandom::fill(&mut key) {
            tracing::error!(error = %e, "the system gives no random numbers");
        }
        Self(key)
    }

    /// Beside the file first, so that there is a whole key or none.
    fn write(&self, dir: &Path) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".scratch-").tempfile_in(dir)?;
        file.write_all(&self.0)?;
        file.as_file().sync_all()?;
        file.persist(dir.join(FILE)).map(drop).map_err(|e| e.error)
    }

    /// The hash of a content under this key.
    pub fn hash(&self, content: &[u8]) -> ContentHash {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::keyed_hash(&self.0, content).as_bytes()[..16]);
        ContentHash(short)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_folder_keeps_its_key() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let hash = |dir: &tempfile::TempDir| Key::open(dir.path()).hash(b"content");
        let first = hash(&one);
        assert_eq!(hash(&one), first);
        assert_ne!(hash(&other), first);
        std::fs::write(one.path().join("secret.key"), "not a key").unwrap();
        let second = hash(&one);
        assert_ne!(second, first);
        assert_eq!(hash(&one), second);
        // Nowhere to write.
        let nowhere = one.path().join("none");
        assert_ne!(Key::open(&nowhere).hash(b"content"), second);
    }
}
