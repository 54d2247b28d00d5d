//! The floor of `lineage`: a breadth-first walk over two arrays, with no names, owners or jobs; with times a third
//! array says from when to when each edge holds.

/// Where data goes (or comes from) by number.
pub struct Csr {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// When each edge begins and ceases to hold; empty when nobody asks for times.
    spans: Vec<(i64, i64)>,
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
        Self { offsets, targets, spans: Vec::new(), seen: vec![0; vertices.div_ceil(64)] }
    }

    /// The same with times: `begin` of an edge by its ends; none ceases.
    pub fn with_times(mut self, begin: impl Fn(u32, u32) -> i64) -> Self {
        let ends = self.offsets.windows(2).enumerate();
        let edges = ends.flat_map(|(from, ends)| self.targets[ends[0] as usize..ends[1] as usize].iter().map(move |&to| (from as u32, to)));
        self.spans = edges.map(|(from, to)| (begin(from, to), i64::MAX)).collect();
        self
    }

    /// Vertices reached from `start`, itself included, over what held at `moment`.
    pub fn reach_at(&mut self, start: u32, depth: Option<u32>, moment: i64) -> usize {
        let spans = std::mem::take(&mut self.spans);
        let found = self.walk(start, depth, |edge| spans[edge].0 <= moment && moment < spans[edge].1);
        self.spans = spans;
        found
    }

    /// Vertices reached from `start`, itself included, within so many steps.
    pub fn reach(&mut self, start: u32, depth: Option<u32>) -> usize {
        self.walk(start, depth, |_| true)
    }

    fn walk(&mut self, start: u32, depth: Option<u32>, counts: impl Fn(usize) -> bool) -> usize {
        self.seen[start as usize / 64] |= 1 << (start % 64);
        let mut found = vec![start];
        let (mut from, mut steps) = (0, 0);
        while from < found.len() && depth.is_none_or(|depth| steps < depth) {
            steps += 1;
            let to = found.len();
            for at in from..to {
                let node = found[at] as usize;
                let begin = self.offsets[node] as usize;
                for (at, &target) in self.targets[begin..self.offsets[node + 1] as usize].iter().enumerate() {
                    if !counts(begin + at) {
                        continue;
                    }
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
