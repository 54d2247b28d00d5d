//! Datasets and jobs in four bytes: the highest bit tells a job. The catalog counts up from one and never
//! comes near it.

use super::Node;
use crate::fold::flow::Owner;
use serde::{Deserialize, Serialize};

/// A node, or an owner of edges, as the graph keeps it. Ordered as nodes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Code(u32);

const JOB: u32 = 1 << 31;

impl From<Node> for Code {
    fn from(node: Node) -> Self {
        match node {
            Node::Dataset(dataset) => Self(dataset),
            Node::Job(job) => Self(job | JOB),
        }
    }
}

impl From<Code> for Node {
    fn from(code: Code) -> Self {
        if code.0 & JOB == 0 { Self::Dataset(code.0) } else { Self::Job(code.0 & !JOB) }
    }
}

impl From<Owner> for Code {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Dataset(dataset) => Self(dataset),
            Owner::Job(job) => Self(job | JOB),
        }
    }
}

impl From<Code> for Owner {
    fn from(code: Code) -> Self {
        if code.0 & JOB == 0 { Self::Dataset(code.0) } else { Self::Job(code.0 & !JOB) }
    }
}

/// Some codes, each once, sorted; exactly as large as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes(Box<[Code]>);

impl Codes {
    /// Every one, in order.
    pub fn iter(&self) -> impl Iterator<Item = Code> + '_ {
        self.0.iter().copied()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts one in, or takes it out.
    pub fn set(&mut self, code: Code, is_in: bool) {
        let place = self.0.binary_search(&code);
        if place.is_ok() == is_in {
            return;
        }
        let mut codes = std::mem::take(&mut self.0).into_vec();
        match place {
            Err(place) => {
                codes.reserve_exact(1);
                codes.insert(place, code);
            }
            Ok(place) => {
                codes.remove(place);
            }
        }
        self.0 = codes.into_boxed_slice();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ordered_as_nodes_are() {
        let nodes = [Node::Dataset(0), Node::Dataset(7), Node::Job(0), Node::Job(7)];
        let codes = nodes.map(Code::from);
        assert!(codes.is_sorted());
        assert_eq!(codes.map(Node::from), nodes);
        assert_eq!(Owner::from(Code::from(Owner::Job(3))), Owner::Job(3));
    }

    #[test]
    fn a_code_is_in_or_out() {
        let mut codes = Codes::default();
        for (code, is_in) in [(3, true), (1, true), (3, true), (2, false), (1, false)] {
            codes.set(Code(code), is_in);
        }
        assert!(codes.iter().eq([Code(3)]));
    }
}
