//! The parameters of an export: the nouns of GraphQL's `lineage`, as text.

use crate::export::{Format, Table};
use crate::graph::{Direction, When};
use crate::lineage::Confidence;
use crate::lineage::question::{Granularity, Question};
use schema::id;
use schema::moment::Moment;
use uuid::Uuid;

/// What can be said, for whoever says something else.
const KNOWN: &str = "format, dataset, job, column, run, namespace, direction, minDepth, maxDepth, granularity, asOf, window, knownAt, \
                     minConfidence, jobs, temporary, inferred, table, spreadsheet";

/// What is asked for; nothing is looked up yet.
#[derive(Debug)]
pub struct Wish {
    /// What the file looks like.
    pub format: Format,
    /// Where to start; without any, the whole graph.
    pub starts: Vec<StartAt>,
    /// Everything but the start.
    pub question: Question,
    /// What the server had been told by then.
    pub known_at: Option<Moment>,
}

/// A start by name, with the words it was asked for in.
#[derive(Debug)]
pub enum StartAt {
    /// By its id.
    Dataset(Uuid, String),
    /// By its id.
    Job(Uuid, String),
    /// Id of its dataset, and path.
    Column(Uuid, String, String),
    /// By its OpenLineage id.
    Run(String),
    /// Every dataset in it.
    Namespace(String),
}

impl Wish {
    /// Reads parameters; the error is for whoever sent them.
    pub fn read(parameters: &[(String, String)]) -> Result<Self, String> {
        let (mut format, mut table, mut spreadsheet) = (None, None, None);
        let (mut as_of, mut window) = (None, None);
        let mut wish = Self {
            format: Format::Ndjson,
            starts: Vec::new(),
            question: Question { directions: direction("BOTH")?, ..Question::default() },
            known_at: None,
        };
        let question = &mut wish.question;
        for (name, value) in parameters {
            match name.as_str() {
                "format" => format = Some(value.to_ascii_lowercase()),
                "table" => table = Some(self::table(value)?),
                "spreadsheet" => spreadsheet = Some(flag(name, value)?),
                "dataset" => wish.starts.push(StartAt::Dataset(reference("dataset", value, id::dataset)?, value.clone())),
                "job" => wish.starts.push(StartAt::Job(reference("job", value, id::job)?, value.clone())),
                "column" => wish.starts.push(column(value)?),
                "run" => wish.starts.push(StartAt::Run(value.clone())),
                "namespace" => wish.starts.push(StartAt::Namespace(value.clone())),
                "direction" => question.directions = direction(value)?,
                "minDepth" => question.min_depth = depth(name, value)?,
                "maxDepth" => question.max_depth = Some(depth(name, value)?),
                "granularity" => question.granularity = granularity(value)?,
                "asOf" => as_of = Some(moment(name, value)?),
                "window" => window = Some(self::window(value)?),
                "knownAt" => wish.known_at = Some(moment(name, value)?),
                "minConfidence" => question.min_confidence = Some(confidence(value)?),
                "jobs" => question.datasets_only = !flag(name, value)?,
                "temporary" => question.temporary = flag(name, value)?,
                "inferred" => question.stated_only = !flag(name, value)?,
                _ => return Err(format!("there is no parameter {name}; there are {KNOWN}")),
            }
        }
        question.when = match (as_of, window) {
            (Some(_), Some(_)) => return Err("give asOf or window, not both".into()),
            (Some(at), None) => When::At(at.0),
            (None, Some((from, to))) => When::During(from.0, to.0),
            (None, None) => When::Now,
        };
        if question.granularity != Granularity::Column && wish.starts.iter().any(|start| matches!(start, StartAt::Column(..))) {
            return Err("a start at a column takes granularity=COLUMN".into());
        }
        wish.format = self::format(format.as_deref(), table, spreadsheet)?;
        Ok(wish)
    }
}

fn format(format: Option<&str>, table: Option<Table>, spreadsheet: Option<bool>) -> Result<Format, String> {
    let format = match format {
        Some("csv") => return Ok(Format::Csv { table: table.unwrap_or_default(), spreadsheet: spreadsheet.unwrap_or_default() }),
        Some("ndjson") => Format::Ndjson,
        Some("dot") => Format::Dot,
        Some("mermaid") => Format::Mermaid,
        Some(other) => return Err(format!("format must be csv, ndjson, dot or mermaid, not {other:?}")),
        None => return Err("give a format: csv, ndjson, dot or mermaid".into()),
    };
    if table.is_some() || spreadsheet.is_some() { Err("table and spreadsheet are for format=csv".into()) } else { Ok(format) }
}

fn table(value: &str) -> Result<Table, String> {
    match value {
        "edges" => Ok(Table::Edges),
        "nodes" => Ok(Table::Nodes),
        _ => Err("table must be edges or nodes".into()),
    }
}

