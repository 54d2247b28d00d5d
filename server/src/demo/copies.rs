//! Derives the copies that every source table has on its way: landing zone, raw layer, staging model.

use super::model::{Column, Dataset, Estate, How, Origin, Platform};
use super::tables::same;

/// Object storage of the lake.
pub(super) const LAKE: &str = "s3://meltwater-lake";
/// The warehouse.
pub(super) const WAREHOUSE: &str = "snowflake://meltwater-eu1";

/// A source table's short name without its system.
pub(super) fn table(estate: &Estate, dataset: usize) -> String {
    let name = &estate.datasets[dataset].name;
    name.rsplit(['.', '/']).next().unwrap_or(name).to_owned()
}

/// Parquet files in the landing zone.
pub(super) fn land(estate: &mut Estate, system: &str, source: usize) -> usize {
    let table = table(estate, source);
    let about = format!("Daily snapshots of {} as Parquet files.", estate.datasets[source].name);
    let mut dataset = copy(estate, source, Platform::Lake, "t", about);
    dataset.namespace = LAKE.to_owned();
    dataset.name = format!("landing/{system}/{table}");
    estate.add(&format!("landing.{system}.{table}"), dataset)
}

/// The same rows in the warehouse, with the time of loading.
pub(super) fn load(estate: &mut Estate, system: &str, source: usize) -> usize {
    let table = table(estate, source);
    let about = format!("Rows of {} as they were loaded; nothing is cleaned here.", estate.datasets[source].name);
    let mut dataset = copy(estate, source, Platform::Snowflake, "t", about);
    dataset.name = format!("raw.{system}.{table}");
    dataset.columns.push(Column {
        name: "_loaded_at".to_owned(),
        kind: "timestamp_tz".to_owned(),
        about: "When the row was loaded.".to_owned(),
        expression: Some("current_timestamp()".to_owned()),
        ..Column::default()
    });
    estate.add(&format!("raw.{system}.{table}"), dataset)
}

/// The staging model: typed, without load times, addresses and numbers of people hashed.
pub(super) fn stage(estate: &mut Estate, system: &str, raw: usize) -> usize {
    let table = table(estate, raw);
    let about = format!("Cleaned {} of {system}; the only way for models to read them.", table.replace('_', " "));
    let mut dataset = copy(estate, raw, Platform::Snowflake, "source", about);
    dataset.name = format!("analytics.staging.stg_{system}__{table}");
    dataset.owners = vec!["team:analytics".to_owned()];
    dataset.columns.retain(|column| column.name != "_loaded_at");
    for column in &mut dataset.columns {
        if matches!(column.tag.as_deref(), Some("email" | "phone" | "ip")) {
            mask(column);
        }
    }
    estate.add(&format!("stg_{system}__{table}"), dataset)
}

fn mask(column: &mut Column) {
    column.expression = column.expression.take().map(|expression| format!("hash({expression})"));
    column.origins = column.origins.drain(..).map(|origin| Origin { how: How::Masked, ..origin }).collect();
    column.name = format!("{}_hash", column.name);
    column.kind = "varchar(64)".to_owned();
    column.about = "Hash, for joining only.".to_owned();
    column.tag = None;
}

fn copy(estate: &Estate, source: usize, platform: Platform, alias: &str, about: String) -> Dataset {
    let from = &estate.datasets[source];
    let columns = from.columns.iter().map(|column| {
        let expression = format!("{alias}.{}", column.name);
        let mut copied = same(source, column, expression);
        copied.kind = spelled(platform, &column.kind);
        copied.retyped = column.retyped.as_ref().map(|(age, before)| (*age, spelled(platform, before)));
        copied
    });
    Dataset {
        namespace: WAREHOUSE.to_owned(),
        name: String::new(),
        platform,
        about,
        owners: vec!["team:data-platform".to_owned()],
        tags: from.tags.iter().filter(|(tag, _)| tag != "tier").cloned().collect(),
        columns: columns.collect(),
        sources: vec![(alias.to_owned(), source)],
        deciders: Vec::new(),
        alias: None,
    }
}

/// A column type as another platform spells it.
fn spelled(platform: Platform, kind: &str) -> String {
    let (base, size) = kind.split_once('(').map_or((kind, ""), |(base, size)| (base, size.trim_end_matches(')')));
    match (platform, base) {
        (Platform::Snowflake, "bigint" | "int" | "long") => "number(38,0)".to_owned(),
        (Platform::Snowflake, "numeric" | "decimal") => format!("number({size})"),
        (Platform::Snowflake, "text" | "char" | "uuid" | "inet" | "string") => "varchar".to_owned(),
        (Platform::Snowflake, "timestamptz" | "timestamp" | "timestamp-millis") => "timestamp_tz".to_owned(),
        (Platform::Snowflake, "double") => "float".to_owned(),
        (Platform::Lake, "text" | "char" | "uuid" | "inet") => "string".to_owned(),
        (Platform::Lake, "timestamptz") => "timestamp".to_owned(),
        (Platform::Lake, "numeric") => format!("decimal({size})"),
        _ => kind.to_owned(),
    }
}
