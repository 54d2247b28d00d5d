//! Column lineage around one dataset, hop by hop, as it is asserted: who names which column of it, and
//! which columns of it are made of what. Walks follow hops over many datasets; this is one step.

use super::columns::ColumnEnd;
use super::hops::ColumnHop;
use super::{ColumnLink, ColumnNode, Direction, Graph, When};

impl Graph {
    /// Every column hop that leaves (downstream) or enters (upstream) a dataset under any of its names
    /// and holds then. What is not said of a particular column stands on the dataset as a whole.
    pub fn column_hops(&self, dataset: u32, direction: Direction, when: When) -> Vec<ColumnLink> {
        let down = direction == Direction::Downstream;
        let mut links = Vec::new();
        for &member in self.members(&dataset) {
            links.extend(self.hops_around(member, down).filter_map(|hop| self.link_of(&hop, down, when)));
        }
        links
    }

    fn link_of(&self, hop: &ColumnHop<'_>, down: bool, when: When) -> Option<ColumnLink> {
        let (first, last) = hop.flow.evidence(when)?;
        let (here, there) = (self.column_node(hop.here)?, self.column_node(hop.other)?);
        let (from, to) = if down { (here, there) } else { (there, here) };
        Some(ColumnLink {
            from,
            to,
            owner: hop.flow.owner,
            transformations: hop.transformations.clone(),
            column_level: true,
            basis: hop.flow.basis,
            first,
            last,
        })
    }

    /// The vertex that an end of a hop stands for.
    pub(super) fn column_node(&self, end: ColumnEnd) -> Option<ColumnNode> {
        Some(match end {
            ColumnEnd::Whole(dataset) => ColumnNode::Dataset(self.representative(dataset)),
            ColumnEnd::Column(column) => {
                let (dataset, name) = self.column_name(column)?;
                ColumnNode::Column(self.representative(dataset), name.clone())
            }
        })
    }
}
