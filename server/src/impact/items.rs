//! Everything downstream with its verdict. Datasets and jobs are listed; of columns there are many times more, so that they
//! are counted by dataset, and made into items when somebody asks for them.

use super::reach::Came;
use super::spread::{Fact, Facts, Found, Spot, UNNAMED};
use super::{Change, Point, Verdict};
use crate::graph::{Graph, Hop, Node, When};
use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// One thing downstream.
#[derive(Clone, Debug)]
pub struct Item {
    /// What.
    pub point: Point,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Dataset steps from the change, by the shortest way; a job stands at that of the step that it makes.
    pub distance: u32,
    /// The fact that proves it; none for what is safe.
    pub(super) fact: Option<u32>,
}

/// Everything downstream, the worst first, then the nearest.
pub struct Items {
    pub(super) graph: Arc<Graph>,
    pub(super) when: When,
    change: Change,
    facts: Facts,
    /// Datasets and jobs, in order.
    nodes: Vec<Item>,
    /// Columns that are affected by themselves: dataset and fact, by dataset.
    affected: Vec<(u32, u32)>,
    /// Datasets with columns.
    tables: Vec<Table>,
    /// Columns of one dataset, one verdict and one distance, in order.
    groups: Vec<Group>,
}

/// A dataset whose columns are downstream.
struct Table {
    dataset: u32,
    /// Distance by the shortest way.
    nearest: Option<u32>,
    /// The fact about it as a whole.
    whole: Option<u32>,
    /// Its own among those that are affected by themselves.
    own: Range<usize>,
}

/// Columns of the same dataset that share verdict and distance.
#[derive(Clone, Copy)]
struct Group {
    verdict: Verdict,
    distance: u32,
    /// Place of the dataset.
    table: u32,
    count: u32,
}

impl Items {
    /// Of facts, and of how datasets and jobs are reached at all.
    pub(super) fn new((graph, when): (&Arc<Graph>, When), facts: Facts, found: &HashMap<Spot, Found>, came: &Came, change: Change) -> Self {
        let (nodes, affected, tables, groups) = Default::default();
        let mut items = Self { graph: graph.clone(), when, change, facts, nodes, affected, tables, groups };
        let settled = found.iter().filter_map(|(spot, found)| Some((*spot, found.settled?)));
        let mut reached: Vec<(Node, Option<u32>)> = came.iter().map(|(node, came)| (*node, Some(came.0).filter(|&at| at > 0))).collect();
        for (spot, fact) in settled {
            let node = match spot {
                Spot::Dataset(dataset) => Node::Dataset(dataset),
                Spot::Column(dataset, _) => {
                    if items.fact(fact).from.is_some() {
                        items.affected.push((dataset, fact));
                    }
                    Node::Dataset(dataset)
                }
                Spot::Job(job) => Node::Job(job),
            };
            if !came.contains_key(&node) {
                reached.push((node, None));
            }
        }
        items.affected.sort_unstable();
        reached.sort_unstable();
        reached.dedup();
        let settled = |spot: Spot| found.get(&spot).and_then(|found| found.settled);
        for (node, nearest) in reached {
            match node {
                Node::Job(job) => {
                    let fact = settled(Spot::Job(job)).filter(|&fact| items.fact(fact).from.is_some());
                    items.list(Point::Job(job), nearest, fact);
                }
                Node::Dataset(dataset) if items.graph.is_temporary(dataset) => {}
                Node::Dataset(dataset) => {
                    let whole = settled(Spot::Dataset(dataset)).filter(|&fact| items.fact(fact).from.is_some());
                    items.add_table(dataset, nearest, whole);
                }
            }
        }
        // Equal ones by id, which is the same on every server; columns of one dataset are in order of their names.
        items.nodes.sort_by_cached_key(|item| (item.key(), graph.key(item.point.node())));
        let Self { groups, tables, .. } = &mut items;
        groups.sort_by_cached_key(|group| (Reverse(group.verdict), group.distance, graph.dataset_id(tables[group.table as usize].dataset)));
        items
    }

