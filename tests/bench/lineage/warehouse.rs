//! The estate of `lineage`: which dataset is made from which, with the shapes of real warehouses. The
//! same at every run: everything follows from the number of datasets and a seed.

use crate::estate::mix;
use std::ops::Range;

/// Columns of most tables, and of the wide ones.
const COLUMNS: usize = 14;
const WIDE: usize = 3_500;
/// Wide tables, however large the estate is.
const WIDE_TABLES: usize = 4;
/// Children that a hub has at most.
const CHILDREN: usize = 5_000;
/// Ends of the layers raw, staging and core, in per cent of the datasets; the rest are marts. Raw tables are only read.
const LAYERS: [usize; 3] = [30, 60, 85];
/// Of a million datasets: jobs, and those of them that read or write anything.
const JOBS: usize = 200_000;
const BUSY_JOBS: usize = 7_000;

/// Datasets by number, and what each is made from.
pub struct Warehouse {
    /// What each dataset is made from: sorted, each once; nothing for raw tables.
    pub inputs: Vec<Vec<u32>>,
    column_edges: usize,
    seed: u64,
}

impl Warehouse {
    /// So many datasets with about five edges and `column_edges` column edges for each.
    pub fn new(datasets: usize, column_edges: usize, seed: u64) -> Self {
        let mut warehouse = Self { inputs: vec![Vec::new(); datasets], column_edges, seed };
        let mut hubs = Hubs::new(datasets);
        for dataset in warehouse.raw()..datasets {
            warehouse.inputs[dataset] = warehouse.draw(dataset, &mut hubs);
        }
        warehouse
    }

    /// Datasets.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Datasets that no job writes; the first so many.
    pub fn raw(&self) -> usize {
        self.ends()[0]
    }

    /// The last layer: little is made from these.
    pub fn marts(&self) -> Range<usize> {
        self.ends()[2]..self.len()
    }

    /// The dataset that most others are made from.
    pub fn hub(&self) -> usize {
        let mut children = vec![0; self.len()];
        self.edges().for_each(|(from, _)| children[from as usize] += 1);
        (0..self.len()).max_by_key(|&dataset| children[dataset]).unwrap_or_default()
    }

    /// Jobs that read and write. Each makes tables that lie near each other, one a run.
    pub fn busy_jobs(&self) -> usize {
        (self.len() * BUSY_JOBS / 1_000_000).max(1)
    }

    /// Jobs that orchestrators tell of and that touch no dataset.
    pub fn silent_jobs(&self) -> usize {
        self.len() * (JOBS - BUSY_JOBS) / 1_000_000
    }

    /// The job that makes a table.
    pub fn job(&self, dataset: usize) -> usize {
        (dataset - self.raw()) * self.busy_jobs() / (self.len() - self.raw())
    }

