//! Headwater's server: event log, fold, catalog, graph, search, GraphQL, HTTP and command line.

pub mod app;
pub mod asked;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod completeness;
pub mod config;
pub mod demo;
pub mod estate;
pub mod explain;
pub mod export;
pub mod fold;
pub mod folder;
pub mod freshness;
pub mod graph;
pub mod graphql;
pub mod health;
pub mod history;
pub mod http;
pub mod impact;
pub mod ingest;
pub mod lifecycle;
pub mod lineage;
pub mod live;
pub mod log;
pub mod log_health;
pub mod projection;
pub mod redact;
pub mod request;
#[cfg(test)]
mod rooms;
pub mod scene;
pub mod search;
pub mod secret;
pub mod sqlite;
pub mod stitching;
pub mod work;
