//! The tree of dominators of a view of the graph (petgraph's dominators; a root before all sources): what everything that
//! comes to a vertex must pass through, and sums over what hangs on each vertex.
//!
//! Sources are vertices that nothing feeds. A cycle that nothing feeds is entered at each of its datasets.

use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::algo::dominators::simple_fast;
use petgraph::algo::kosaraju_scc;
use petgraph::visit::{GraphBase, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, NodeIndexable, Visitable};
use std::collections::HashMap;

/// What tells the vertices of a view apart.
pub trait Vertices {
    /// True for a dataset.
    fn is_dataset(&self, vertex: u32) -> bool;
    /// True for a vertex that nothing comes to and where nothing begins.
    fn is_idle(&self, vertex: u32) -> bool;
}

/// A view with a root before everything that data can begin at.
#[derive(Clone, Copy)]
struct FromSources<'a, V> {
    view: V,
    sources: &'a [u32],
    root: u32,
}

impl<V> GraphBase for FromSources<'_, V> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl<V: Copy> GraphRef for FromSources<'_, V> {}

impl<V: Copy + IntoNeighbors<NodeId = u32>> IntoNeighbors for FromSources<'_, V> {
    type Neighbors = std::vec::IntoIter<u32>;

    fn neighbors(self, vertex: u32) -> Self::Neighbors {
        if vertex == self.root { Vec::from(self.sources).into_iter() } else { self.view.neighbors(vertex).collect::<Vec<_>>().into_iter() }
    }
}

impl<V> Visitable for FromSources<'_, V> {
    type Map = FixedBitSet;

    fn visit_map(&self) -> Self::Map {
        FixedBitSet::with_capacity(self.root as usize + 1)
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
        map.grow(self.root as usize + 1);
    }
}

/// A tree of dominators.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    root: u32,
    /// In order.
    sources: Vec<u32>,
    children: HashMap<u32, Vec<u32>>,
    /// Every vertex of the tree after its dominator, the root first.
    order: Vec<u32>,
    /// By vertex; the root and what is not in the tree are their own.
    parent: Vec<u32>,
    depth: Vec<u32>,
    /// An ancestor some way up, so that a search upwards takes a logarithmic number of steps.
    jump: Vec<u32>,
}

impl Tree {
    /// Of everything that can be reached in a view.
    pub fn new<V>(view: V) -> Self
    where
        V: GraphRef<NodeId = u32> + IntoNeighborsDirected + IntoNodeIdentifiers + NodeIndexable + Visitable + Vertices,
    {
        let root = view.node_bound() as u32;
        let sources = sources(view);
        let dominators = simple_fast(FromSources { view, sources: &sources, root }, root);
        let mut tree = Self { root, sources, parent: (0..=root).collect(), ..Self::default() };
        for vertex in 0..root {
            if let Some(dominator) = dominators.immediate_dominator(vertex) {
                tree.children.entry(dominator).or_default().push(vertex);
                tree.parent[vertex as usize] = dominator;
            }
        }
        tree.order = tree.with_all_below(vec![root]);
        tree.depth = vec![0; root as usize + 1];
        tree.jump = tree.parent.clone();
        for place in 1..tree.order.len() {
            let vertex = tree.order[place] as usize;
            let parent = tree.parent[vertex] as usize;
            tree.depth[vertex] = tree.depth[parent] + 1;
            let (near, far) = (tree.jump[parent] as usize, tree.jump[tree.jump[parent] as usize] as usize);
            // Two jumps of one length are put together to one.
            let is_double = tree.depth[parent] - tree.depth[near] == tree.depth[near] - tree.depth[far];
            tree.jump[vertex] = if is_double { far as u32 } else { parent as u32 };
        }
        tree
    }

    /// True for what data begins at.
    pub fn is_source(&self, vertex: u32) -> bool {
        self.sources.binary_search(&vertex).is_ok()
    }

    /// True for what can be reached from the sources.
    pub fn has(&self, vertex: u32) -> bool {
        vertex == self.root || self.parent[vertex as usize] != vertex
    }

    /// Everything that a vertex dominates, the nearest in the tree first, equally near ones by `key`.
    pub fn below<K: Ord>(&self, vertex: u32, key: impl Fn(u32) -> K) -> Vec<u32> {
        let (mut found, mut layer) = (Vec::new(), vec![vertex]);
        while !layer.is_empty() {
            layer = layer.iter().flat_map(|vertex| self.children.get(vertex).into_iter().flatten().copied()).collect();
            layer.sort_by_cached_key(|&vertex| key(vertex));
            found.extend(&layer);
        }
        found
    }

    fn with_all_below(&self, mut found: Vec<u32>) -> Vec<u32> {
        let mut at = 0;
        while let Some(vertex) = found.get(at) {
            found.extend(self.children.get(vertex).into_iter().flatten().copied().collect::<Vec<_>>());
            at += 1;
        }
        found
    }

    /// For each vertex the sum over it and all that it dominates.
    pub fn sums(&self, mut of: Vec<u32>) -> Vec<u32> {
        for &vertex in self.order.iter().skip(1).rev() {
            of[self.parent[vertex as usize] as usize] += of[vertex as usize];
        }
        of
    }

    /// How many places `sums` takes.
    pub fn places(&self) -> usize {
        self.root as usize + 1
    }

    /// The nearest vertex that both are dominated by, or are.
    pub fn meet(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = (a as usize, b as usize);
        if self.depth[a] < self.depth[b] {
            (a, b) = (b, a);
        }
        while self.depth[a] > self.depth[b] {
            let jump = self.jump[a] as usize;
            a = if self.depth[jump] >= self.depth[b] { jump } else { self.parent[a] as usize };
        }
        while a != b {
            // Of one depth, so their jumps are of one length.
            let is_apart = self.jump[a] != self.jump[b];
            let up = if is_apart { &self.jump } else { &self.parent };
            (a, b) = (up[a] as usize, up[b] as usize);
        }
        a as u32
    }

    /// True when a vertex dominates another, or is it.
    pub fn is_above(&self, vertex: u32, other: u32) -> bool {
        self.meet(vertex, other) == vertex
    }
}

/// Where data begins, and what has nothing to do with anything.
fn sources<V>(view: V) -> Vec<u32>
where
    V: GraphRef<NodeId = u32> + IntoNeighborsDirected + IntoNodeIdentifiers + NodeIndexable + Visitable + Vertices,
{
    let components = kosaraju_scc(view);
    let mut component_of = vec![0; view.node_bound()];
    for (place, component) in components.iter().enumerate() {
        component.iter().for_each(|&vertex| component_of[vertex as usize] = place);
    }
    let is_fed = |&vertex: &u32| {
        let mut into = view.neighbors_directed(vertex, Direction::Incoming);
        into.any(|other| component_of[other as usize] != component_of[vertex as usize] && !view.is_idle(other))
    };
    let mut sources = Vec::new();
    for component in components.into_iter().filter(|component| !component.iter().any(is_fed)) {
        let has_datasets = component.iter().any(|&vertex| view.is_dataset(vertex));
        sources.extend(component.into_iter().filter(|&vertex| if has_datasets { view.is_dataset(vertex) } else { !view.is_idle(vertex) }));
    }
    sources.sort_unstable();
    sources
}
