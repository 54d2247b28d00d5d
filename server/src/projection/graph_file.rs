//! The graph's file beside the catalog: read while the catalog opens, brought up to it, and written again when enough
//! has changed. Without a file that fits everything is read from the catalog's rows, which takes longer and says the
//! same.

use super::ProjectionError;
use crate::catalog::{PackedSince, Reader, Writer};
use crate::graph::Builder;
use crate::graph::stored::{self, Held, StoredError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// The file of a data directory.
pub struct GraphFile {
    dir: PathBuf,
    path: PathBuf,
}

/// What is being read from a file.
pub struct Reading(Option<JoinHandle<Result<(Builder, Held), StoredError>>>);

impl GraphFile {
    /// The one in this data directory, which need not be there.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), path: stored::path(dir) }
    }

    /// Begins to read it, on a thread of its own.
    pub fn read(&self) -> Reading {
        let path = self.path.clone();
        let body = move || Builder::restore(&path);
        Reading(std::thread::Builder::new().name("graph file".into()).spawn(body).ok())
    }

    /// The graph that the catalog holds, and the log sequence that the file holds for, 0 without one.
    pub async fn open(&self, writer: &mut Writer, reading: Reading) -> Result<(Builder, u64), ProjectionError> {
        let (mut graph, held) = fits(reading, writer).await?.unwrap_or_default();
        let since = if held == Held::default() { PackedSince::NEVER } else { since(held) };
        let reader = Reader::open(&self.dir).await?;
        let ruled = writer.ruled(&reader, held.datasets, graph.given()).await?;
        graph.catch_up(writer.projected().seq, reader.flow_rows(since).await?, &ruled)?;
        reader.close().await;
        Ok((graph, held.seq))
    }

    /// Writes it: what the graph and the catalog hold now.
    pub async fn save(&self, graph: &Builder, writer: &Writer) -> Result<(), ProjectionError> {
        let (packed, token) = writer.packed().await?;
        let held = Held { seq: packed.seq as u64, token, columns: packed.columns, explicit: packed.explicit, datasets: writer.numbered() };
        graph.save(held, &self.path)?;
        // A crash before this line leaves a file that nobody trusts.
        Ok(writer.keep_token(token).await?)
    }
}

/// What was read, when it was made of this very catalog.
async fn fits(reading: Reading, writer: &Writer) -> Result<Option<(Builder, Held)>, ProjectionError> {
    let Some(thread) = reading.0 else { return Ok(None) };
    let read = tokio::task::spawn_blocking(move || thread.join()).await;
    let restored = match read {
        Ok(Ok(Ok(restored))) => restored,
        Ok(Ok(Err(StoredError::Io(e)))) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Ok(Ok(Err(e @ StoredError::OtherVersion))) => {
            tracing::info!(reason = %e, "the file of the graph is passed over; reading the catalog instead");
            return Ok(None);
        }
        Ok(Ok(Err(e))) => {
            tracing::warn!(error = %e, "the file of the graph cannot be used; reading the catalog instead");
            return Ok(None);
        }
        _ => return Ok(None),
    };
    let is_of_this = writer.token().await? == Some(restored.1.token) && restored.1.seq <= writer.projected().seq;
    Ok(Some(restored).filter(|_| is_of_this))
}

fn since(held: Held) -> PackedSince {
    PackedSince { seq: held.seq as i64, columns: held.columns, explicit: held.explicit }
}
