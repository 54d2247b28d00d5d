//! Facets about one run's reading or writing of a dataset: volumes, tests, profiles.

use crate::json::Json;

/// `inputStatistics` or `outputStatistics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Rows read or written.
    pub rows: Option<i64>,
    /// Bytes.
    pub bytes: Option<i64>,
    /// Files.
    pub files: Option<i64>,
}

/// Reads either statistics facet.
pub fn statistics(facet: &Json<'_>) -> Statistics {
    Statistics { rows: facet.integer("rowCount"), bytes: facet.integer("size"), files: facet.integer("fileCount") }
}

/// One test of a dataset and how it went.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assertion {
    /// The name, or else the kind of test.
    pub name: String,
    /// Whether it held.
    pub success: bool,
    /// The column tested.
    pub column: Option<String>,
    /// `error` or `warn`: says nothing about `success`.
    pub severity: Option<String>,
}

/// Reads a `dataQualityAssertions` facet.
pub fn assertions(facet: &Json<'_>) -> Vec<Assertion> {
    let read = |a: &Json<'_>| {
        let name = a.text("name").filter(|name| !name.is_empty()).or_else(|| a.text("assertion"))?;
        Some(Assertion { name, success: a.flag("success")?, column: a.text("column"), severity: a.text("severity") })
    };
    facet.objects("assertions").filter_map(read).collect()
}

/// The `dataQualityMetrics` facet, of a dataset or an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Rows.
    pub rows: Option<i64>,
    /// Bytes.
    pub bytes: Option<i64>,
    /// Files.
    pub files: Option<i64>,
    /// By column.
    pub columns: Vec<ColumnMetrics>,
}

/// The profile of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnMetrics {
    /// Which column.
    pub column: String,
    /// Nulls.
    pub nulls: Option<i64>,
    /// Distinct values.
    pub distinct: Option<i64>,
}

/// Reads a `dataQualityMetrics` facet.
pub fn metrics(facet: &Json<'_>) -> Metrics {
    let columns = facet.get("columnMetrics").and_then(Json::as_object).unwrap_or_default();
    Metrics {
        rows: facet.integer("rowCount"),
        bytes: facet.integer("bytes"),
        files: facet.integer("fileCount"),
        columns: columns
            .iter()
            .map(|(column, m)| ColumnMetrics {
                column: column.clone().into_owned(),
                nulls: m.integer("nullCount"),
                distinct: m.integer("distinctCount"),
            })
            .collect(),
    }
}
