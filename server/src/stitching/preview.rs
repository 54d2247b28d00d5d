//! What naming rules would do to the datasets of a catalog: who gets another name, and who meets
//! whom under it. Changes nothing.

use crate::catalog::read::NameRow;
use schema::id;
use schema::naming::{Canonical, Rules};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What rules would do.
#[derive(Default)]
pub struct Preview {
    /// Datasets looked at.
    pub datasets: usize,
    /// Datasets by the rule that changes their name.
    pub rules: BTreeMap<String, usize>,
    /// Two or more datasets that become one, in order of the canonical name.
    pub joined: Vec<Class>,
    /// Datasets that only get another name.
    pub renamed: Vec<(NameRow, Canonical)>,
    /// Rules that chase each other on some names and do nothing there.
    pub unsettled: BTreeMap<Vec<String>, Unsettled>,
}

/// Datasets under one canonical name.
pub struct Class {
    /// Canonical namespace.
    pub namespace: String,
    /// Canonical name.
    pub name: String,
    /// Each with the rules that lead here; none for the one that has this name already.
    pub members: Vec<(NameRow, Vec<String>)>,
}

/// Names on which rules do not come to rest.
pub struct Unsettled {
    /// How many.
    pub datasets: usize,
    /// One of them.
    pub example: NameRow,
}

impl Preview {
    /// One pass over all names.
    pub fn of(names: Vec<NameRow>, rules: &Rules) -> Self {
        let mut preview = Self { datasets: names.len(), ..Self::default() };
        let mut to: HashMap<Uuid, Vec<(NameRow, Canonical)>> = HashMap::new();
        let mut same = Vec::new();
        for row in names {
            match rules.canonical(&row.namespace, &row.name) {
                Some(canonical) => {
                    for rule in &canonical.rules {
                        *preview.rules.entry(rule.clone()).or_default() += 1;
                    }
                    to.entry(id::dataset(&canonical.namespace, &canonical.name)).or_default().push((row, canonical));
                }
                None => same.push(row),
            }
        }
        let mut already: HashMap<Uuid, NameRow> = HashMap::new();
        for row in same {
            let chasing = rules.unsettled(&row.namespace, &row.name);
            if !chasing.is_empty() {
                let example = row.clone();
                preview.unsettled.entry(chasing).or_insert(Unsettled { datasets: 0, example }).datasets += 1;
            }
            let id = id::dataset(&row.namespace, &row.name);
            if to.contains_key(&id) {
                already.insert(id, row);
            }
        }
        for (id, members) in to {
            preview.place(members, already.remove(&id));
        }
        preview.joined.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        preview.renamed.sort_by(|(a, _), (b, _)| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        preview
    }

    fn place(&mut self, mut members: Vec<(NameRow, Canonical)>, already: Option<NameRow>) {
        if members.len() == 1 && already.is_none() {
            self.renamed.append(&mut members);
            return;
        }
        let Some((_, Canonical { namespace, name, .. })) = members.first().cloned() else { return };
        let mut members: Vec<_> = members.into_iter().map(|(row, canonical)| (row, canonical.rules)).collect();
        members.sort_by(|(a, _), (b, _)| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        members.splice(0..0, already.map(|row| (row, Vec::new())));
        self.joined.push(Class { namespace, name, members });
    }

    /// Datasets that become part of another one.
    pub fn joined_datasets(&self) -> usize {
        self.joined.iter().map(|class| class.members.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_meets_whom() {
        let sent = [("s3a://l", "a"), ("s3://l", "a"), ("s3n://l", "a/"), ("s3a://l", "b"), ("s3://l", "c"), ("loop", "x")];
        let names = (0..).zip(sent).map(|(number, (namespace, name))| NameRow { number, namespace: namespace.into(), name: name.into() });
        let text = "[[rule]]\nname = 'round'\nnamespace = '(loop.*)'\nto = { namespace = '$1$1' }";
        let preview = Preview::of(names.collect(), &Rules::read("t", text).unwrap());
        let class = &preview.joined[0];
        let members: Vec<_> = class.members.iter().map(|(row, rules)| (row.number, rules.len())).collect();
        assert_eq!((preview.joined.len(), class.namespace.as_str(), members), (1, "s3://l", vec![(1, 0), (0, 1), (2, 2)]));
        assert_eq!(preview.renamed.iter().map(|(row, _)| row.number).collect::<Vec<_>>(), [3]);
        assert_eq!((preview.datasets, preview.joined_datasets(), preview.rules["preset:scheme_aliases"]), (6, 3, 3));
        assert_eq!(preview.unsettled[&vec!["round".to_owned()]].example.number, 5);
    }
}
