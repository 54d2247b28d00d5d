//! Inputs as people write them, and what is read from them.

use super::{Edit, Proposals, Unreadable, ddl, json, odcs};

fn shown(read: Result<Proposals, Unreadable>) -> String {
    let proposals = match read {
        Ok(proposals) => proposals,
        Err(why) => return format!("unreadable: {why}"),
    };
    let mut lines = Vec::new();
    for proposal in proposals.datasets {
        let all = if proposal.complete { "all columns" } else { "some columns" };
        let namespace = proposal.namespace.unwrap_or_else(|| "-".into());
        lines.push(format!("{namespace} {}{}", proposal.name, if proposal.dropped { ", dropped" } else { "" }));
        if let Some(columns) = proposal.columns {
            let columns: Vec<String> =
                columns.into_iter().map(|c| format!("{} {}", c.path, c.data_type.unwrap_or_else(|| "?".into()))).collect();
            lines.push(format!("  {all}: {}", columns.join(", ")));
        }
        lines.extend(proposal.edits.iter().map(|edit| match edit {
            Edit::Add(column) => format!("  add {} {}", column.path, column.data_type.as_deref().unwrap_or("?")),
            Edit::Drop(path) => format!("  drop {path}"),
            Edit::Rename { from, to } => format!("  rename {from} to {to}"),
            Edit::Retype(column) => format!("  retype {} {}", column.path, column.data_type.as_deref().unwrap_or("?")),
        }));
    }
    lines.extend(proposals.notes.into_iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

const SQL: &str = "
CREATE TABLE Shop.Orders (Id INT PRIMARY KEY, \"Amount\" NUMERIC(10, 2), at TIMESTAMP);
ALTER TABLE shop.orders ADD COLUMN note TEXT;
ALTER TABLE shop.orders DROP COLUMN at;
ALTER TABLE shop.orders ALTER COLUMN id SET DATA TYPE BIGINT;
ALTER TABLE other DROP COLUMN a;
ALTER TABLE other RENAME COLUMN b TO c;
DROP TABLE gone, \"Gone\";
ALTER TABLE old RENAME TO new;
CREATE VIEW v (x, y) AS SELECT 1, 2;
CREATE TABLE copy AS SELECT 1;
INSERT INTO t VALUES (1);
";

#[test]
fn ddl_is_read_as_its_dialect_folds_names() {
    let dialects = [Some("postgres"), Some("snowflake"), None];
    let said = dialects.map(|dialect| format!("{dialect:?}\n{}", shown(ddl(SQL, dialect))));
    let mysql = "ALTER TABLE t CHANGE COLUMN a b BIGINT, MODIFY COLUMN c TEXT; RENAME TABLE x TO y";
    let broken = ["ALTER TABLE", "", "DROP TABLE {{ ref('t') }}"].map(|sql| shown(ddl(sql, Some("postgres"))));
    insta::assert_snapshot!(format!("{}\n\nmysql\n{}\n\n{}", said.join("\n\n"), shown(ddl(mysql, Some("mysql"))), broken.join("\n")));
}

#[test]
fn json_is_read_in_every_form() {
    let said = [
        r#"{"datasets": [{"namespace": "n", "name": "t", "fields": [{"name": "a", "type": "struct", "fields": [{"name": "b"}]}]}]}"#,
        r#"[{"name": "t", "facets": {"schema": {"fields": [{"name": "a"}]}}, "complete": false}, {"name": "u", "dropped": true}]"#,
        r#"{"namespace": "n", "name": "t", "renamed": {"a": "b", "c": 1}}"#,
        r#"{"eventType": "COMPLETE", "outputs": [{"namespace": "n", "name": "t", "facets": {"schema": {"fields": []}}}], "inputs": [{"name": "i"}]}"#,
        r#"{"dataset": {"namespace": "n", "name": "t", "schema": {"fields": [{"name": "a", "type": "int"}]}}}"#,
        r#"[{"fields": []}]"#,
        "{}",
        "[",
    ];
    insta::assert_snapshot!(said.map(|text| shown(json(text.as_bytes()))).join("\n\n"));
}

#[test]
fn contracts_are_read_in_both_versions() {
    let said = [
        "servers: [{type: snowflake, account: acme-prod, database: SHOP, schema: RAW}]\nschema:\n- name: orders\n  properties:\n  - {name: id, logicalType: integer}\n  - name: address\n    logicalType: object\n    properties: [{name: city, physicalType: VARCHAR(20)}]\n  - name: items\n    logicalType: array\n    items: {properties: [{name: sku}]}",
        "servers: [{type: bigquery, project: p, dataset: d}]\nschema: [{physicalName: other.orders, properties: [{physicalName: ID, name: id, physicalType: INT64}]}]",
        "servers: [{type: kafka}]\nschema: [{name: t, properties: [{name: a}]}, {properties: []}, {name: empty}]",
        "dataset:\n- table: orders\n  columns:\n  - {column: id, physicalType: int}",
        "schema: 1",
        "- a",
    ];
    insta::assert_snapshot!(said.map(|text| shown(odcs(text.as_bytes()))).join("\n\n"));
}
