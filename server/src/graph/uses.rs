//! Column lineage around one dataset, hop by hop, as it is asserted: who names which column of it, and
//! which columns of it are made of what. Walks follow hops over many datasets; this is one step.

use super::columns::{ColumnEnd, ColumnHop};
use super::{ColumnLink, ColumnNode, Direction, Graph, When};

impl Graph {
    /// Every column hop that leaves (downstream) or enters (upstream) a dataset under any of its names
    /// and holds then. What is not said of a particular column stands on the dataset as a whole.
    pub fn column_hops(&self, dataset: u32, direction: Direction, when: When) -> Vec<ColumnLink> {
        let down = direction == Direction::Downstream;
        let whole = ColumnNode::Dataset(self.representative(dataset));
        let mut links = Vec::new();
        for vertex in self.members(&dataset).iter().filter_map(|&member| self.datasets.get(member)) {
            let hops = if down { &vertex.whole_out } else { &vertex.whole_into };
            links.extend(hops.iter().filter_map(|hop| self.link_of(&whole, hop, down, when)));
            for column in vertex.columns.iter().filter_map(|&id| self.columns.get(id)) {
                let here = ColumnNode::Column(self.representative(dataset), column.name.clone());
                let hops = if down { &column.out } else { &column.into };
                links.extend(hops.iter().filter_map(|hop| self.link_of(&here, hop, down, when)));
            }
        }
        links
    }

    fn link_of(&self, here: &ColumnNode, hop: &ColumnHop, down: bool, when: When) -> Option<ColumnLink> {
        let flow = self.column_flows.get(hop.flow)?;
        let (first, last) = flow.evidence(when)?;
        let there = match hop.other {
            ColumnEnd::Column(id) => {
                let column = self.columns.get(id)?;
                ColumnNode::Column(self.representative(column.dataset), column.name.clone())
            }
            ColumnEnd::Whole(dataset) => ColumnNode::Dataset(self.representative(dataset)),
        };
        let (from, to) = if down { (here.clone(), there) } else { (there, here.clone()) };
        Some(ColumnLink {
            from,
            to,
            owner: flow.owner,
            transformations: hop.transformations.clone(),
            column_level: true,
            basis: flow.basis,
            first,
            last,
        })
    }
}
