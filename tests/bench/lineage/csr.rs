//! The floor of `lineage`: a breadth-first walk over two arrays, with no names, times, owners or jobs.

use super::warehouse::Warehouse;

/// Where data goes from each dataset.
pub struct Csr {
    offsets: Vec<u32>,
    targets: Vec<u32>,
}

impl Csr {
    /// The downstream edges of an estate.
    pub fn new(warehouse: &Warehouse) -> Self {
        let mut offsets = vec![0u32; warehouse.len() + 1];
        warehouse.inputs.iter().flatten().for_each(|&input| offsets[input as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut targets = vec![0u32; warehouse.edges()];
        for (output, inputs) in warehouse.inputs.iter().enumerate() {
            for &input in inputs {
                targets[next[input as usize] as usize] = output as u32;
                next[input as usize] += 1;
            }
        }
        Self { offsets, targets }
    }

    /// Datasets downstream of `start`, itself included, within so many steps.
    pub fn reach(&self, start: u32, depth: Option<u32>) -> usize {
        let mut seen = vec![0u64; self.offsets.len().div_ceil(64)];
        seen[start as usize / 64] |= 1 << (start % 64);
        let mut found = vec![start];
        let (mut from, mut steps) = (0, 0);
        while from < found.len() && depth.is_none_or(|depth| steps < depth) {
            steps += 1;
            let to = found.len();
            for at in from..to {
                let node = found[at] as usize;
                for &target in &self.targets[self.offsets[node] as usize..self.offsets[node + 1] as usize] {
                    let (word, bit) = (target as usize / 64, 1 << (target % 64));
                    if seen[word] & bit == 0 {
                        seen[word] |= bit;
                        found.push(target);
                    }
                }
            }
            from = to;
        }
        found.len()
    }

    /// Memory of the arrays one way, MiB.
    pub fn mebibytes(&self) -> f64 {
        ((self.offsets.len() + self.targets.len()) * 4) as f64 / f64::from(1 << 20)
    }
}
