//! The table of rules: what a use of a changed column means for who uses it (issue 4, item 4). Nothing
//! else in this room decides a verdict by the kind of change.

use super::Verdict::{self, Breaks, Risky, Safe};
use crate::graph::{Graph, Hop, HopEnd};

/// What happens to a column, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Another name of the same type.
    Same,
    /// A type that holds every value of the old one.
    Widened,
    /// Another type, and it is not known how it relates to the old one.
    Retyped,
    /// A type that does not hold every value of the old one, or holds values of another kind.
    Narrowed,
    /// It is no longer there under this name.
    Gone,
}

/// The role in which a job uses a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Its value flows on.
    Direct,
    /// Its value flows on, masked (hashed, cut, …).
    Masked,
    /// It decides which rows there are, their order or which value is taken: filter, join, group, sort, window.
    Indirect,
    /// Not it but the structure around it is used, as one value.
    Around,
}

/// What a use means: for who uses the column, and for everything else that the same job writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Of the job, and of the column that is made.
    pub verdict: Verdict,
    /// Of all outputs of the job: whether the job may fail.
    pub outputs: Verdict,
}

impl Kind {
    /// What a use of the changed column itself means.
    pub fn at_once(self, role: Role) -> Effect {
        let (verdict, outputs) = match (self, role) {
            (Self::Same, _) | (Self::Widened, Role::Indirect) => (Safe, Safe),
            (Self::Widened, _) => (Risky, Safe),
            (Self::Narrowed, Role::Direct) => (Breaks, Risky),
            (Self::Retyped | Self::Narrowed, _) | (Self::Gone, Role::Around) => (Risky, Risky),
            // Whatever it does with the column, SQL that names it fails.
            (Self::Gone, _) => (Breaks, Breaks),
        };
        Effect { verdict, outputs }
    }

    /// What a use of a column means that is affected itself, further on: it is still there, as it was.
    pub fn further(self, role: Role, from: Verdict) -> Verdict {
        match (self, role) {
            (_, Role::Direct) | (Self::Gone, Role::Masked) => from,
            (Self::Same | Self::Widened, Role::Indirect) => Safe,
            _ => from.min(Risky),
        }
    }
}

impl Role {
    /// The role of a hop's source. What decides about a whole dataset is indirect, whatever it is called.
    pub fn of(graph: &Graph, hop: &Hop) -> Self {
        if matches!(hop.to, HopEnd::Dataset(_)) || graph.decides(hop.how) {
            return Self::Indirect;
        }
        let mut direct = graph.how(hop.how).iter().filter(|how| how.is_direct()).peekable();
        if direct.peek().is_some() && direct.all(|how| how.masking) { Self::Masked } else { Self::Direct }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// docs/CHECK.md shows this table.
    #[test]
    fn the_table() {
        let mut lines = Vec::new();
        for kind in [Kind::Gone, Kind::Narrowed, Kind::Retyped, Kind::Widened, Kind::Same] {
            for role in [Role::Direct, Role::Masked, Role::Indirect, Role::Around] {
                let Effect { verdict, outputs } = kind.at_once(role);
                lines.push(format!("{kind:?} {role:?}: {verdict:?}, outputs {outputs:?}, further {:?}", kind.further(role, verdict)));
            }
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
