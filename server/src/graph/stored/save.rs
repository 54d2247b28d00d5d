//! Writes the graph and what its writer knows into a file: beside the old one first, so that there is always a whole
//! one or none.

use super::super::Builder;
use super::super::asserted::FlowKey;
use super::super::chunked::{Chunked, Packed};
use super::parts::{Head, Kind, Lengths, runs};
use super::record::RecordWriter;
use super::{Held, StoredError};
use crate::fold::flow::Owner;
use hashbrown::HashMap;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Leaves of a record: some thousand values that are shared one by one, some ten thousand of the small ones.
const SHARED: usize = 8;
const PACKED: usize = 64;
/// Entries of maps in a record.
const ENTRIES: usize = 4096;
/// Owners in a record; some have thousands of edges.
const OWNERS: usize = 64;

impl Builder {
    /// Writes everything to `path`.
    pub fn save(&self, held: Held, path: &Path) -> Result<(), StoredError> {
        let part = path.with_extension("part");
        let file = self.write(held, BufWriter::with_capacity(1 << 20, File::create(&part)?))?;
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        Ok(std::fs::rename(&part, path)?)
    }

    /// Writes everything, in an order that depends on nothing but what there is.
    pub(super) fn write<W: Write>(&self, held: Held, to: W) -> Result<W, StoredError> {
        let mut file = RecordWriter::new(to)?;
        file.put(Kind::Head as u8, &self.head(held))?;
        let graph = &self.graph;
        shared(&mut file, Kind::Datasets, &graph.datasets)?;
        shared(&mut file, Kind::Jobs, &graph.jobs)?;
        shared(&mut file, Kind::Statics, &graph.statics)?;
        shared(&mut file, Kind::JobFlows, &graph.job_flows)?;
        shared(&mut file, Kind::Classes, graph.classes.kept())?;
        shared(&mut file, Kind::ColumnFlows, &graph.column_flows)?;
        packed(&mut file, Kind::Columns, &graph.columns)?;
        packed(&mut file, Kind::Texts, &graph.names.texts)?;
        packed(&mut file, Kind::Slots, &graph.names.slots)?;
        packed(&mut file, Kind::Hows, &graph.hows)?;
        self.owners(&mut file)?;
        entries(&mut file, Kind::Lineages, self.lineages.columns.iter().collect())?;
        entries(&mut file, Kind::Rows, self.lineages.rows.iter().collect())?;
        entries(&mut file, Kind::Statements, self.lineages.statements.iter().collect())?;
        packed(&mut file, Kind::Identities, &self.classes.assertions.identities.plain)?;
        entries(&mut file, Kind::IdentityRest, self.classes.assertions.identities.rest.iter().collect())?;
        entries(&mut file, Kind::Ruled, self.classes.assertions.rules.iter().collect())?;
        file.finish()
    }

    fn head(&self, held: Held) -> Head {
        let graph = &self.graph;
        let lengths = Lengths {
            datasets: graph.datasets.len(),
            jobs: graph.jobs.len(),
            statics: graph.statics.len(),
            job_flows: graph.job_flows.len(),
            classes: graph.classes.len(),
            columns: graph.columns.len(),
            texts: graph.names.texts.len(),
            slots: graph.names.slots.len(),
            hows: graph.hows.len(),
            column_flows: graph.column_flows.len(),
            identities: self.classes.assertions.identities.plain.len(),
        };
        let (edges, column_edges, room) = (graph.edges, graph.column_edges, graph.names.room);
        let (any_dropped, any_temporary) = (graph.any_dropped, graph.any_temporary);
        Head { held, edges, column_edges, any_dropped, any_temporary, lengths, room }
    }

    fn owners(&self, file: &mut RecordWriter<impl Write>) -> Result<(), StoredError> {
        let mut owners: Vec<Owner> = self.flows.keys().copied().collect();
        owners.sort_unstable();
        for owners in owners.chunks(OWNERS) {
            let owned = owners.iter().map(|owner| {
                let column_flows: Vec<(&FlowKey, &u32)> = self.owned_flows.get(owner).into_iter().flatten().collect();
                let count = |counts: &HashMap<Owner, u64>| counts.get(owner).copied().unwrap_or_default();
                (owner, self.flows.get(owner), column_flows, count(&self.column_counts), count(&self.edge_counts))
            });
            file.put(Kind::Owned as u8, &owned.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

fn shared<T: Serialize + Clone + Default>(file: &mut RecordWriter<impl Write>, kind: Kind, vector: &Chunked<T>) -> Result<(), StoredError> {
    runs(&vector.values, SHARED).try_for_each(|run| file.put(kind as u8, &run))
}

fn packed<T: Serialize + Clone + Default>(file: &mut RecordWriter<impl Write>, kind: Kind, vector: &Packed<T>) -> Result<(), StoredError> {
    runs(vector, PACKED).try_for_each(|run| file.put(kind as u8, &run))
}

/// Entries of a map in the order of their keys.
fn entries<K: Serialize + Ord, V: Serialize>(
    file: &mut RecordWriter<impl Write>,
    kind: Kind,
    mut all: Vec<(&K, &V)>,
) -> Result<(), StoredError> {
    all.sort_unstable_by_key(|(key, _)| *key);
    all.chunks(ENTRIES).try_for_each(|some| file.put(kind as u8, &some))
}
