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
    /// The kind of test.
    pub kind: Option<String>,
    /// In words.
    pub description: Option<String>,
    /// What should be.
    pub expected: Option<String>,
    /// What was.
    pub actual: Option<String>,
    /// The test's text.
    pub content: Option<String>,
    /// What the text is written in.
    pub content_type: Option<String>,
    /// What it was given.
    pub parameters: Vec<(String, String)>,
}

/// Reads a `dataQualityAssertions` facet.
pub fn assertions(facet: &Json<'_>) -> Vec<Assertion> {
    let read = |a: &Json<'_>| {
        let name = a.text("name").filter(|name| !name.is_empty()).or_else(|| a.text("assertion"))?;
        Some(Assertion {
            name,
            success: a.flag("success")?,
            column: a.text("column"),
            severity: a.text("severity"),
            kind: a.text("assertion"),
            description: a.text("description"),
            expected: a.text("expected"),
            actual: a.text("actual"),
            content: a.text("content"),
            content_type: a.text("contentType"),
            parameters: a.get("params").map(|params| super::properties(params, "")).unwrap_or_default(),
        })
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
    /// When the data was last changed, as sent.
    pub last_updated: Option<String>,
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
    /// Values.
    pub count: Option<i64>,
    /// Their sum.
    pub sum: Option<f64>,
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
    /// Quantile and value, by quantile.
    pub quantiles: Vec<(f64, f64)>,
}

/// Reads a `dataQualityMetrics` facet.
pub fn metrics(facet: &Json<'_>) -> Metrics {
    let columns = facet.get("columnMetrics").and_then(Json::as_object).unwrap_or_default();
    Metrics {
        rows: facet.integer("rowCount"),
        bytes: facet.integer("bytes"),
        files: facet.integer("fileCount"),
        last_updated: facet.text("lastUpdated"),
        columns: columns
            .iter()
            .map(|(column, m)| ColumnMetrics {
                column: column.clone().into_owned(),
                nulls: m.integer("nullCount"),
                distinct: m.integer("distinctCount"),
                count: m.integer("count"),
                sum: number(m.get("sum")),
                min: number(m.get("min")),
                max: number(m.get("max")),
                quantiles: quantiles(m),
            })
            .collect(),
    }
}

fn quantiles(column: &Json<'_>) -> Vec<(f64, f64)> {
    let list = column.get("quantiles").and_then(Json::as_object).unwrap_or_default();
    let mut all: Vec<(f64, f64)> = list.iter().filter_map(|(at, value)| Some((at.parse().ok()?, number(Some(value))?))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// A number, also one that is written as text; nothing that JSON cannot say.
fn number(json: Option<&Json<'_>>) -> Option<f64> {
    let json = json?;
    let text = json.as_str().map_or_else(|| String::from_utf8_lossy(&json.canonical()).into_owned(), str::to_owned);
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
