//! Catalog numbers for a comparison: those that exist, and made-up ones for what does not exist yet.

use super::change::NodeName;
use crate::app::App;
use crate::catalog::CatalogError;
use crate::catalog::read::EntityRow;
use crate::fold::facts::{EntityFact, Facts};
use crate::fold::flow::Owner;
use crate::graph::Node;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Made-up numbers begin here: a catalog numbers from 0.
const UNKNOWN: u32 = 1 << 31;

/// Numbers by derived id, and the names behind the made-up ones.
pub struct Numbers {
    datasets: HashMap<Uuid, u32>,
    jobs: HashMap<Uuid, u32>,
    made_up: HashMap<Node, NodeName>,
}

impl Numbers {
    /// Numbers of everything that an event names.
    pub fn of(facts: &Facts<'_>, datasets: &HashMap<Uuid, EntityRow>, jobs: &HashMap<Uuid, EntityRow>) -> Self {
        let mut made_up = HashMap::new();
        let mut number = |facts: &[EntityFact<'_>], known: &HashMap<Uuid, EntityRow>, kind: &'static str, node: fn(u32) -> Node| {
            let mut numbers = HashMap::new();
            for (place, fact) in facts.iter().enumerate() {
                let new = UNKNOWN + place as u32;
                let id = known.get(&fact.id).map_or(new, |row| row.number);
                if *numbers.entry(fact.id).or_insert(id) == new {
                    made_up.insert(node(new), NodeName { kind, namespace: fact.namespace.clone(), name: fact.name.clone() });
                }
            }
            numbers
        };
        let datasets = number(&facts.datasets, datasets, "dataset", Node::Dataset);
        let jobs = number(&facts.jobs, jobs, "job", Node::Job);
        Self { datasets, jobs, made_up }
    }

    /// The number of a dataset that the event names.
    pub fn dataset(&self, id: Uuid) -> u32 {
        self.datasets.get(&id).copied().unwrap_or(u32::MAX)
    }

    /// The number of a job that the event names.
    pub fn job(&self, id: Uuid) -> u32 {
        self.jobs.get(&id).copied().unwrap_or(u32::MAX)
    }

    /// True when the catalog has it.
    pub fn is_known(&self, owner: Owner) -> bool {
        match owner {
            Owner::Job(id) | Owner::Dataset(id) => id < UNKNOWN,
        }
    }

    /// The names of nodes.
    pub async fn names(&self, app: &App, nodes: impl Iterator<Item = Node>) -> Result<HashMap<Node, NodeName>, CatalogError> {
        let mut names = self.made_up.clone();
        let nodes: BTreeSet<Node> = nodes.filter(|node| !names.contains_key(node)).collect();
        let numbers = |pick: fn(&Node) -> Option<u32>| nodes.iter().filter_map(pick).collect::<Vec<_>>();
        let datasets = numbers(|node| if let Node::Dataset(id) = node { Some(*id) } else { None });
        let jobs = numbers(|node| if let Node::Job(id) = node { Some(*id) } else { None });
        let name = |row: EntityRow, kind| NodeName { kind, namespace: row.namespace, name: row.name };
        names.extend(app.catalog.datasets(&datasets).await?.into_iter().map(|row| (Node::Dataset(row.number), name(row, "dataset"))));
        names.extend(app.catalog.jobs(&jobs).await?.into_iter().map(|row| (Node::Job(row.number), name(row, "job"))));
        Ok(names)
    }
}
