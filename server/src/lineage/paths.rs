//! The k shortest paths between two nodes, none through a node twice (Yen 1971), shortest first and
//! among equals in a fixed order; and how many there are altogether.

use super::Confidence;
use super::reckon::{Step, reckon};
use crate::graph::{Direction, Graph, Link, Node, Question, walk};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Paths between two nodes.
#[derive(Debug, Default)]
pub struct Paths {
    /// The shortest; of each its steps, of each step the edges that make it.
    pub shortest: Vec<Vec<Vec<Link>>>,
    /// How many there are, a cycle on the way counted as one stop; `u64::MAX` is that many or more.
    pub total: u64,
    /// True when a cycle lies on the way, so that `total` is not the number of simple paths.
    pub on_cycle: bool,
}

/// Nodes that a path may go on to.
type Steps = BTreeMap<Node, BTreeSet<Node>>;

/// The `k` shortest downstream paths of a question's start to `end`.
pub fn paths(graph: &Graph, question: &Question, end: Node, k: usize) -> Paths {
    let Some(&start) = question.start.first() else { return Paths::default() };
    let question = Question { directions: vec![Direction::Downstream], ..question.clone() };
    let answer = walk(graph, &question);
    let mut edges: BTreeMap<(Node, Node), Vec<Link>> = BTreeMap::new();
    for link in &answer.links {
        edges.entry((link.edge.from, link.edge.to)).or_default().push(*link);
    }
    edges.values_mut().for_each(|links| links.sort_unstable_by_key(|link| link.owner));
    let steps = towards(end, edges.keys().copied());
    let onward = steps.iter().flat_map(|(&near, fars)| fars.iter().map(move |&far| (near, far)));
    let inner: Vec<_> = onward.map(|(near, far)| Step { near, far, confidence: Confidence::TableLevel, job: None }).collect();
    let reckoned = reckon(&[start], &inner);
    let nodes = shortest(&steps, start, end, k);
    let with_edges = |path: &Vec<Node>| path.windows(2).map(|ends| edges[&(ends[0], ends[1])].clone()).collect();
    Paths {
        shortest: nodes.iter().map(with_edges).collect(),
        total: if nodes.is_empty() { 0 } else { reckoned.get(&end).map_or(1, |node| node.paths) },
        on_cycle: reckoned.values().any(|node| node.on_cycle),
    }
}

/// Only the edges from which `end` can be reached.
fn towards(end: Node, edges: impl Iterator<Item = (Node, Node)>) -> Steps {
    let mut back: HashMap<Node, Vec<Node>> = HashMap::new();
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

fn shortest(steps: &Steps, start: Node, end: Node, k: usize) -> Vec<Vec<Node>> {
    let mut found: Vec<Vec<Node>> = Vec::new();
    // By length, then by nodes: the order of the answer.
    let mut open: BTreeSet<(usize, Vec<Node>)> = BTreeSet::new();
    open.extend(spur(steps, &[start], end, &HashSet::new()).map(|path| (path.len(), path)));
    while found.len() < k
        && let Some((_, path)) = open.pop_first()
    {
        for at in 0..path.len() - 1 {
            let root = &path[..=at];
            let taken: HashSet<Node> = found
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
fn spur(steps: &Steps, root: &[Node], end: Node, taken: &HashSet<Node>) -> Option<Vec<Node>> {
    let (&last, before) = root.split_last()?;
    let mut came: HashMap<Node, Node> = HashMap::new();
    let mut open = VecDeque::from([last]);
    let mut seen: HashSet<Node> = root.iter().copied().collect();
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

    fn all(steps: &Steps, path: &mut Vec<Node>, end: Node, found: &mut Vec<(usize, Vec<Node>)>) {
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
            let (start, end) = (Node::Dataset(0), Node::Dataset(6));
            let steps = towards(end, edges.iter().map(|&(from, to)| (Node::Dataset(from), Node::Dataset(to))));
            let mut naive = Vec::new();
            all(&steps, &mut vec![start], end, &mut naive);
            naive.sort();
            let found = shortest(&steps, start, end, k);
            let lengths = |paths: &[Vec<Node>]| paths.iter().map(Vec::len).collect::<Vec<_>>();
            let expected: Vec<Vec<Node>> = naive.into_iter().map(|(_, path)| path).collect();
            prop_assert_eq!(lengths(&found), lengths(&expected[..expected.len().min(k)]));
            prop_assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
            prop_assert!(found.iter().all(|path| expected.contains(path)));
        }
    }
}
