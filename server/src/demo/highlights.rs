//! What to look at first in the demo, with the paths of the user interface.

/// A sentence and the page that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// What there is to see.
    pub say: &'static str,
    /// The page, starting with a slash; names are percent-encoded.
    pub path: &'static str,
}

/// Pages worth opening first.
pub fn highlights() -> &'static [Highlight] {
    &[
        Highlight { say: "Search for anything called orders: tables, topics, columns, jobs", path: "/search?q=orders" },
        Highlight {
            say: "fct_orders, the table everybody quotes: its schema changed twice this month",
            path: "/datasets/snowflake%3A%2F%2Fmeltwater-eu1/analytics.marts.fct_orders",
        },
        Highlight {
            say: "Where daily revenue comes from, six steps back to the shop's database",
            path: "/lineage/dataset/snowflake%3A%2F%2Fmeltwater-eu1/analytics.marts.daily_revenue",
        },
        Highlight {
            say: "Who gets customers' addresses in the clear, and who only a hash",
            path: "/lineage/dataset/postgres%3A%2F%2Fshop-db.internal%3A5432/shop.public.customers",
        },
        Highlight { say: "The job that failed just now, and why", path: "/jobs/airflow-prod/payments_hourly.load_settlements" },
        Highlight { say: "A stream that never ends: fraud scores", path: "/jobs/flink-prod/fraud-scores-v1" },
    ]
}
