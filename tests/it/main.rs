//! Every test of the built server, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod as_of;
mod check;
mod cli;
mod column_flows;
mod corpus;
mod crash;
mod dbt;
mod doors;
mod dry_run;
mod edges;
mod events;
mod expected;
mod explicit;
mod export;
mod facets;
mod flows;
mod freshness;
mod fuzz;
mod history;
mod hostile;
mod identity;
mod impact;
mod inferred;
mod known_at;
mod limits;
mod lineage_diff;
mod live;
mod malformed;
mod names;
mod naming;
mod order;
mod overload;
mod paging;
mod poison;
mod provenance;
mod queries;
mod questions;
mod reading;
mod recorded;
mod run_state;
mod search_follows;
mod smoke;
mod upkeep;
mod wide;
