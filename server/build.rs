//! Tells the program what its graph was compiled from. The graph's file holds what was derived, not only what was said,
//! so it is read only by a program that would derive and lay out the same.

use std::path::{Path, PathBuf};

/// Whatever decides what is in the file: the graph, the fold before it, SQL's inference, the texts' types, the encoding.
const SOURCES: [&str; 5] = ["src/graph", "src/fold", "../ingest-adapters/src", "../schema/src", "../Cargo.lock"];

fn main() {
    let mut files: Vec<PathBuf> = SOURCES.iter().flat_map(|path| files(Path::new(path))).collect();
    files.sort_unstable();
    let mut hash = Fnv::default();
    for file in files {
        hash.add(file.to_string_lossy().as_bytes());
        hash.add(&std::fs::read(&file).unwrap_or_default());
    }
    SOURCES.iter().for_each(|path| println!("cargo::rerun-if-changed={path}"));
    println!("cargo::rustc-env=HEADWATER_GRAPH_FORMAT={}", hash.0);
}

/// FNV-1a: the same for every compiler.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in length.iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().flat_map(|entry| files(&entry.path())).collect(),
        Err(_) => vec![path.to_owned()],
    }
}
