//! Two states compared: what is there now and was not, what is gone, what is another.

use std::collections::BTreeMap;

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference<V> {
    /// Only in the second.
    Added(V),
    /// Only in the first.
    Removed(V),
    /// In both, and not the same.
    Changed(V, V),
}

/// Everything that differs, in order of the keys.
pub fn compare<K: Ord + Clone, V: PartialEq + Clone>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Vec<(K, Difference<V>)> {
    let gone = before.iter().filter(|(key, _)| !after.contains_key(key)).map(|(key, old)| (key.clone(), Difference::Removed(old.clone())));
    let here = after.iter().filter_map(|(key, new)| {
        let difference = match before.get(key) {
            None => Difference::Added(new.clone()),
            Some(old) if old != new => Difference::Changed(old.clone(), new.clone()),
            Some(_) => return None,
        };
        Some((key.clone(), difference))
    });
    let mut all: Vec<_> = gone.chain(here).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_difference_leads_from_the_first_to_the_second(
            before in prop::collection::btree_map(0..9u8, 0..3u8, 0..9),
            after in prop::collection::btree_map(0..9u8, 0..3u8, 0..9),
        ) {
            let mut patched = before.clone();
            for (key, difference) in compare(&before, &after) {
                match difference {
                    Difference::Added(value) => prop_assert_eq!(patched.insert(key, value), None),
                    Difference::Removed(value) => prop_assert_eq!(patched.remove(&key), Some(value)),
                    Difference::Changed(old, new) => prop_assert_eq!(patched.insert(key, new), Some(old)),
                }
            }
            prop_assert_eq!(patched, after);
        }
    }
}