    /// Every edge between datasets, by its output.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.inputs.iter().enumerate().flat_map(|(output, inputs)| inputs.iter().map(move |&input| (input, output as u32)))
    }

    /// Where raw, staging and core end.
    fn ends(&self) -> [usize; 3] {
        LAYERS.map(|percent| self.len() * percent / 100)
    }

    fn random(&self, dataset: usize, salt: usize) -> usize {
        (mix(self.seed ^ mix((dataset * 8192 + salt) as u64)) >> 16) as usize
    }

    /// Mostly the layer before near the same place (domains stay together), some of the same layer, hubs,
    /// and a few from anywhere: diamonds come by themselves. One in a thousand closes a cycle.
    fn draw(&self, dataset: usize, hubs: &mut Hubs) -> Vec<u32> {
        let [raw, staging, core] = self.ends();
        let (before, layer) = match dataset {
            d if d < staging => (0..raw, raw..staging),
            d if d < core => (raw..staging, staging..core),
            _ => (staging..core, core..self.len()),
        };
        let near = before.start + (dataset - layer.start) * before.len() / layer.len();
        // A union over everything now and then; some seven on average.
        let count = if self.random(dataset, 0).is_multiple_of(200) { 30 } else { 1 + self.random(dataset, 1) % 14 };
        let pick = |at: usize| {
            let random = self.random(dataset, 4 + at);
            let offset = random / 100;
            match random % 100 {
                0..70 => (near + offset % 60).saturating_sub(30).clamp(before.start, before.end - 1),
                70..85 => dataset.saturating_sub(1 + offset % 200).max(before.start),
                85..95 => usize::MAX,
                _ => offset % dataset,
            }
        };
        let mut inputs: Vec<u32> = (0..count)
            .filter_map(|at| match pick(at) {
                usize::MAX => hubs.child(self.random(dataset, 40 + at)),
                other => Some(other as u32),
            })
            .collect();
        if self.random(dataset, 2).is_multiple_of(1000) {
            inputs.push((dataset + 1 + self.random(dataset, 3) % 500).min(self.len() - 1) as u32);
        }
        inputs.retain(|&input| input as usize != dataset);
        if inputs.is_empty() {
            inputs.push(near as u32);
        }
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }

    /// True for one of the few tables with thousands of columns.
    fn is_wide(&self, dataset: usize) -> bool {
        let written = self.len() - self.raw();
        dataset.checked_sub(self.raw()).is_some_and(|at| at % (written / WIDE_TABLES) == 7)
    }

    /// How many columns it has.
    pub fn width(&self, dataset: usize) -> usize {
        if self.is_wide(dataset) { WIDE } else { COLUMNS }
    }

    /// Column edges into a dataset: own column, source dataset and its column. Every input is named, or it would feed nothing.
    pub fn hops(&self, dataset: usize) -> impl Iterator<Item = (usize, u32, usize)> + '_ {
        let inputs = &self.inputs[dataset];
        let usual = self.column_edges * self.len() / (self.len() - self.raw());
        let count = match (inputs.len(), self.column_edges) {
            (0, _) | (_, 0) => 0,
            _ if self.is_wide(dataset) => WIDE,
            (least, _) => usual.max(least),
        };
        let width = self.width(dataset);
        (0..count).map(move |at| {
            let source = inputs[at % inputs.len()];
            (at % width, source, self.random(dataset, 1000 + at) % self.width(source as usize))
        })
    }

    /// Most names of columns are those of many tables; one in ten is nobody else's.
    pub fn column(&self, dataset: usize, position: usize) -> String {
        match mix((dataset * 4096 + position) as u64) as usize {
            random if random.is_multiple_of(10) => format!("field_{dataset}_{position}"),
            random => format!("{}_{}_{position}", WORDS[random / 16 % WORDS.len()], ["id", "at", "total", "name", "flag"][position % 5]),
        }
    }

    /// Datasets to ask about, the same for everything that is measured.
    pub fn starts(&self, count: usize, among: Range<usize>) -> Vec<u32> {
        (0..count).map(|at| (among.start + (mix(self.seed ^ (at as u64 + 77)) >> 8) as usize % among.len()) as u32).collect()
    }
}

const WORDS: [&str; 12] =
    ["order", "customer", "invoice", "shipment", "product", "payment", "session", "ledger", "refund", "stock", "visit", "campaign"];

/// Raw tables that much is made from.
struct Hubs {
    places: Vec<(u32, usize)>,
    most: usize,
}

impl Hubs {
    fn new(datasets: usize) -> Self {
        let count = (datasets / 2000).max(4);
        let apart = (datasets * LAYERS[0] / 100 / count).max(1);
        Self { places: (0..count).map(|hub| ((hub * apart) as u32, 0)).collect(), most: CHILDREN.min(datasets / 20) }
    }

    /// One of them, the first ones much more often; none when it is full.
    fn child(&mut self, random: usize) -> Option<u32> {
        let share = (random % 10_000) as f64 / 10_000.0;
        let at = (self.places.len() as f64 * share.powi(3)) as usize;
        let (hub, children) = self.places.get_mut(at).filter(|(_, children)| *children < self.most)?;
        *children += 1;
        Some(*hub)
    }
}
