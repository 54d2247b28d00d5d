//! Names to groups in one pass: a hash of each name's loosest form, a sort, and an exact look at
//! those whose hashes meet. Nothing is compared in pairs.

use crate::catalog::read::NameRow;
use schema::naming::{Alike, Difference, Rules, alike, alike_in_case, differences, host_family};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// Datasets that look like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In what their names differ.
    pub kinds: Vec<Difference>,
    /// The catalog's numbers, in order of namespace and name.
    pub members: Vec<u32>,
    /// Groups on the same hosts, this one included; 0 where the host is no difference.
    pub shared: usize,
    /// By member: members with one number have one canonical name under the rules in force.
    canonical: Vec<u32>,
    /// The rules that change a member's name.
    pub rules: Vec<String>,
    /// Orders groups of one kind.
    first: (String, String),
}

impl Group {
    /// True when the rules in force give all members one name.
    pub(super) fn covered(&self) -> bool {
        self.canonical.iter().all(|&canonical| canonical == 0)
    }

    /// How many are left when those of one canonical name or of one class are one.
    pub(super) fn left(&self, class: impl Fn(u32) -> u32) -> usize {
        // A forest over canonical names; every class joins those that it meets.
        let mut roots: Vec<u32> = (0..=self.canonical.iter().copied().max().unwrap_or(0)).collect();
        let mut left = roots.len();
        let mut classes: HashMap<u32, u32> = HashMap::new();
        for (&member, &canonical) in self.members.iter().zip(&self.canonical) {
            let other = *classes.entry(class(member)).or_insert(canonical);
            let (a, b) = (root(&mut roots, canonical), root(&mut roots, other));
            if a != b {
                roots[a.max(b) as usize] = a.min(b);
                left -= 1;
            }
        }
        left
    }

    /// Names it on every server: what kind of likeness it is of, and its first name.
    pub fn key(&self) -> String {
        format!("{}\n{}\n{}", self.rank(), self.first.0, self.first.1)
    }

    /// Surest first: spelling, then case, then other hosts.
    fn rank(&self) -> u8 {
        u8::from(self.kinds.contains(&Difference::Case)) + 2 * u8::from(self.kinds.contains(&Difference::Host))
    }
}

fn root(roots: &mut [u32], mut at: u32) -> u32 {
    while roots[at as usize] != at {
        roots[at as usize] = roots[roots[at as usize] as usize];
        at = roots[at as usize];
    }
    at
}

/// Keys never leave the process, so whoever sends names cannot aim at collisions.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Hashes of the loosest forms, by dataset: of the whole name, and of the name without its host (0: none).
#[derive(Default)]
pub(super) struct Keys {
    spelled: Vec<u64>,
    family: Vec<u64>,
}

impl Keys {
    pub fn of(names: &[NameRow]) -> Self {
        let mut keys = Self::default();
        for row in names {
            let form = alike(&row.namespace, &row.name);
            keys.family.push(host_family(&form).map_or(0, |family| HASHER.hash_one(family)));
            keys.spelled.push(HASHER.hash_one(form));
        }
        keys
    }

    pub fn extend(&mut self, more: Self) {
        self.spelled.extend(more.spelled);
        self.family.extend(more.family);
    }

    pub fn len(&self) -> usize {
        self.spelled.len()
    }
}

/// Datasets whose hash is another's too, by number.
pub(super) fn candidates(keys: &Keys) -> Vec<u32> {
    let mut found = BTreeSet::new();
    for hashes in [&keys.spelled, &keys.family] {
        let mut order: Vec<(u64, u32)> =
            hashes.iter().zip(0..).filter(|(hash, _)| **hash != 0).map(|(&hash, number)| (hash, number)).collect();
        order.sort_unstable();
        for equal in order.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
            found.extend(equal.iter().map(|&(_, number)| number));
        }
    }
    found.into_iter().collect()
}

/// The groups among these names, in order.
pub(super) fn group(mut names: Vec<NameRow>, rules: &Rules) -> Vec<Group> {
    names.sort_unstable_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let mut spelled: HashMap<Alike, Vec<usize>> = HashMap::new();
    let mut families: HashMap<Alike, (usize, Vec<usize>)> = HashMap::new();
    for (i, row) in names.iter().enumerate() {
        let form = alike(&row.namespace, &row.name);
        if let Some(family) = host_family(&form) {
            let (forms, members) = families.entry(family).or_default();
            members.push(i);
            // Spellings of one name on one host are no family.
            *forms += usize::from(!spelled.contains_key(&form));
        }
        spelled.entry(form).or_default().push(i);
    }
    let families = families.into_values().filter(|(forms, _)| *forms > 1).map(|(_, members)| members);
    let spelled = spelled.into_values().filter(|members| members.len() > 1).flat_map(|members| by_case(members, &names));
    let mut groups: Vec<Group> = spelled.chain(families).map(|members| make(&members, &names, rules)).collect();
    count_shared(&mut groups, &names);
    groups.sort_by(|a, b| (a.rank(), &a.first, &a.members).cmp(&(b.rank(), &b.first, &b.members)));
    groups
}

