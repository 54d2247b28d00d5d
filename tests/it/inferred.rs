//! Column lineage inferred from SQL, where the event says none.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use tests::{Server, events};

/// A run with SQL and the schemas of what it reads; tables are of namespace `db`, so the dialect is generic.
fn run(number: u32, sql: &str) -> Value {
    let event = events::run(
        "COMPLETE",
        &format!("2026-11-{number:02}T00:00:00Z"),
        &events::run_id(number),
        "totals",
        &["orders", "customers"],
        &["report"],
    );
    let event = events::with(event, &["job", "facets", "sql"], events::facet(json!({ "query": sql })));
    let event = events::with(
        event,
        &["inputs", "0", "facets", "schema"],
        events::schema(&[("customer", "int"), ("amount", "int"), ("day", "date")]),
    );
    let event = events::with(event, &["inputs", "1", "facets", "schema"], events::schema(&[("id", "int"), ("name", "text")]));
    events::with(event, &["outputs", "0", "facets", "schema"], events::schema(&[("name", "text"), ("total", "int")]))
}

const TOTALS: &str = "insert into report (name, total) select c.name, sum(o.amount) from orders o join customers c on c.id = o.customer where o.day > '2026-01-01' group by c.name";

fn upstream(server: &Server, column: &str, arguments: &str) -> Vec<String> {
    server.columns("report", column, &format!("direction: UPSTREAM{arguments}"))
}

#[test]
fn sql_says_what_the_event_does_not() {
    let server = Server::start();
    server.take(&[run(1, TOTALS)]);
    let basis = server.ask("{ column(namespace: \"db\", dataset: \"report\", name: \"total\") { lineage(direction: UPSTREAM, indirect: false) { edges { basis columnLevel } } } }");
    assert_json_snapshot!(json!({
        "total": upstream(&server, "total", ""),
        "only its value": upstream(&server, "total", ", indirect: false"),
        "without inference": upstream(&server, "total", ", inferred: false"),
        "from the other end": server.columns("orders", "amount", "direction: DOWNSTREAM"),
        "what it does not use": server.columns("customers", "id", "direction: DOWNSTREAM, indirect: false"),
        "basis": basis["column"]["lineage"]["edges"],
        "datasets": server.lineage("orders", "direction: DOWNSTREAM"),
    }));
}

#[test]
fn what_cannot_be_proven_falls_back_to_the_table() {
    let server = Server::start();
    server.take(&[run(1, "insert into report (name, total) select c.name, unknown_table.x from orders o, customers c, unknown_table")]);
    assert_json_snapshot!(json!({ "name": upstream(&server, "name", ""), "total": upstream(&server, "total", "") }));
}

#[test]
fn what_the_event_says_comes_first() {
    let said = |number| {
        events::with(
            run(number, TOTALS),
            &["outputs", "0", "facets", "columnLineage"],
            events::column_lineage(&[("total", "orders", "day")]),
        )
    };
    let answers = [[said(1), run(2, TOTALS)], [run(2, TOTALS), said(1)]].map(|sent| {
        let server = Server::start();
        server.take(&sent);
        json!([upstream(&server, "total", ""), upstream(&server, "name", "")])
    });
    assert_eq!(answers[0], answers[1], "the order of arrival matters");
    assert_json_snapshot!(answers[0]);
}
