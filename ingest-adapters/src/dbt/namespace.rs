//! The namespace of a warehouse from the profile that reaches it, by adapter. The rules are those of
//! dbt-ol (`DbtArtifactProcessor.extract_namespace`, 1.54) and, for adapters that it does not know, the
//! naming table of OpenLineage's documentation.

use super::profile::Profile;

/// A namespace of the form `scheme://host:port`.
struct Rule {
    adapter: &'static str,
    scheme: &'static str,
    /// Settings that may hold the host, the first one first.
    host: &'static [&'static str],
    port: Port,
}

enum Port {
    /// As in the profile; else the one that the adapter itself takes.
    Or(u16),
    /// As in the profile, if it is there.
    IfSaid,
    /// Not part of the name.
    Never,
}

const HOST: &[&str] = &["host"];
const SERVER: &[&str] = &["server", "host"];

const RULES: [Rule; 15] = [
    Rule { adapter: "postgres", scheme: "postgres", host: HOST, port: Port::Or(5432) },
    Rule { adapter: "redshift", scheme: "redshift", host: HOST, port: Port::Or(5439) },
    Rule { adapter: "clickhouse", scheme: "clickhouse", host: HOST, port: Port::Or(8123) },
    Rule { adapter: "trino", scheme: "trino", host: HOST, port: Port::Or(8080) },
    Rule { adapter: "presto", scheme: "presto", host: HOST, port: Port::Or(8080) },
    Rule { adapter: "watsonx_presto", scheme: "presto", host: HOST, port: Port::Or(8080) },
    Rule { adapter: "databricks", scheme: "databricks", host: HOST, port: Port::Never },
    Rule { adapter: "sqlserver", scheme: "mssql", host: SERVER, port: Port::Or(1433) },
    Rule { adapter: "fabric", scheme: "fabric-warehouse", host: SERVER, port: Port::IfSaid },
    Rule { adapter: "dremio", scheme: "dremio", host: &["software_host", "cloud_host"], port: Port::Or(9047) },
    Rule { adapter: "mysql", scheme: "mysql", host: SERVER, port: Port::Or(3306) },
    Rule { adapter: "oracle", scheme: "oracle", host: HOST, port: Port::Or(1521) },
    Rule { adapter: "teradata", scheme: "teradata", host: SERVER, port: Port::Or(1025) },
    Rule { adapter: "hive", scheme: "hive", host: HOST, port: Port::Or(10000) },
    Rule { adapter: "synapse", scheme: "sqlserver", host: SERVER, port: Port::Or(1433) },
];

/// The one namespace of an adapter whose names are unique in the world.
pub(super) fn fixed(adapter: &str) -> Option<&'static str> {
    (adapter == "bigquery").then_some("bigquery")
}

/// The namespace; the error is a phrase that says which setting is missing.
pub(super) fn of(adapter: &str, profile: &Profile) -> Result<String, String> {
    match adapter {
        "bigquery" => Ok("bigquery".to_owned()),
        "snowflake" => Ok(format!("snowflake://{}", snowflake_account(profile.get("account")?))),
        "athena" => Ok(format!("awsathena://athena.{}.amazonaws.com", profile.get("region_name")?)),
        "glue" => Ok(format!("arn:aws:glue:{}:{}", profile.get("region")?, glue_account(profile)?)),
        "duckdb" => Ok(format!("duckdb://{}", profile.get("path").unwrap_or(":memory:"))),
        "spark" => spark(profile),
        _ => server(adapter, profile),
    }
}

/// What to call a warehouse of which nothing is known but the adapter and the project.
pub(super) fn assumed(adapter: Option<&str>, project: &str) -> String {
    let scheme = match adapter {
        Some("athena") => "awsathena",
        Some(adapter) => RULES.iter().find(|rule| rule.adapter == adapter).map_or(adapter, |rule| rule.scheme),
        None => "dbt",
    };
    format!("{scheme}://{project}")
}

/// Athena's tables are Glue's tables: the namespace of their other name, when the profile says the account.
pub(super) fn glue_of_athena(profile: &Profile) -> Option<String> {
    let account = account_of_role(profile.get("assume_role_arn").ok()?)?;
    Some(format!("arn:aws:glue:{}:{account}", profile.get("region_name").ok()?))
}

/// An adapter that neither dbt-ol nor the specification names gets its own name as scheme.
fn server(adapter: &str, profile: &Profile) -> Result<String, String> {
    let unknown = Rule { adapter: "", scheme: "", host: &["host", "server"], port: Port::IfSaid };
    let rule = RULES.iter().find(|rule| rule.adapter == adapter).unwrap_or(&unknown);
    let scheme = if rule.scheme.is_empty() { adapter } else { rule.scheme };
    let host = rule.host.iter().find_map(|key| profile.get(key).ok()).map_or_else(|| profile.get(rule.host[0]), Ok)?;
    let port = match (&rule.port, profile.get("port").ok()) {
        (Port::Never, _) | (Port::IfSaid, None) => String::new(),
        (_, Some(port)) => format!(":{port}"),
        (Port::Or(port), None) => format!(":{port}"),
    };
    Ok(format!("{scheme}://{host}{port}"))
}