fn direction(value: &str) -> Result<Vec<Direction>, String> {
    match value.to_ascii_uppercase().as_str() {
        "UPSTREAM" => Ok(vec![Direction::Upstream]),
        "DOWNSTREAM" => Ok(vec![Direction::Downstream]),
        "BOTH" => Ok(vec![Direction::Upstream, Direction::Downstream]),
        _ => Err("direction must be UPSTREAM, DOWNSTREAM or BOTH".into()),
    }
}

fn granularity(value: &str) -> Result<Granularity, String> {
    match value.to_ascii_uppercase().as_str() {
        "DATASET" => Ok(Granularity::Dataset),
        "COLUMN" => Ok(Granularity::Column),
        "JOB" => Ok(Granularity::Job),
        _ => Err("granularity must be DATASET, COLUMN or JOB; GraphQL's lineage field has the rolled-up ones".into()),
    }
}

fn confidence(value: &str) -> Result<Confidence, String> {
    match value.to_ascii_uppercase().as_str() {
        "COLUMN_PROVEN" => Ok(Confidence::ColumnProven),
        "TABLE_LEVEL" => Ok(Confidence::TableLevel),
        "INFERRED" => Ok(Confidence::Inferred),
        "ASSUMED" => Ok(Confidence::Assumed),
        _ => Err("minConfidence must be COLUMN_PROVEN, TABLE_LEVEL, INFERRED or ASSUMED".into()),
    }
}

/// `namespace|name`, or an id. Namespaces are addresses and hardly ever have a `|`; one that has is asked for by id.
fn reference(what: &str, value: &str, derive: fn(&str, &str) -> Uuid) -> Result<Uuid, String> {
    match value.split_once('|') {
        Some((namespace, name)) => Ok(derive(namespace, name)),
        None => Uuid::try_parse(value).map_err(|_| format!("{what} must be namespace|name or an id, not {value:?}")),
    }
}

/// `namespace|dataset|column`, or the id of the dataset and `|column`.
fn column(value: &str) -> Result<StartAt, String> {
    let wrong = || format!("column must be namespace|dataset|column or dataset id|column, not {value:?}");
    let (first, rest) = value.split_once('|').ok_or_else(wrong)?;
    if let Ok(dataset) = Uuid::try_parse(first) {
        return Ok(StartAt::Column(dataset, rest.to_owned(), value.to_owned()));
    }
    let (dataset, column) = rest.split_once('|').ok_or_else(wrong)?;
    Ok(StartAt::Column(id::dataset(first, dataset), column.to_owned(), value.to_owned()))
}

fn moment(name: &str, value: &str) -> Result<Moment, String> {
    Moment::parse(value).ok_or_else(|| format!("{name} must be a date and time such as 2026-01-31T12:00:00Z"))
}

/// An ISO 8601 interval of two moments.
fn window(value: &str) -> Result<(Moment, Moment), String> {
    let (from, to) = value.split_once('/').ok_or("window must be two moments with a slash between, begin and end")?;
    let (from, to) = (moment("window", from)?, moment("window", to)?);
    if from > to { Err("window ends before it begins".into()) } else { Ok((from, to)) }
}

fn depth(name: &str, value: &str) -> Result<u32, String> {
    value.parse().map_err(|_| format!("{name} must be a whole number, 0 or more"))
}

fn flag(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("{name} must be true or false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Wish, String> {
        Wish::read(&query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_split_at_the_first_bar_only() {
        let wish =
            read(&[("format", "dot"), ("dataset", "db|a|b"), ("job", "etl|load|x"), ("granularity", "column"), ("column", "db|t|a|b")]);
        let starts = wish.unwrap().starts;
        assert!(matches!(&starts[0], StartAt::Dataset(found, _) if *found == id::dataset("db", "a|b")));
        assert!(matches!(&starts[1], StartAt::Job(found, _) if *found == id::job("etl", "load|x")));
        assert!(matches!(&starts[2], StartAt::Column(found, path, _) if *found == id::dataset("db", "t") && path == "a|b"));
        let by_id = id::dataset("d|b", "t").to_string();
        let wish = read(&[("format", "dot"), ("dataset", &by_id), ("granularity", "COLUMN"), ("column", &format!("{by_id}|c"))]).unwrap();
        assert!(matches!(&wish.starts[0], StartAt::Dataset(found, _) if found.to_string() == by_id));
        assert!(matches!(&wish.starts[1], StartAt::Column(found, path, _) if found.to_string() == by_id && path == "c"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said: Vec<String> = [
            ("x", "1"),
            ("format", "pdf"),
            ("table", "rows"),
            ("dataset", "orders"),
            ("column", "db|t"),
            ("direction", "SIDEWAYS"),
            ("maxDepth", "-1"),
            ("granularity", "OWNER"),
            ("asOf", "yesterday"),
            ("window", "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"),
            ("minConfidence", "HIGH"),
            ("jobs", "no"),
            ("spreadsheet", "true"),
        ]
        .into_iter()
        .map(|one| read(&if one.0 == "format" { vec![one] } else { vec![("format", "ndjson"), one] }).unwrap_err())
        .collect();
        insta::assert_debug_snapshot!(said);
    }
}
