//! The k shortest paths between two vertices of an answer, none through a vertex twice (Yen 1971),
//! shortest first and among equals in a fixed order; and how many there are altogether.

use super::Confidence;
use super::answer::{AnswerEdge, Vertex};
use super::reckon::{Step, reckon};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;

/// Paths between two vertices.
#[derive(Debug, Default)]
pub struct Paths {
    /// The shortest; of each its steps, of each step the edges that make it.
    pub shortest: Vec<Vec<Vec<AnswerEdge>>>,
    /// How many there are, a cycle on the way counted as one stop; `u64::MAX` is that many or more.
    pub total: u64,
    /// True when a cycle lies on the way, so that `total` is not the number of simple paths.
    pub on_cycle: bool,
}

/// Vertices that a path may go on to.
type Steps<V> = BTreeMap<V, BTreeSet<V>>;

/// The `k` shortest paths from `start` to `end` over edges that an answer downstream of `start` holds, of equally long ones
/// those whose vertices come first by `key`.
pub fn paths<K: Ord>(edges: &[AnswerEdge], key: impl Fn(&Vertex) -> K, (start, end): (&Vertex, &Vertex), k: usize) -> Paths {
    // Vertices by their place in the order: an answer's own may be another server's otherwise.
    let mut vertices: Vec<&Vertex> = edges.iter().flat_map(|edge| [&edge.from, &edge.to]).chain([start, end]).collect();
    vertices.sort_unstable();
    vertices.dedup();
    vertices.sort_by_cached_key(|vertex| key(vertex));
    let places: HashMap<&Vertex, u32> = vertices.iter().copied().zip(0..).collect();
    let (start, end) = (places[start], places[end]);
    let mut by_ends: BTreeMap<(u32, u32), Vec<&AnswerEdge>> = BTreeMap::new();
    edges.iter().for_each(|edge| by_ends.entry((places[&edge.from], places[&edge.to])).or_default().push(edge));
    let steps = towards(end, by_ends.keys().copied());
    let onward = steps.iter().flat_map(|(&near, fars)| fars.iter().map(move |&far| (near, far)));
    let inner: Vec<_> = onward.map(|(near, far)| Step { near, far, confidence: Confidence::TableLevel, job: None }).collect();
    let reckoned = reckon(&[start], &inner);
    let found = shortest(&steps, start, end, k);
    let with_edges =
        |path: &Vec<u32>| path.windows(2).map(|ends| by_ends[&(ends[0], ends[1])].iter().map(|&edge| edge.clone()).collect()).collect();
    Paths {
        total: if found.is_empty() { 0 } else { reckoned.get(&end).map_or(1, |vertex| vertex.paths) },
        on_cycle: reckoned.values().any(|vertex| vertex.on_cycle),
        shortest: found.iter().map(with_edges).collect(),
    }
}

/// Only the edges from which `end` can be reached.
fn towards<V: Copy + Ord + Hash>(end: V, edges: impl Iterator<Item = (V, V)>) -> Steps<V> {
    let mut back: HashMap<V, Vec<V>> = HashMap::new();
    edges.for_each(|(from, to)| back.entry(to).or_default().push(from));
    let (mut steps, mut seen, mut open) = (Steps::new(), HashSet::from([end]), vec![end]);
    while let Some(to) = open.pop() {
        for &from in back.get(&to).into_iter().flatten() {
            steps.entry(from).or_default().insert(to);
            if seen.insert(from) {
                open.push(from);
            }
        }
    }
    steps
}

fn shortest<V: Copy + Ord + Hash>(steps: &Steps<V>, start: V, end: V, k: usize) -> Vec<Vec<V>> {
    let mut found: Vec<Vec<V>> = Vec::new();
    // By length, then by nodes: the order of the answer.
    let mut open: BTreeSet<(usize, Vec<V>)> = BTreeSet::new();
    open.extend(spur(steps, &[start], end, &HashSet::new()).map(|path| (path.len(), path)));
    while found.len() < k
        && let Some((_, path)) = open.pop_first()
    {
        for at in 0..path.len() - 1 {
            let root = &path[..=at];
            let taken: HashSet<V> = found
                .iter()
                .chain([&path])
                .filter(|other| other.starts_with(root))
                .filter_map(|other| other.get(at + 1).copied())
                .collect();
            open.extend(spur(steps, root, end, &taken).map(|path| (path.len(), path)));
        }
        found.push(path);
    }
    found
}

/// The shortest path that begins with `root`, does not go on to what is `taken`, and comes to `end`.
fn spur<V: Copy + Ord + Hash>(steps: &Steps<V>, root: &[V], end: V, taken: &HashSet<V>) -> Option<Vec<V>> {
    let (&last, before) = root.split_last()?;
    let mut came: HashMap<V, V> = HashMap::new();
    let mut open = VecDeque::from([last]);
    let mut seen: HashSet<V> = root.iter().copied().collect();
    if last == end {
        return Some(root.to_vec());
    }
    while let Some(node) = open.pop_front() {
        for &far in steps.get(&node).into_iter().flatten() {
            if (node == last && taken.contains(&far)) || before.contains(&far) || !seen.insert(far) {
                continue;
            }
            came.insert(far, node);
            if far == end {
                let mut path = vec![far];
                while let Some(&previous) = came.get(path.last()?) {
                    path.push(previous);
                }
                path.pop();
                path.extend(root.iter().rev());
                path.reverse();
                return Some(path);
            }
            open.push_back(far);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(steps: &Steps<u32>, path: &mut Vec<u32>, end: u32, found: &mut Vec<(usize, Vec<u32>)>) {
        let Some(&at) = path.last() else { return };
        if at == end {
            found.push((path.len(), path.clone()));
            return;
        }
        for &far in steps.get(&at).into_iter().flatten() {
            if !path.contains(&far) {
                path.push(far);
                all(steps, path, end, found);
                path.pop();
            }
        }
    }

    proptest! {
        #[test]
        fn every_simple_path_shortest_first(edges in prop::collection::vec((0..7u32, 0..7u32), 0..18), k in 1..12usize) {
            let (start, end) = (0u32, 6u32);
            let steps = towards(end, edges.iter().copied());
            let mut naive = Vec::new();
            all(&steps, &mut vec![start], end, &mut naive);
            naive.sort();
            let found = shortest(&steps, start, end, k);
            let lengths = |paths: &[Vec<u32>]| paths.iter().map(Vec::len).collect::<Vec<_>>();
            let expected: Vec<Vec<u32>> = naive.into_iter().map(|(_, path)| path).collect();
            prop_assert_eq!(lengths(&found), lengths(&expected[..expected.len().min(k)]));
            prop_assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
            prop_assert!(found.iter().all(|path| expected.contains(path)));
        }
    }
}