    fn list(&mut self, point: Point, nearest: Option<u32>, fact: Option<u32>) {
        // What is at the start and not reached again is the change itself.
        if let Some((verdict, distance)) = self.told(nearest, fact) {
            self.nodes.push(Item { point, verdict, distance, fact });
        }
    }

    fn told(&self, nearest: Option<u32>, fact: Option<u32>) -> Option<(Verdict, u32)> {
        let fact = fact.map(|fact| self.fact(fact));
        let distance = nearest.or_else(|| fact.map(|fact| fact.distance))?;
        Some((fact.map_or(Verdict::Safe, |fact| fact.verdict), distance))
    }

    /// The columns of a dataset and, by its worst column, the dataset itself.
    fn add_table(&mut self, dataset: u32, nearest: Option<u32>, whole: Option<u32>) {
        let begin = self.affected.partition_point(|(of, _)| *of < dataset);
        let own = begin..begin + self.affected[begin..].iter().take_while(|(of, _)| *of == dataset).count();
        let mut worst = whole;
        let mut counts: BTreeMap<(Verdict, u32), u32> = BTreeMap::new();
        let rest = if own.is_empty() && self.changed(dataset).is_none() {
            self.graph.columns_known_count(dataset, self.when) as u32
        } else {
            let known = self.graph.path_numbers_known(dataset, self.when);
            let changed = self.changed(dataset);
            let is_known = |name: u32| u32::from(known.binary_search(&name).is_ok());
            let mut rest = known.len() as u32 - changed.map_or(0, is_known);
            for &(_, fact) in &self.affected[own.clone()] {
                let Spot::Column(_, name) = self.fact(fact).point else { continue };
                if changed == Some(name) {
                    continue;
                }
                rest -= is_known(name);
                worst = self.worse(worst, Some(fact));
                if let Some(key) = self.told(nearest, self.worse(whole, Some(fact))) {
                    *counts.entry(key).or_default() += 1;
                }
            }
            rest
        };
        if let Some(key) = self.told(nearest, whole).filter(|_| rest > 0) {
            *counts.entry(key).or_default() += rest;
        }
        self.list(Point::Dataset(dataset), nearest, worst);
        let table = self.tables.len() as u32;
        self.groups.extend(counts.into_iter().map(|((verdict, distance), count)| Group { verdict, distance, table, count }));
        self.tables.push(Table { dataset, nearest, whole, own });
    }

    /// The path of the column that changes, of its dataset.
    fn changed(&self, of: u32) -> Option<u32> {
        match &self.change {
            Change::Column { dataset, name, .. } if *dataset == of => Some(self.graph.path_number(name).unwrap_or(UNNAMED)),
            _ => None,
        }
    }

    /// The worse of two facts, the nearer of equals; what is the thing's own before what is of the whole, the last column of
    /// several by its name.
    fn worse(&self, a: Option<u32>, b: Option<u32>) -> Option<u32> {
        let rank = |&place: &u32| {
            let fact = self.fact(place);
            let name = if let Spot::Column(_, name) = fact.point { self.graph.path(name) } else { None };
            (fact.verdict, Reverse(fact.distance), name.is_some(), name)
        };
        a.into_iter().chain(b).max_by(|a, b| rank(a).cmp(&rank(b)))
    }

    pub(super) fn fact(&self, place: u32) -> &Fact {
        &self.facts.all[place as usize]
    }

    /// A column hop that a fact takes.
    pub(super) fn hop(&self, place: u32) -> Option<&Hop> {
        self.facts.hops.get(place as usize)
    }

    /// What people know it by.
    pub(super) fn point(&self, spot: Spot) -> Point {
        match (spot, &self.change) {
            (Spot::Dataset(dataset), _) => Point::Dataset(dataset),
            (Spot::Job(job), _) => Point::Job(job),
            (Spot::Column(dataset, UNNAMED), Change::Column { name, .. }) => Point::Column(dataset, name.as_str().into()),
            (Spot::Column(dataset, name), _) => Point::Column(dataset, self.graph.path(name).cloned().unwrap_or_default()),
        }
    }

