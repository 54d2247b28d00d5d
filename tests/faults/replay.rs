//! The fuzzing targets on the stable toolchain: every file of their corpora, and changed copies of them in an order that the
//! seed decides. libFuzzer finds more; this keeps what it found.

use crate::Outcome;
use crate::row::{Row, Rows};
use crate::scene::Scene;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tests::events::Numbers;
use tests::targets::{TARGETS, Target};

/// What one execution may take, also with a debug build.
const SLOW: Duration = Duration::from_secs(5);
/// Pieces that mean something to some target.
const WORDS: [&str; 24] = [
    "{", "}", "[", "]", "\"", ":", ",", "\\u0000", "\\ud800", "NaN", "1e999", "null", "-", "\n", "select ", " from ", "*", "(", ")", "--",
    ".", "\u{feff}", "\u{202e}", "_deleted",
];

/// A row for each target.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    quietly(|| TARGETS.iter().try_for_each(|target| replayed(scene, target, scene.dose.of(2_000, 200_000)).map(|row| rows.push(row))))
}

/// Panics are counted, not printed by the thousand.
pub fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let said = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let done = work();
    std::panic::set_hook(said);
    done
}

fn corpus(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target.name)
}

/// One target on its corpus and on so many changed copies.
pub fn replayed(scene: &Scene, target: &Target, changed: usize) -> Outcome<Row> {
    let mut row = Row::new("fuzz", format!("target {}: its corpus and changes of it", target.name));
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus(target))?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    row.expect(!files.is_empty(), || "its corpus is empty".into());
    let inputs: Vec<Vec<u8>> = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let mut numbers = scene.numbers(6);
    let mut slowest = Duration::ZERO;
    for number in 0..inputs.len() + if inputs.is_empty() { 0 } else { changed } {
        let input = inputs.get(number).cloned().unwrap_or_else(|| change(&inputs, &mut numbers));
        let begun = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| (target.run)(&input))).is_err() {
            row.wrong += 1;
            let path = scene.folder.join(format!("crash-{}-{number}", target.name));
            std::fs::write(&path, &input)?;
            row.off(format!("panics, for one on {:?}", String::from_utf8_lossy(&input).chars().take(120).collect::<String>()));
        }
        slowest = slowest.max(begun.elapsed());
        row.rounds += 1;
    }
    row.note(format!("{} files, slowest {:.0} ms", inputs.len(), slowest.as_secs_f64() * 1e3));
    row.expect(slowest < SLOW, || format!("one took {:.1} s", slowest.as_secs_f64()));
    Ok(row)
}

/// A copy of one input with a few changes, or the halves of two.
fn change(inputs: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = inputs[numbers.below(inputs.len())].clone();
    if numbers.below(8) == 0 {
        let other = &inputs[numbers.below(inputs.len())];
        bytes.truncate(numbers.below(bytes.len() + 1));
        bytes.extend(&other[numbers.below(other.len() + 1)..]);
    }
    for _ in 0..=numbers.below(5) {
        let start = numbers.below(bytes.len() + 1);
        let end = (start + 1 + numbers.below(30)).min(bytes.len());
        match numbers.below(5) {
            0 if start < bytes.len() => bytes[start] ^= 1 << numbers.below(8),
            1 => drop(bytes.drain(start..end)),
            2 => {
                let piece = bytes[start..end].repeat(1 + numbers.below(4));
                bytes.splice(start..start, piece);
            }
            3 => drop(bytes.splice(start..start, WORDS[numbers.below(WORDS.len())].bytes())),
            _ => bytes.insert(start, numbers.below(256) as u8),
        }
    }
    bytes
}
