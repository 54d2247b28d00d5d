//! Requests by route and method: how many, how they ended, how long they took. Routes are templates, so that a client
//! cannot make new series; whatever is not known is `other`.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Upper bounds in seconds: intake takes milliseconds, a question up to `query_seconds`.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// Every route, as the router has them; a test compares.
const ROUTES: [&str; 14] = [
    "/api/v1/lineage",
    "/api/v1/lineage/",
    "/api/v1/lineage/batch",
    "/api/v1/lineage/dry-run",
    "/api/v1/lineage/export",
    "/api/v1/check",
    "/graphql",
    "/graphql/ws",
    "/graphiql",
    "/livez",
    "/readyz",
    "/metrics",
    "/assets/*",
    "page",
];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const OTHER: &str = "other";

/// A route's template, or `other`.
pub fn route(template: &str) -> &'static str {
    ROUTES.into_iter().find(|known| *known == template).unwrap_or(OTHER)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct End {
    method: &'static str,
    route: &'static str,
    code: u16,
}

/// What was counted since the start.
#[derive(Clone)]
pub struct Requests {
    ended: Family<End, Counter>,
    lasted: Family<Place, Histogram>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { ended: Family::default(), lasted: Family::new_with_constructor(|| Histogram::new(BUCKETS)) }
    }
}

impl Requests {
    /// Counts an answer; `route` is one that `route` gave.
    pub fn answered(&self, method: &str, route: &'static str, code: u16, lasted: Duration) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER);
        self.ended.get_or_create(&End { method, route, code }).inc();
        self.lasted.get_or_create(&Place { method, route }).observe(lasted.as_secs_f64());
    }

    /// Shows them.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests answered", self.ended.clone());
        let help = "Time from a request's head to the head of its answer";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, self.lasted.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_router_is_known() {
        let router = include_str!("../mod.rs");
        let routes = router.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let unknown: Vec<_> = routes.clone().filter(|path| route(path) == OTHER).collect();
        assert!(routes.count() > 10 && unknown.is_empty(), "{unknown:?}");
    }
}
