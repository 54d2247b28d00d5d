//! CPU and memory of a process, by the kernel's books.

use std::collections::BTreeMap;
use std::fs::{read_dir, read_to_string};

/// Clock ticks a second in /proc, the same on every Linux.
const TICKS: u64 = 100;

/// User and system time of a process so far, in microseconds.
pub fn cpu_micros(pid: u32) -> u64 {
    let stat = read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name may hold spaces; what follows its closing parenthesis does not.
    let fields: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ').collect();
    let ticks: u64 = fields.iter().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks * (1_000_000 / TICKS)
}

/// CPU of the threads that live, in microseconds, by name; those of SQLite are told apart by their
/// order of birth.
pub fn thread_micros(pid: u32) -> BTreeMap<String, u64> {
    let mut threads: Vec<u32> = read_dir(format!("/proc/{pid}/task"))
        .map(|entries| entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
        .unwrap_or_default();
    threads.sort_unstable();
    let mut all = BTreeMap::new();
    let mut sqlite = 0;
    for thread in threads {
        let read = |file| read_to_string(format!("/proc/{pid}/task/{thread}/{file}")).unwrap_or_default();
        let mut name = read("comm").trim().to_owned();
        if name.starts_with("sqlx-sqlite") {
            sqlite += 1;
            name = format!("sqlite #{sqlite}");
        }
        let nanos: u64 = read("schedstat").split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
        *all.entry(name).or_insert(0) += nanos / 1000;
    }
    all
}

/// Memory in MiB: the most there ever was, and what there is.
pub fn memory(pid: u32) -> (f64, f64) {
    let status = read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let value = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    (value("VmHWM"), value("VmRSS"))
}
