//! Stitching: which datasets look like spellings of one, what speaks for it, and the rule that would
//! join them. It finds and proposes; what joins is a naming rule or a symlink, in the graph.

mod classes;
mod evidence;
mod groups;
mod preview;

pub use evidence::{Confidence, Evidence, EvidenceKind, Judged, judge};
pub use groups::Group;
pub use preview::{Class, Preview, Unsettled};

use crate::catalog::CatalogError;
use crate::catalog::read::{NameRow, Reader};
use crate::graph::Graph;
use groups::{Keys, candidates, group};
use schema::naming::{Difference, Rules};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Where a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// Its members are apart.
    Open,
    /// The naming rules in force give all of them one name.
    Covered,
    /// They are one already, by aliases or by aliases and rules together.
    Merged,
}

/// Which groups are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Groups with any of these differences; empty for all.
    pub kinds: Vec<Difference>,
    /// Groups in any of these states; empty for all.
    pub states: Vec<State>,
}

/// The groups of a catalog, kept between questions: names never change, so only new ones are read.
#[derive(Default)]
pub struct Stitching(Mutex<Held>);

#[derive(Default)]
struct Held {
    keys: Keys,
    /// Names that `groups` holds for: a question that is given up leaves keys behind, which are not lost.
    grouped: usize,
    groups: Arc<Vec<Group>>,
}

impl Stitching {
    /// Every group, surest kinds first, then by name. One pass over the names that are new, one sort of all.
    pub async fn groups(&self, reader: &Reader, rules: &Arc<Rules>) -> Result<Arc<Vec<Group>>, CatalogError> {
        let mut held = self.0.lock().await;
        loop {
            let names = reader.names_from(held.keys.len() as u32).await?;
            if names.is_empty() {
                break;
            }
            let more = blocking(move || Keys::of(&names)).await?;
            held.keys.extend(more);
        }
        if held.keys.len() > held.grouped {
            let numbers = candidates(&held.keys);
            let names: Vec<NameRow> = reader.names_of(&numbers).await?;
            let rules = rules.clone();
            held.groups = Arc::new(blocking(move || group(names, &rules)).await?);
            held.grouped = held.keys.len();
        }
        Ok(held.groups.clone())
    }
}

/// Work for a processor, off the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CatalogError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| CatalogError::Damaged("comparing names did not finish".into()))
}

impl Group {
    /// Where it stands, and how many datasets are left when rules and aliases are counted.
    pub fn state(&self, graph: &Graph) -> (State, usize) {
        let left = self.left(|dataset| classes::class(graph, dataset));
        let state = match (left, self.covered()) {
            (_, true) => State::Covered,
            (1, false) => State::Merged,
            _ => State::Open,
        };
        (state, left)
    }
}

impl Filter {
    /// True when it asks for this group.
    pub fn wants(&self, group: &Group, graph: &Graph) -> bool {
        (self.kinds.is_empty() || group.kinds.iter().any(|kind| self.kinds.contains(kind)))
            && (self.states.is_empty() || self.states.contains(&group.state(graph).0))
    }
}