    /// The worst verdict of all; safe when nothing is downstream.
    pub fn worst(&self) -> Verdict {
        let of_columns = self.groups.first().map(|group| group.verdict);
        self.nodes.first().map(|item| item.verdict).max(of_columns).unwrap_or(Verdict::Safe)
    }

    /// Datasets and jobs, in order.
    pub fn nodes(&self) -> &[Item] {
        &self.nodes
    }

    /// Calls with sort, verdict, distance and how many of these there are.
    pub(super) fn each_count(&self, mut call: impl FnMut(usize, Verdict, u32, u64)) {
        self.nodes.iter().for_each(|item| call(item.point.sort(), item.verdict, item.distance, 1));
        self.groups.iter().for_each(|group| call(2, group.verdict, group.distance, group.count.into()));
    }

    /// So many columns of these verdicts, in order, after the first `skip` of them; and how many there are in all.
    pub fn columns(&self, is_wanted: impl Fn(Verdict) -> bool, mut skip: u64, count: usize) -> (Vec<Item>, u64) {
        let (mut items, mut total) = (Vec::new(), 0);
        for group in self.groups.iter().filter(|group| is_wanted(group.verdict)) {
            let size = u64::from(group.count);
            total += size;
            if skip >= size {
                skip -= size;
            } else if items.len() < count {
                items.extend(self.columns_of(group).into_iter().skip(skip as usize).take(count - items.len()));
                skip = 0;
            }
        }
        (items, total)
    }

    /// Calls with dataset, number of the path and verdict of each column, in no order.
    pub fn each_column(&self, mut call: impl FnMut(u32, u32, Verdict)) {
        for table in &self.tables {
            let mut columns: HashMap<u32, Option<u32>> =
                self.graph.path_numbers_known(table.dataset, self.when).into_iter().map(|name| (name, table.whole)).collect();
            for &(_, fact) in &self.affected[table.own.clone()] {
                if let Spot::Column(_, name) = self.fact(fact).point {
                    columns.insert(name, self.worse(table.whole, Some(fact)));
                }
            }
            self.changed(table.dataset).map(|name| columns.remove(&name));
            for (name, fact) in columns {
                if let Some((verdict, _)) = self.told(table.nearest, fact) {
                    call(table.dataset, name, verdict);
                }
            }
        }
    }

    fn columns_of(&self, group: &Group) -> Vec<Item> {
        let table = &self.tables[group.table as usize];
        let mut columns: BTreeMap<Point, Option<u32>> = BTreeMap::new();
        for name in self.graph.path_numbers_known(table.dataset, self.when) {
            columns.insert(self.point(Spot::Column(table.dataset, name)), table.whole);
        }
        for &(_, fact) in &self.affected[table.own.clone()] {
            columns.insert(self.point(self.fact(fact).point), self.worse(table.whole, Some(fact)));
        }
        if let Some(name) = self.changed(table.dataset) {
            columns.remove(&self.point(Spot::Column(table.dataset, name)));
        }
        let item = |(point, fact): (Point, Option<u32>)| {
            let (verdict, distance) = self.told(table.nearest, fact)?;
            (verdict == group.verdict && distance == group.distance).then_some(Item { point, verdict, distance, fact })
        };
        columns.into_iter().filter_map(item).collect()
    }

    /// All of it in order, made while it is read.
    pub fn each(&self) -> impl Iterator<Item = Item> + '_ {
        let (mut nodes, mut groups) = (self.nodes.iter().peekable(), self.groups.iter().peekable());
        std::iter::from_fn(move || match (nodes.peek(), groups.peek()) {
            (Some(node), Some(group)) if (Reverse(group.verdict), group.distance) < (Reverse(node.verdict), node.distance) => {
                Some(self.columns_of(groups.next()?))
            }
            (Some(_), _) => Some(vec![nodes.next()?.clone()]),
            (None, Some(_)) => Some(self.columns_of(groups.next()?)),
            (None, None) => None,
        })
        .flatten()
    }
}

impl Item {
    /// The worst first, then the nearest; datasets before jobs.
    fn key(&self) -> (Reverse<Verdict>, u32, usize) {
        (Reverse(self.verdict), self.distance, self.point.sort())
    }
}
