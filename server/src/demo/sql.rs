//! Writes the SQL that goes with a dataset, from what is known of its columns on a given day.

use super::model::{Column, Dataset, Estate, Statement, Why};

/// The statement as it was `age` days before now.
pub(super) fn write(estate: &Estate, statement: Statement, age: i64) -> String {
    let dataset = |index: usize| &estate.datasets[index];
    match statement {
        Statement::Select(made) => select(estate, dataset(made), age),
        Statement::Create(made) => {
            let query = select(estate, dataset(made), age);
            format!("create or replace table {} as\n{query}", dataset(made).name)
        }
        Statement::Extract(source) => extract(dataset(source), age),
        Statement::Load(landing, raw) => load(dataset(landing), dataset(raw)),
    }
}

fn select(estate: &Estate, made: &Dataset, age: i64) -> String {
    let columns: Vec<String> = made.columns(age).map(result).collect();
    let mut sql = format!("select\n{}", columns.join(",\n"));
    let joins: Vec<String> = fields(made, Why::Join, estate);
    for (at, (alias, source)) in made.sources.iter().enumerate() {
        let name = &estate.datasets[*source].name;
        if at == 0 {
            sql += &format!("\nfrom {name} as {alias}");
            continue;
        }
        sql += &format!("\nleft join {name} as {alias}");
        if let Some([left, right]) = joins.chunks_exact(2).nth(at - 1) {
            sql += &format!(" on {left} = {right}");
        }
    }
    for (at, field) in fields(made, Why::Filter, estate).iter().enumerate() {
        sql += &format!("\n{} {field} is not null", if at == 0 { "where" } else { "  and" });
    }
    // Whatever is not aggregated is grouped by, also what merely depends on the fields that the table names.
    if made.deciders.iter().any(|(why, _, _)| *why == Why::Group) {
        sql += "\ngroup by all";
    }
    sql
}

fn result(column: &Column) -> String {
    let expression = column.expression.as_deref().unwrap_or(&column.name);
    if expression.rsplit('.').next() == Some(&column.name) {
        return format!("    {expression}");
    }
    format!("    {} as {}", spell(expression), column.name)
}

/// The query that takes a day's changes out of a database.
fn extract(source: &Dataset, age: i64) -> String {
    let columns: Vec<&str> = source.columns(age).map(|column| column.name.as_str()).collect();
    let changed = columns.iter().rfind(|column| column.ends_with("_at"));
    let condition = changed.map_or(String::new(), |column| format!("\nwhere {column} >= timestamp '{{{{ data_interval_start }}}}'"));
    format!("select {}\nfrom {}{condition}", columns.join(", "), source.name)
}

/// The command that loads files into the warehouse.
fn load(landing: &Dataset, raw: &Dataset) -> String {
    format!(
        "copy into {}\nfrom @raw.stages.lake/{}/\nfile_format = (type = parquet)\nmatch_by_column_name = case_insensitive",
        raw.name, landing.name
    )
}

/// Fields that decide the rows, as `alias.column`.
fn fields(made: &Dataset, why: Why, estate: &Estate) -> Vec<String> {
    let alias = |source: usize| {
        let found = made.sources.iter().find(|(_, other)| *other == source);
        found.map_or_else(|| estate.datasets[source].name.clone(), |(alias, _)| alias.clone())
    };
    let chosen = made.deciders.iter().filter(|(other, _, _)| *other == why);
    chosen.map(|(_, source, column)| format!("{}.{column}", alias(*source))).collect()
}

/// The short expressions of the tables as SQL.
fn spell(expression: &str) -> String {
    let Some((function, fields)) = expression.split_once('(') else {
        return expression.to_owned();
    };
    let fields: Vec<&str> = fields.trim_end_matches(')').split(',').collect();
    match (function, fields.as_slice()) {
        ("hash", [field, ..]) => format!("sha2(lower({field}), 256)"),
        ("diff", [left, right, ..]) => format!("{left} - coalesce({right}, 0)"),
        ("product", [left, right, ..]) => format!("{left} * {right}"),
        ("ratio", [left, right, ..]) => format!("div0({left}, {right})"),
        ("total", [left, right, ..]) => format!("{left} / 1e6 + {right}"),
        ("count_distinct", [field, ..]) => format!("count(distinct {field})"),
        ("sum", [left, right, ..]) => format!("sum({left} + {right})"),
        ("month" | "week", [field, ..]) => format!("date_trunc('{function}', {field})"),
        ("recent", [field, ..]) => format!("{field} > dateadd('year', -1, current_date)"),
        ("matches", [field, ..]) => format!("{field} in ('damage', 'fault')"),
        ("datediff", [left, right, ..]) => format!("avg(datediff('day', {left}, {right}))"),
        _ => format!("{function}({})", fields.join(", ")),
    }
}
