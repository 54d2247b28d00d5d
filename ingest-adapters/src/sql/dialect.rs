//! What differs between SQL dialects: parser, case of names, visibility of aliases. Nothing else in
//! this folder asks for a dialect by name.

use sqlparser::dialect as parsers;

/// What becomes of a name without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folding {
    Lower,
    Upper,
    /// Kept as written, compared without case.
    Kept,
}

/// One SQL dialect.
pub(crate) struct Dialect {
    name: &'static str,
    folding: Folding,
    pub(super) parser: Box<dyn parsers::Dialect>,
}

/// By facet (`dialect`), by scheme of a namespace, by dbt adapter: to the name used here.
const NAMES: [(&str, &str); 44] = [
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("greenplum", "postgres"),
    ("cockroachdb", "postgres"),
    ("cockroach", "postgres"),
    ("alloydb", "postgres"),
    ("redshift", "redshift"),
    ("snowflake", "snowflake"),
    ("bigquery", "bigquery"),
    ("duckdb", "duckdb"),
    ("motherduck", "duckdb"),
    ("dlt.destinations.duckdb", "duckdb"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("tidb", "mysql"),
    ("oceanbase", "mysql"),
    ("singlestore", "mysql"),
    ("hive", "hive"),
    ("impala", "hive"),
    ("spark", "spark"),
    ("sparksql", "spark"),
    ("glue", "spark"),
    ("databricks", "databricks"),
    ("sqlite", "sqlite"),
    ("mssql", "mssql"),
    ("sqlserver", "mssql"),
    ("synapse", "mssql"),
    ("fabric", "mssql"),
    ("fabric-warehouse", "mssql"),
    ("azuresql", "mssql"),
    ("tsql", "mssql"),
    ("clickhouse", "clickhouse"),
    ("trino", "ansi"),
    ("presto", "ansi"),
    ("athena", "ansi"),
    ("awsathena", "ansi"),
    ("ansi", "ansi"),
    ("dremio", "ansi"),
    ("oracle", "oracle"),
    ("db2", "oracle"),
    ("teradata", "teradata"),
    ("teradatasql", "teradata"),
    ("vertica", "postgres"),
    ("generic", "generic"),
];

fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(from, _)| from.eq_ignore_ascii_case(name)).map(|(_, to)| *to)
}

/// The dialect that a dataset's namespace implies by its scheme (`postgres://host:5432`, `bigquery`);
/// `None` for files, brokers and what is not known.
pub fn dialect_of(namespace: &str) -> Option<&'static str> {
    known(namespace.split_once("://").map_or(namespace, |(scheme, _)| scheme))
}

impl Dialect {
    /// By name in any spelling; a missing or unknown one is parsed leniently and trusted least.
    pub(crate) fn named(name: Option<&str>) -> Dialect {
        let name = name.and_then(|name| known(name.trim())).unwrap_or("generic");
        let (folding, parser): (Folding, Box<dyn parsers::Dialect>) = match name {
            "postgres" => (Folding::Lower, Box::new(parsers::PostgreSqlDialect {})),
            "redshift" => (Folding::Lower, Box::new(parsers::RedshiftSqlDialect {})),
            "snowflake" => (Folding::Upper, Box::new(parsers::SnowflakeDialect)),
            "oracle" => (Folding::Upper, Box::new(parsers::OracleDialect {})),
            "bigquery" => (Folding::Kept, Box::new(parsers::BigQueryDialect)),
            "duckdb" => (Folding::Kept, Box::new(parsers::DuckDbDialect {})),
            "mysql" => (Folding::Kept, Box::new(parsers::MySqlDialect {})),
            "hive" => (Folding::Kept, Box::new(parsers::HiveDialect {})),
            "spark" => (Folding::Kept, Box::new(parsers::SparkSqlDialect {})),
            "databricks" => (Folding::Kept, Box::new(parsers::DatabricksDialect {})),
            "sqlite" => (Folding::Kept, Box::new(parsers::SQLiteDialect {})),
            "mssql" => (Folding::Kept, Box::new(parsers::MsSqlDialect {})),
            "clickhouse" => (Folding::Kept, Box::new(parsers::ClickHouseDialect {})),
            "teradata" => (Folding::Kept, Box::new(parsers::TeradataDialect {})),
            _ => (Folding::Kept, Box::new(parsers::GenericDialect)),
        };
        Dialect { name, folding, parser }
    }

    /// A name as the database keeps it.
    pub(super) fn fold(&self, text: &str, quoted: bool) -> String {
        match self.folding {
            Folding::Lower if !quoted => text.to_lowercase(),
            Folding::Upper if !quoted => text.to_uppercase(),
            _ => text.to_owned(),
        }
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }

    /// An alias of the select list may be used further right in the same list.
    pub(super) fn lateral_aliases(&self) -> bool {
        !self.is(&["postgres", "bigquery", "mysql", "mssql", "hive", "ansi", "oracle", "sqlite"])
    }

    /// An alias of the select list may be used in WHERE.
    pub(super) fn aliases_in_where(&self) -> bool {
        self.is(&["snowflake", "duckdb", "clickhouse", "sqlite", "teradata", "generic"])
    }

    /// An alias of the select list may be used in HAVING and QUALIFY.
    pub(super) fn aliases_in_having(&self) -> bool {
        !self.is(&["postgres", "redshift", "mssql", "oracle", "ansi"])
    }

    /// An alias wins over a column of the same name.
    pub(super) fn alias_beats_column(&self) -> bool {
        self.is(&["clickhouse", "generic"])
    }

    /// Of several tables that have an unqualified column, the first silently wins.
    pub(super) fn first_table_wins(&self) -> bool {
        self.is(&["clickhouse"])
    }

    /// Of several columns of one name in a subquery, the first silently wins.
    pub(super) fn first_column_wins(&self) -> bool {
        self.is(&["duckdb", "sqlite", "clickhouse"])
    }

    /// `"x"` may be a string when there is no such column.
    pub(super) fn quotes_may_be_text(&self) -> bool {
        self.is(&["sqlite", "hive", "spark", "generic", "mysql", "bigquery", "databricks"])
    }

    /// `a -> b` reads JSON; elsewhere it may be a lambda that the parser does not know.
    pub(super) fn arrow_is_json(&self) -> bool {
        self.is(&["postgres", "redshift", "mysql", "sqlite"])
    }

    /// An expression without alias is named after its function or the column that it casts.
    pub(super) fn names_after_function(&self) -> bool {
        self.is(&["postgres", "redshift"])
    }

    /// `FROM t (NOLOCK)` is a table, not a function.
    pub(super) fn hints_look_like_arguments(&self) -> bool {
        self.is(&["mssql"])
    }

    /// A common table expression may be recursive without saying RECURSIVE.
    pub(super) fn recursion_unsaid(&self) -> bool {
        self.is(&["mssql", "oracle", "snowflake", "generic"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_says_the_dialect() {
        let said = [
            "postgres://h:5432",
            "bigquery",
            "snowflake://org-acc",
            "duckdb://jaffle.duckdb",
            "sqlserver://h",
            "s3://bucket",
            "kafka://b:9092",
        ];
        let read: Vec<_> = said.map(dialect_of).into();
        assert_eq!(read, [Some("postgres"), Some("bigquery"), Some("snowflake"), Some("duckdb"), Some("mssql"), None, None]);
    }

    #[test]
    fn every_name_given_is_a_name_taken() {
        for (_, name) in NAMES {
            assert_eq!(Dialect::named(Some(name)).name, name);
        }
    }
}
