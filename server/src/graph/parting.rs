//! Which parts a class falls into when assertions went. A search begins at each end of each edge that went, all of
//! them go on in turn, those that meet become one, and the last one need not end: so a parting costs the smaller parts
//! and not the class, however large it is. Where an edge went and everything hangs together still, it costs at most
//! the assertions of the class.

use super::assertions::{Assertions, Point};
use hashbrown::HashMap;
use std::collections::VecDeque;

type Next<'a> = Box<dyn Iterator<Item = Point> + 'a>;

/// One search; several that met are one.
#[derive(Default)]
struct Search<'a> {
    found: Vec<u32>,
    /// Points of which no step was taken yet,
    open: Vec<Point>,
    /// and those under way.
    under_way: Vec<Next<'a>>,
}

/// The parts that hang together with one of `seeds` and no longer with the rest, each with all its datasets. The rest,
/// which is the largest or nearly so, is not among them. Only points of which `belongs` is true are looked at.
pub fn parts(assertions: &Assertions, seeds: &[u32], belongs: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
    let mut searches = Searches::new(seeds);
    let mut parts = Vec::new();
    let mut turns: VecDeque<usize> = (0..searches.all.len()).collect();
    let mut going = turns.len();
    while going > 1 {
        let Some(number) = turns.pop_front() else { break };
        if searches.root(number) != number {
            continue;
        }
        match searches.step(assertions, number, &belongs) {
            Step::Ended => {
                going -= 1;
                parts.push(std::mem::take(&mut searches.all[number].found));
            }
            Step::Went => turns.push_back(number),
            Step::Met(other) => {
                going -= 1;
                // The other one still has its turn.
                if searches.join(number, other) == number {
                    turns.push_back(number);
                }
            }
        }
    }
    parts
}

enum Step {
    Ended,
    Went,
    Met(usize),
}

struct Searches<'a> {
    all: Vec<Search<'a>>,
    /// Which search each point was found by.
    by: HashMap<Point, usize>,
    /// The search that it became part of.
    into: Vec<usize>,
}

impl<'a> Searches<'a> {
    fn new(seeds: &[u32]) -> Self {
        let mut searches = Self { all: Vec::with_capacity(seeds.len()), by: HashMap::with_capacity(seeds.len()), into: Vec::new() };
        for &seed in seeds {
            let number = searches.all.len();
            if searches.by.try_insert(Point::Dataset(seed), number).is_ok() {
                searches.all.push(Search { found: vec![seed], open: vec![Point::Dataset(seed)], under_way: Vec::new() });
            }
        }
        searches.into = (0..searches.all.len()).collect();
        searches
    }

    fn root(&mut self, number: usize) -> usize {
        let mut root = number;
        while self.into[root] != root {
            self.into[root] = self.into[self.into[root]];
            root = self.into[root];
        }
        root
    }

    /// Takes one step of one search.
    fn step(&mut self, assertions: &'a Assertions, number: usize, belongs: &impl Fn(u32) -> bool) -> Step {
        let search = &mut self.all[number];
        let Some(next) = search.under_way.last_mut() else {
            let Some(point) = search.open.pop() else { return Step::Ended };
            search.under_way.push(assertions.next(point));
            return Step::Went;
        };
        let Some(point) = next.next() else {
            search.under_way.pop();
            return Step::Went;
        };
        if matches!(point, Point::Dataset(dataset) if !belongs(dataset)) {
            return Step::Went;
        }
        if let Some(&other) = self.by.get(&point) {
            let other = self.root(other);
            return if other == number { Step::Went } else { Step::Met(other) };
        }
        self.by.insert(point, number);
        search.open.push(point);
        if let Point::Dataset(dataset) = point {
            search.found.push(dataset);
        }
        Step::Went
    }

    /// Makes one of two that met; which one it is.
    fn join(&mut self, one: usize, other: usize) -> usize {
        let size = |search: &Search<'_>| search.found.len() + search.open.len() + search.under_way.len();
        let (small, large) = if size(&self.all[one]) < size(&self.all[other]) { (one, other) } else { (other, one) };
        let Search { found, open, under_way } = std::mem::take(&mut self.all[small]);
        self.into[small] = large;
        let search = &mut self.all[large];
        search.found.extend(found);
        search.open.extend(open);
        search.under_way.extend(under_way);
        large
    }
}
