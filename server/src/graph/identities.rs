//! Identities by dataset, in a few bytes each: most datasets are nothing but themselves.

use super::chunked::Packed;
use crate::fold::identity::Identity;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What is known of each dataset's identity.
#[derive(Default)]
pub struct Identities {
    pub(super) plain: Packed<Plain>,
    /// Of the few that have any.
    pub(super) rest: HashMap<u32, Rest>,
}

/// Aliases, and the time of the drop.
pub type Rest = (Box<[u32]>, Option<i64>);

/// What decides whether a dataset stands for others, see [`Identity`].
pub struct Mark {
    pub id: [u8; 16],
    pub named: bool,
    pub renamed: bool,
    pub table: bool,
}

/// What there is to say of every dataset.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub struct Plain {
    id: [u8; 16],
    flags: u8,
}

const KNOWN: u8 = 1;
const NAMED: u8 = 2;
const RENAMED: u8 = 4;
const TABLE: u8 = 8;
const TEMPORARY: u8 = 16;
const REST: u8 = 32;

impl Identities {
    /// What is known of a dataset.
    pub fn get(&self, dataset: u32) -> Option<Identity> {
        let &Plain { id, flags } = self.plain.get(dataset)?;
        let has = |flag: u8| flags & flag != 0;
        let rest = if has(REST) { self.rest.get(&dataset) } else { None };
        has(KNOWN).then(|| Identity {
            id,
            named: has(NAMED),
            renamed: has(RENAMED),
            table: has(TABLE),
            temporary: has(TEMPORARY),
            same_as: rest.map(|rest| rest.0.to_vec()).unwrap_or_default(),
            dropped: rest.and_then(|rest| rest.1),
        })
    }

    /// What a dataset says to be the same as itself; sorted.
    pub fn same_as(&self, dataset: u32) -> &[u32] {
        self.rest.get(&dataset).map_or(&[], |rest| &rest.0)
    }

    /// What decides whether a dataset stands for others.
    pub fn mark(&self, dataset: u32) -> Option<Mark> {
        let &Plain { id, flags } = self.plain.get(dataset)?;
        let has = |flag: u8| flags & flag != 0;
        has(KNOWN).then(|| Mark { id, named: has(NAMED), renamed: has(RENAMED), table: has(TABLE) })
    }

    /// Every dataset that says of others that they are the same.
    pub fn pointing(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.rest.iter().map(|(&dataset, (others, _))| (dataset, &**others)).filter(|(_, others)| !others.is_empty())
    }

    /// Takes over what is now known of it.
    pub fn set(&mut self, dataset: u32, identity: &Identity) {
        let Identity { id, named, renamed, table, temporary, ref same_as, dropped } = *identity;
        let has_rest = !same_as.is_empty() || dropped.is_some();
        let flags = [(true, KNOWN), (named, NAMED), (renamed, RENAMED), (table, TABLE), (temporary, TEMPORARY), (has_rest, REST)];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum();
        *self.plain.get_mut(dataset) = Plain { id, flags };
        if has_rest {
            self.rest.insert(dataset, (same_as.clone().into(), dropped));
        } else {
            self.rest.remove(&dataset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost(id in any::<[u8; 16]>(), flags in any::<[bool; 4]>(), same_as in prop::collection::vec(0..9u32, 0..3), dropped in any::<Option<i64>>()) {
            let [named, renamed, table, temporary] = flags;
            let identity = Identity { id, named, renamed, table, temporary, same_as, dropped };
            let mut identities = Identities::default();
            identities.set(7, &Identity { same_as: vec![3], ..Identity::default() });
            identities.set(7, &identity);
            prop_assert_eq!((identities.get(7), identities.get(6)), (Some(identity), None));
        }
    }
}