fn spark(profile: &Profile) -> Result<String, String> {
    let host = profile.get("host")?;
    let port = match (profile.get("port"), profile.get("method")) {
        (Ok(port), _) => port,
        (_, Ok("thrift")) => "10001",
        _ => "443",
    };
    Ok(format!("spark://{host}:{port}"))
}

/// `org-account` stays; an account locator gets the region and cloud that it leaves out.
fn snowflake_account(account: &str) -> String {
    let parts: Vec<&str> = account.split('.').collect();
    match &parts[..] {
        [name, ..] if name.contains('-') => (*name).to_owned(),
        [name] => format!("{name}.us-west-1.aws"),
        [name, region] => format!("{name}.{region}.aws"),
        _ => account.to_owned(),
    }
}

fn glue_account(profile: &Profile) -> Result<String, String> {
    if let Ok(account) = profile.get("account_id") {
        return Ok(account.to_owned());
    }
    let role = profile.get("role_arn")?;
    account_of_role(role).map(str::to_owned).ok_or_else(|| format!("`role_arn` of profile {} names no account", profile.name))
}

/// `arn:aws:iam::123456789012:role/name` names account 123456789012.
fn account_of_role(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What dbt-ol makes of the same profiles.
    #[test]
    fn every_adapter_has_its_rule() {
        let cases = [
            ("postgres", "host: h, port: 5433", "postgres://h:5433"),
            ("postgres", "host: h", "postgres://h:5432"),
            ("redshift", "host: c.eu.redshift.amazonaws.com, port: 5439", "redshift://c.eu.redshift.amazonaws.com:5439"),
            ("snowflake", "account: acme-prod", "snowflake://acme-prod"),
            ("snowflake", "account: xy12345", "snowflake://xy12345.us-west-1.aws"),
            ("snowflake", "account: xy12345.eu-west-1", "snowflake://xy12345.eu-west-1.aws"),
            ("snowflake", "account: xy12345.west-europe.azure", "snowflake://xy12345.west-europe.azure"),
            ("bigquery", "project: p", "bigquery"),
            ("databricks", "host: dbc-1.cloud.databricks.com, http_path: x", "databricks://dbc-1.cloud.databricks.com"),
            ("sqlserver", "server: s, port: 1433", "mssql://s:1433"),
            ("fabric", "server: s", "fabric-warehouse://s"),
            ("fabric", "server: s, port: 1433", "fabric-warehouse://s:1433"),
            ("dremio", "software_host: d, port: 9047", "dremio://d:9047"),
            ("athena", "region_name: eu-west-1", "awsathena://athena.eu-west-1.amazonaws.com"),
            ("glue", "region: eu-west-1, account_id: '123'", "arn:aws:glue:eu-west-1:123"),
            ("glue", "region: eu-west-1, role_arn: 'arn:aws:iam::123:role/r'", "arn:aws:glue:eu-west-1:123"),
            ("duckdb", "path: jaffle.duckdb", "duckdb://jaffle.duckdb"),
            ("duckdb", "schema: main", "duckdb://:memory:"),
            ("spark", "host: h, method: thrift", "spark://h:10001"),
            ("spark", "host: h, method: http", "spark://h:443"),
            ("spark", "host: h, method: odbc, port: 8443", "spark://h:8443"),
            ("trino", "host: h, port: 443", "trino://h:443"),
            ("watsonx_presto", "host: h, port: 443", "presto://h:443"),
            ("clickhouse", "host: h, port: 9440", "clickhouse://h:9440"),
            ("mysql", "server: h", "mysql://h:3306"),
            ("vertica", "host: h, port: 5433", "vertica://h:5433"),
        ];
        for (adapter, settings, expected) in cases {
            assert_eq!(of(adapter, &profile(settings)), Ok(expected.to_owned()), "{adapter}: {settings}");
        }
        assert_eq!(of("postgres", &profile("port: 5432")), Err("profile p has no `host`".to_owned()));
        assert_eq!(assumed(Some("sqlserver"), "shop"), "mssql://shop");
        let role = profile("region_name: eu-west-1, assume_role_arn: 'arn:aws:iam::123:role/r'");
        assert_eq!(glue_of_athena(&role).as_deref(), Some("arn:aws:glue:eu-west-1:123"));
    }

    fn profile(settings: &str) -> Profile {
        let file = format!("p: {{outputs: {{default: {{{settings}}}}}}}");
        Profile::read(file.as_bytes(), None, None, &|_| None).unwrap_or_else(|e| panic!("{e}"))
    }
}
