//! What fuzzing runs: each target takes any bytes, may not panic, and checks what has to hold of what was read. libFuzzer
//! runs them from `fuzz/`, `headwater-faults fuzz` replays their corpora with changes on the stable toolchain.

mod cursor;
mod event;
mod facet;
mod json;
mod search;
mod sql;

/// One of them.
pub struct Target {
    /// The name of its corpus's folder and of its program in `fuzz/`.
    pub name: &'static str,
    /// Runs it; panics when something does not hold.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "json", run: json::run },
    Target { name: "event", run: event::run },
    Target { name: "facet", run: facet::run },
    Target { name: "cursor", run: cursor::run },
    Target { name: "search", run: search::run },
    Target { name: "sql", run: sql::run },
];

/// Runs the target of this name.
///
/// # Panics
/// When there is none, or what it checks does not hold.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).run)(bytes);
}