/// Spellings in one case are a group of their own: what is as good as certain must not wait for what is
/// not. Where there are several cases, all of them are one more group.
fn by_case(members: Vec<usize>, names: &[NameRow]) -> Vec<Vec<usize>> {
    let mut cases: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for &i in &members {
        let form = alike_in_case(&names[i].namespace, &names[i].name);
        cases.entry((form.namespace, form.name)).or_default().push(i);
    }
    let several = cases.len() > 1;
    let mut groups: Vec<Vec<usize>> = cases.into_values().filter(|members| members.len() > 1).collect();
    if several {
        groups.push(members);
    }
    groups
}

fn make(members: &[usize], names: &[NameRow], rules: &Rules) -> Group {
    let rows: Vec<&NameRow> = members.iter().map(|&i| &names[i]).collect();
    let pairs: Vec<(&str, &str)> = rows.iter().map(|row| (row.namespace.as_str(), row.name.as_str())).collect();
    let mut known: HashMap<(String, String), u32> = HashMap::new();
    let mut applied = Vec::new();
    let canonical = rows.iter().map(|row| {
        let name = match rules.canonical(&row.namespace, &row.name) {
            Some(canonical) => {
                applied.extend(canonical.rules);
                (canonical.namespace, canonical.name)
            }
            None => (row.namespace.clone(), row.name.clone()),
        };
        let next = known.len() as u32;
        *known.entry(name).or_insert(next)
    });
    let canonical = canonical.collect();
    applied.sort_unstable();
    applied.dedup();
    let first = pairs.first().map_or_else(Default::default, |&(namespace, name)| (namespace.to_owned(), name.to_owned()));
    Group { kinds: differences(&pairs), members: rows.iter().map(|row| row.number).collect(), shared: 0, canonical, rules: applied, first }
}

/// How many groups are on the same hosts: many mean that one host is the other's copy, or its other name.
fn count_shared(groups: &mut [Group], names: &[NameRow]) {
    let namespaces: HashMap<u32, &str> = names.iter().map(|row| (row.number, row.namespace.as_str())).collect();
    let hosts = |group: &Group| group.members.iter().filter_map(|member| namespaces.get(member).copied()).collect::<BTreeSet<&str>>();
    let mut counts: BTreeMap<BTreeSet<&str>, usize> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.kinds.contains(&Difference::Host)) {
        *counts.entry(hosts(group)).or_default() += 1;
    }
    for group in groups.iter_mut().filter(|group| group.kinds.contains(&Difference::Host)) {
        group.shared = counts.get(&hosts(group)).copied().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<NameRow> {
        let row = |(number, text): (u32, &&str)| {
            let (namespace, name) = text.split_once(" | ").unwrap();
            NameRow { number, namespace: namespace.into(), name: name.into() }
        };
        (0..).zip(list).map(row).collect()
    }

    fn found(list: &[&str], rules: &Rules) -> Vec<(Vec<Difference>, Vec<u32>, usize)> {
        let names = names(list);
        let numbers = candidates(&Keys::of(&names));
        let names = names.into_iter().filter(|row| numbers.contains(&row.number)).collect();
        group(names, rules).into_iter().map(|group| (group.kinds.clone(), group.members.clone(), group.left(|dataset| dataset))).collect()
    }

    #[test]
    fn names_that_look_alike_are_grouped_surest_first() {
        let list = [
            "postgres://db1:5432 | shop.orders",
            "postgres://db2:5432 | shop.orders",
            "s | x",
            "postgresql://db1 | shop.Orders",
            "s3a://lake | data/",
            "s3://lake | data",
            "s3://other | data",
            "S | y",
        ];
        let expected = vec![
            (vec![Difference::Scheme, Difference::Slash], vec![5, 4], 1),
            (vec![Difference::Port, Difference::Scheme, Difference::Case], vec![0, 3], 2),
            (vec![Difference::Host], vec![0, 1, 3], 3),
        ];
        assert_eq!(found(&list, &Rules::default()), expected);
    }

    #[test]
    fn spellings_on_one_host_are_no_other_hosts() {
        let list = ["postgres://db | a.b", "postgres://db:5432 | a.b", "postgres://DB | A.b"];
        let found: Vec<_> = found(&list, &Rules::default()).into_iter().map(|group| (group.0, group.1)).collect();
        // What is certain stands alone, and once more with what is not.
        assert_eq!(found, [(vec![Difference::Port], vec![0, 1]), (vec![Difference::Port, Difference::Case], vec![2, 0, 1])]);
    }

    #[test]
    fn classes_and_canonical_names_join_what_is_left() {
        let list = ["s3://l | a", "s3a://l | a", "s3://l | A", "s3n://l | A/"];
        let group = group(names(&list), &Rules::default()).into_iter().find(|group| group.members.len() == 4).unwrap();
        assert_eq!(group.left(|dataset| dataset), 2);
        assert_eq!(group.left(|dataset| u32::from(dataset < 2)), 2);
        assert_eq!(group.left(|dataset| if dataset == 3 { 0 } else { dataset }), 1);
        assert!(!group.covered());
    }

    #[test]
    fn hosts_that_share_many_names_are_counted() {
        let list = ["hive://a | x.y", "hive://a | x.z", "hive://b | x.y", "hive://b | x.z", "hive://c | x.z"];
        let groups = group(names(&list), &Rules::default());
        assert_eq!(groups.iter().map(|group| (group.members.len(), group.shared)).collect::<Vec<_>>(), [(2, 1), (3, 1)]);
    }
}
