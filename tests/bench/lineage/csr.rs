//! The floor of `lineage`: a breadth-first walk over two arrays, with no names, times, owners or jobs.

/// Where data goes (or comes from) by number.
pub struct Csr {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// One bit for each vertex; all clear between two walks, so that a short walk pays for no long array.
    seen: Vec<u64>,
}

impl Csr {
    /// Of so many vertices, and edges as they come; the iterator is gone through twice.
    pub fn new<I: Iterator<Item = (u32, u32)>>(vertices: usize, edges: impl Fn() -> I) -> Self {
        let mut offsets = vec![0u32; vertices + 1];
        edges().for_each(|(from, _)| offsets[from as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut targets = vec![0u32; offsets[vertices] as usize];
        for (from, to) in edges() {
            let place = &mut next[from as usize];
            targets[*place as usize] = to;
            *place += 1;
        }
        Self { offsets, targets, seen: vec![0; vertices.div_ceil(64)] }
    }

    /// Vertices reached from `start`, itself included, within so many steps.
    pub fn reach(&mut self, start: u32, depth: Option<u32>) -> usize {
        self.seen[start as usize / 64] |= 1 << (start % 64);
        let mut found = vec![start];
        let (mut from, mut steps) = (0, 0);
        while from < found.len() && depth.is_none_or(|depth| steps < depth) {
            steps += 1;
            let to = found.len();
            for at in from..to {
                let node = found[at] as usize;
                for &target in &self.targets[self.offsets[node] as usize..self.offsets[node + 1] as usize] {
                    let (word, bit) = (target as usize / 64, 1 << (target % 64));
                    if self.seen[word] & bit == 0 {
                        self.seen[word] |= bit;
                        found.push(target);
                    }
                }
            }
            from = to;
        }
        found.iter().for_each(|&node| self.seen[node as usize / 64] = 0);
        found.len()
    }

    /// Memory of its arrays, MiB.
    pub fn mebibytes(&self) -> f64 {
        ((self.offsets.len() + self.targets.len()) * 4 + self.seen.len() * 8) as f64 / f64::from(1 << 20)
    }
}
