//! Who says what of the columns of a dataset now, and whether it names any filter or join: what tells how far that can be
//! believed. Told when somebody asks (`blocks`).

use super::blocks::{ROWS, Table, Ways};
use super::code::Code;
use super::snapshot::Graph;
use super::{Basis, Direction, When};
use crate::fold::flow::Owner;
use std::sync::Arc;

/// Rows of a block, one after the other.
pub struct Deciding {
    begins: Vec<u32>,
    owners: Vec<Code>,
    deciding: Vec<bool>,
}

impl Deciding {
    fn row(&self, row: usize) -> impl Iterator<Item = (Owner, bool)> + '_ {
        let places = self.begins[row] as usize..self.begins[row + 1] as usize;
        self.owners[places.clone()].iter().map(|&owner| owner.into()).zip(self.deciding[places].iter().copied())
    }
}

impl Table for Arc<Deciding> {
    fn tell(graph: &Graph, _: bool, first: u32, before: Option<&Self>, holds: &dyn Fn(usize) -> bool) -> Self {
        let mut told = Deciding { begins: vec![0], owners: Vec::new(), deciding: Vec::new() };
        let mut how = Hows::default();
        for row in 0..ROWS {
            let known = before.filter(|_| holds(row)).map(|before| before.row(row).collect());
            let said = known.unwrap_or_else(|| graph.deciding_anew(first + row as u32, When::Now, &mut how));
            for (owner, decides) in said {
                told.owners.push(owner.into());
                told.deciding.push(decides);
            }
            told.begins.push(told.owners.len() as u32);
        }
        told.owners.shrink_to_fit();
        told.deciding.shrink_to_fit();
        Self::new(told)
    }
}

/// Whether what is done decides and brings no value, by its number.
#[derive(Default)]
struct Hows(Vec<Option<bool>>);

impl Hows {
    fn decides(&mut self, graph: &Graph, how: u32) -> bool {
        if self.0.len() <= how as usize {
            self.0.resize(how as usize + 1, None);
        }
        *self.0[how as usize].get_or_insert_with(|| graph.decides(how))
    }
}

impl Graph {
    /// Whether column lineage of an output by one owner names any filter, join or the like then; none when it says nothing at
    /// all. What is inferred does not count.
    pub fn names_decisions(&self, output: u32, owner: Owner, when: When) -> Option<bool> {
        let told = if when == When::Now { self.deciding.table(self, true, Ways::<Arc<Deciding>>::place(output)) } else { None };
        match told.filter(|_| self.representative(output) == output) {
            Some(told) => said_by(told.row(output as usize % ROWS), owner),
            None => said_by(self.deciding_anew(output, when, &mut Hows::default()).into_iter(), owner),
        }
    }

    /// True for what decides which rows or values there are, and brings no value itself.
    pub fn decides(&self, how: u32) -> bool {
        let transformations = self.how(how);
        !transformations.is_empty() && !transformations.iter().any(|how| how.is_direct())
    }

    fn deciding_anew(&self, output: u32, when: When, known: &mut Hows) -> Vec<(Owner, bool)> {
        let mut said: Vec<(Owner, bool)> = Vec::new();
        for facet in self.said(output, Direction::Upstream, when).filter(|said| said.basis() != Basis::Inferred) {
            let decides = facet.hows().any(|(how, is_whole)| is_whole || known.decides(self, how));
            match said.iter_mut().find(|(owner, _)| *owner == facet.owner()) {
                Some(before) => before.1 |= decides,
                None => said.push((facet.owner(), decides)),
            }
        }
        said
    }
}

fn said_by(mut said: impl Iterator<Item = (Owner, bool)>, owner: Owner) -> Option<bool> {
    said.find(|(who, _)| *who == owner).map(|(_, decides)| decides)
}
