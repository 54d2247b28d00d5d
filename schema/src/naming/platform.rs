//! What is known of each platform's names: the naming table of the OpenLineage documentation
//! (website/docs/spec/naming.md) and the drift that emitters are seen to add to it.

/// What stands where a URL has its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authority {
    /// A machine of one's own: `db.example.org:5432`. The same server may have other host names.
    Server,
    /// A service's address of an account or workspace: another one is other data.
    Account,
    /// A bucket, container or file name: no host at all.
    Container,
}

/// How dataset names are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Identifiers with dots: `shop.public.orders`.
    Dotted,
    /// A path from the root of a file system: `/data/orders`.
    Path,
    /// A key of an object store: `data/orders`.
    Key,
    /// One word without structure.
    Word,
}

/// One platform.
#[derive(Debug)]
pub(super) struct Platform {
    /// The scheme of the naming table.
    pub scheme: &'static str,
    /// Other schemes for the same protocol to the same data.
    pub aliases: &'static [&'static str],
    /// The port that clients use when none is given.
    pub port: Option<u16>,
    pub authority: Authority,
    pub names: Names,
}

const fn server(scheme: &'static str, aliases: &'static [&'static str], port: Option<u16>) -> Platform {
    Platform { scheme, aliases, port, authority: Authority::Server, names: Names::Dotted }
}

const fn account(scheme: &'static str) -> Platform {
    Platform { scheme, aliases: &[], port: None, authority: Authority::Account, names: Names::Dotted }
}

const fn store(scheme: &'static str, aliases: &'static [&'static str]) -> Platform {
    Platform { scheme, aliases, port: None, authority: Authority::Container, names: Names::Key }
}

/// Ports are left out where a platform has several common ones that mean different things (crate,
/// dremio, spark): a guess could name another server.
const PLATFORMS: &[Platform] = &[
    server("postgres", &["postgresql"], Some(5432)),
    server("mysql", &["mariadb"], Some(3306)),
    // Synapse is `sqlserver://` in the table, SQL Server `mssql://`; one host and port is one server.
    server("mssql", &["sqlserver"], Some(1433)),
    server("fabric-warehouse", &[], Some(1433)),
    server("redshift", &[], Some(5439)),
    server("oracle", &[], Some(1521)),
    server("db2", &[], Some(50000)),
    server("teradata", &[], Some(1025)),
    server("oceanbase", &[], Some(2881)),
    server("trino", &[], Some(8080)),
    server("hive", &["hive2"], Some(10000)),
    server("clickhouse", &[], Some(8123)),
    server("cassandra", &[], Some(9042)),
    server("milvus", &[], Some(19530)),
    server("mongodb", &[], Some(27017)),
    server("crate", &[], None),
    server("dremio", &[], None),
    server("spark", &[], None),
    Platform { scheme: "kafka", aliases: &[], port: Some(9092), authority: Authority::Server, names: Names::Word },
    Platform { scheme: "hdfs", aliases: &[], port: Some(8020), authority: Authority::Server, names: Names::Path },
    account("snowflake"),
    account("databricks"),
    account("unitycatalog"),
    account("awsathena"),
    Platform { scheme: "azurekusto", aliases: &[], port: None, authority: Authority::Account, names: Names::Path },
    Platform { scheme: "azurecosmos", aliases: &[], port: None, authority: Authority::Account, names: Names::Path },
    store("s3", &["s3a", "s3n"]),
    store("gs", &["gcs"]),
    store("abfss", &["abfs"]),
    store("wasbs", &["wasb"]),
    store("dbfs", &[]),
    Platform { scheme: "file", aliases: &[], port: None, authority: Authority::Container, names: Names::Path },
];

/// The platform of a scheme in lower case.
pub(super) fn by_scheme(scheme: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|platform| platform.scheme == scheme || platform.aliases.contains(&scheme))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_scheme_names_one_platform() {
        let mut seen = HashSet::new();
        for platform in PLATFORMS {
            for scheme in platform.aliases.iter().chain([&platform.scheme]) {
                assert!(seen.insert(*scheme), "{scheme} twice");
                assert_eq!(by_scheme(scheme).unwrap().scheme, platform.scheme);
            }
        }
    }
}
