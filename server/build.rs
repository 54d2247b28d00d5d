//! Tells the program what its graph was compiled from. The graph's file holds what was derived, not only what was said,
//! so it is read only by a program that would derive and lay out the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Whatever decides what is in the file: the graph, the fold before it, the texts' types, the encoding.
const SOURCES: [&str; 4] = ["src/graph", "src/fold", "../schema/src", "../Cargo.lock"];

fn main() {
    let mut files: Vec<PathBuf> = SOURCES.iter().flat_map(|path| files(Path::new(path))).collect();
    files.sort_unstable();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    SOURCES.iter().for_each(|path| println!("cargo::rerun-if-changed={path}"));
    println!("cargo::rustc-env=HEADWATER_GRAPH_FORMAT={}", hasher.finish());
}

fn files(path: &Path) -> Vec<PathBuf> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().flat_map(|entry| files(&entry.path())).collect(),
        Err(_) => vec![path.to_owned()],
    }
}
