//! Where the names come from: the catalog of a data directory, read only, or a running server's GraphQL.

use crate::app::StartError;
use crate::catalog::read::{NameRow, Reader};
use crate::catalog::{Naming, PackedSince};
use crate::cli::rebuild::need_log;
use crate::cli::{DataArgs, Failure};
use crate::graph::{Builder, Graph, Snapshot};
use crate::projection::ProjectionError;
use clap::Args;
use schema::naming::Rules;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Datasets that a server is asked for at once.
const PAGE: usize = 1000;

/// Which catalog is meant.
#[derive(Args)]
pub(super) struct SourceArgs {
    /// Ask a running server instead of reading a data directory
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "config"])]
    pub url: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// A catalog to ask.
pub(super) enum Source {
    /// Of a data directory.
    Here(Here),
    /// Of a running server.
    There(There),
}

/// The catalog of a data directory and its graph.
pub(super) struct Here {
    pub reader: Reader,
    pub graph: Arc<Graph>,
}

/// A running server.
pub(super) struct There {
    agent: ureq::Agent,
    url: String,
}

impl SourceArgs {
    pub async fn open(&self) -> Result<Source, Failure> {
        match &self.url {
            Some(url) => Ok(Source::There(There::new(url))),
            None => {
                let config = self.data.config()?.0;
                Ok(Source::Here(Here::open(&config.data, config.naming).await?))
            }
        }
    }
}

impl Source {
    /// Every dataset's names.
    pub async fn names(&self) -> Result<Vec<NameRow>, Failure> {
        match self {
            Self::Here(here) => here.reader.all_names().await.map_err(unreadable),
            Self::There(there) => there.names(),
        }
    }
}

/// A catalog that cannot be read, in words.
pub(super) fn unreadable(error: crate::catalog::CatalogError) -> Failure {
    StartError::from(ProjectionError::from(error)).into()
}

impl Here {
    /// Takes no lock: the file may be read while a server writes.
    async fn open(data: &Path, rules: Arc<Rules>) -> Result<Self, Failure> {
        need_log(data)?;
        if !data.join("catalog.db").exists() {
            return Err(Failure::Said(format!("there is no catalog in {} yet; `headwater rebuild` makes it", data.display())));
        }
        let reader = Reader::open(data).await.map_err(unreadable)?;
        let seq = reader.holds().await.map_err(|e| {
            Failure::Said(format!("the catalog in {} cannot be read as it is ({e}); `headwater rebuild` makes it anew", data.display()))
        })?;
        let rows = reader.flow_rows(PackedSince::NEVER).await.map_err(unreadable)?;
        // What is one dataset for the server is one here.
        let ruled = Naming::new(rules).apply_to_all(&reader).await.map_err(unreadable)?;
        let mut builder = Builder::load(seq, rows, &ruled).map_err(|e| unreadable(e.into()))?;
        let snapshot = Snapshot::default();
        builder.publish(seq, &snapshot);
        Ok(Self { reader, graph: snapshot.load() })
    }
}

impl There {
    fn new(url: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(120))).build().into();
        Self { agent, url: format!("{}/graphql", url.trim_end_matches('/')) }
    }

    /// The data of an answer.
    pub fn ask(&self, query: &str, variables: &Value) -> Result<Value, Failure> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let sent = self.agent.post(&self.url).content_type("application/json").send(body.as_bytes());
        let mut response = sent.map_err(|e| Failure::Said(format!("cannot reach {}: {e}", self.url)))?;
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string().unwrap_or_default();
        let answer: Value = serde_json::from_str(&text).map_err(|_| {
            Failure::Said(format!("{} answers something else than a catalog server (status {})", self.url, response.status().as_u16()))
        })?;
        let standing = &answer["extensions"]["headwater"];
        if standing["complete"] == false {
            let (holds, head) = (&standing["sequence"], &standing["acknowledged"]);
            let why = format!(
                "{} is still catching up with its event log (entry {holds} of {head}), so names may be missing: ask again",
                self.url
            );
            return Err(Failure::Usage(why));
        }
        match answer["errors"][0]["message"].as_str() {
            Some(message) => Err(Failure::Said(format!("{} answers: {message}", self.url))),
            None => Ok(answer["data"].clone()),
        }
    }

    fn names(&self) -> Result<Vec<NameRow>, Failure> {
        let query = "query($first: Int!, $after: String) { datasets(first: $first, after: $after) \
                     { edges { node { namespace name aliases(first: 100000) { namespace name } } } pageInfo { hasNextPage endCursor } } }";
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = &self.ask(query, &json!({ "first": PAGE, "after": after }))?["datasets"];
            for edge in page["edges"].as_array().into_iter().flatten() {
                let aliases = edge["node"]["aliases"].as_array().into_iter().flatten();
                for one in std::iter::once(&edge["node"]).chain(aliases) {
                    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                    names.push(NameRow { number: names.len() as u32, namespace: text("namespace"), name: text("name") });
                }
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(names);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}
