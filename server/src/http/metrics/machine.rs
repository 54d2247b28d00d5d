//! What the process and its data folder take of the machine, read at each scrape. What the system does not tell is left
//! out.

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;
use std::path::Path;

/// The files of the data folder, by the names that theirs begin with.
const PARTS: [(&str, &str); 5] = [("log", "log.db"), ("catalog", "catalog"), ("graph", "graph."), ("search", "search"), ("other", "")];

/// Sizes of the data folder and of the disk that it is on.
pub fn register_folder(registry: &mut Registry, folder: &Path) {
    let bytes: Family<[(&str, &str); 1], Gauge> = Family::default();
    for (part, _) in PARTS {
        drop(bytes.get_or_create(&[("part", part)]));
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let part = PARTS.into_iter().find(|(_, beginning)| name.to_string_lossy().starts_with(beginning));
        if let Some((part, _)) = part {
            bytes.get_or_create(&[("part", part)]).inc_by(size(&entry.path()) as i64);
        }
    }
    registry.register("data_bytes", "Bytes of the data folder, by what they belong to", bytes);
    #[cfg(unix)]
    if let Ok(disk) = rustix::fs::statvfs(folder) {
        let of = |blocks: u64| ConstGauge::new((blocks * disk.f_frsize) as i64);
        registry.register("disk_free_bytes", "Bytes free to us on the file system of the data folder", of(disk.f_bavail));
        registry.register("disk_total_bytes", "Bytes of the file system of the data folder", of(disk.f_blocks));
    }
}

fn size(path: &Path) -> u64 {
    let Ok(data) = std::fs::symlink_metadata(path) else { return 0 };
    if data.is_dir() { std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum() } else { data.len() }
}

/// The process, by the names that Prometheus' own libraries use.
pub fn register_process(registry: &mut Registry, started: f64) {
    let mut gauge = |name: &str, help: &str, value: Option<u64>| {
        if let Some(value) = value {
            registry.register(name, help, ConstGauge::new(value as i64));
        }
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok());
    gauge("resident_memory_bytes", "Memory held", field("VmRSS:").map(|kilobytes| kilobytes * 1024));
    gauge("threads", "Threads", field("Threads:"));
    gauge("open_fds", "Open file descriptors", std::fs::read_dir("/proc/self/fd").ok().map(|all| all.count() as u64));
    #[cfg(unix)]
    gauge("max_fds", "File descriptors that may be open", rustix::process::getrlimit(rustix::process::Resource::Nofile).current);
    registry.register("start_time_seconds", "Start, in seconds since 1970", ConstGauge::new(started));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_told_by_usual_names() {
        let mut registry = Registry::with_prefix("process");
        register_process(&mut registry, 1.5);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        assert!(text.contains("process_start_time_seconds 1.5"), "{text}");
        #[cfg(target_os = "linux")]
        for name in ["process_resident_memory_bytes", "process_threads", "process_open_fds", "process_max_fds"] {
            assert!(text.contains(&format!("\n{name} ")), "{name}\n{text}");
        }
    }
}
