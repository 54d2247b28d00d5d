//! What the numbers were measured on.

use std::fs::read_to_string;
use std::path::Path;

/// A machine at a moment.
pub struct Machine {
    /// Cores, processor, kernel and file system in one line.
    pub line: String,
    /// The load average of the last minute before anything was measured.
    pub load: f64,
    ticks: Ticks,
}

/// Clock ticks so far: of all cores, of their work, and of the work of this program and what it started.
struct Ticks {
    all: f64,
    busy: f64,
    ours: f64,
}

impl Machine {
    /// Looks around.
    pub fn look() -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model =
            info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("unknown processor", |(_, name)| name);
        let memory = read_to_string("/proc/meminfo").unwrap_or_default();
        let memory = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / f64::from(1 << 20);
        let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let load = read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            line: format!(
                "{cores} cores of {model}, {memory:.0} GiB, {} {}, {} under the temporary folder",
                std::env::consts::OS,
                kernel.trim(),
                file_system(&std::env::temp_dir())
            ),
            load: load.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0),
            ticks: Ticks::read(),
        }
    }

    /// Per cent of the cores that other programs took since the look; on an idle machine close to 0. Holds
    /// once everything that this program started has ended.
    pub fn others(&self) -> f64 {
        let now = Ticks::read();
        let others = (now.busy - self.ticks.busy) - (now.ours - self.ticks.ours);
        (others / (now.all - self.ticks.all).max(1.0) * 100.0).max(0.0)
    }
}

impl Ticks {
    fn read() -> Self {
        let numbers = |text: &str| text.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<f64>>();
        let total = read_to_string("/proc/stat").unwrap_or_default();
        // user nice system idle iowait irq softirq steal; guests are in user.
        let total = numbers(total.lines().next().unwrap_or_default());
        let all = total.iter().take(8).sum();
        let idle: f64 = total.iter().skip(3).take(2).sum();
        let own = read_to_string("/proc/self/stat").unwrap_or_default();
        let own = numbers(own.rsplit_once(") S ").or_else(|| own.rsplit_once(") R ")).map_or("", |(_, rest)| rest));
        Self { all, busy: all - idle, ours: own.iter().skip(10).take(4).sum() }
    }
}

/// The kind of file system that holds a folder: that of the longest mount point above it.
fn file_system(folder: &Path) -> String {
    let mounts = read_to_string("/proc/mounts").unwrap_or_default();
    let held = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?)).filter(|(point, _)| folder.starts_with(point))
    });
    held.max_by_key(|(point, _)| point.len()).map_or_else(|| "unknown file system".into(), |(_, kind)| kind.to_owned())
}
