//! A lineage question as the parameters of an address: the nouns of GraphQL's `lineage`, as text. Each door has a few of
//! its own beside them.

use super::export::Wish as ExportWish;
use crate::asked::{
    self, AskError, ColumnStepKind, LineageFilter, LineageGranularity, List, ListKind, PageArguments, StartAt, TagFilter, Wording, named,
};
use crate::export::{Format, Table};
use crate::lineage::question::Question;
use schema::id;
use schema::moment::Moment;
use uuid::Uuid;

/// What every door takes, for whoever says something else.
const KNOWN: &str = "dataset, job, column, run, namespace, tag, owner, direction, minDepth, maxDepth, granularity, kinds, asOf, window, \
                     knownAt, seenSince, where, stopAt, minConfidence, jobs, temporary, inferred, evidence";

/// Runs that are listed behind an edge at most; all are counted.
const EVIDENCE: usize = 100;

/// What every door takes.
#[derive(Debug)]
pub struct Wish {
    /// The question; nothing is looked up yet.
    pub wording: Wording,
    /// With what the server had been told by then.
    pub known_at: Option<Moment>,
    /// Runs to list behind each edge; what the door gives when left out.
    pub evidence: Option<usize>,
}

/// What is read one parameter after the other.
struct Reading {
    wish: Wish,
    as_of: Option<Moment>,
    window: Option<(Moment, Moment)>,
}

impl Wish {
    /// Reads all parameters. Those that are no door's in common go to `own`, which is false for what is nobody's.
    fn read(parameters: &[(String, String)], names: &str, mut own: impl FnMut(&str, &str) -> Result<bool, String>) -> Result<Self, String> {
        let mut reading = Reading::new();
        for (name, value) in parameters {
            if !reading.take(name, value)? && !own(name, value)? {
                return Err(format!("there is no parameter {name}; there are {names}, {KNOWN}"));
            }
        }
        reading.finish()
    }
}

/// The parameters of an export.
pub fn export(parameters: &[(String, String)]) -> Result<ExportWish, String> {
    let (mut format, mut table, mut spreadsheet) = (None, None, None);
    let wish = Wish::read(parameters, "format, table, spreadsheet", |name, value| {
        match name {
            "format" => format = Some(value.to_ascii_lowercase()),
            "table" => table = Some(self::table(value)?),
            "spreadsheet" => spreadsheet = Some(flag(name, value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let format = self::format(format.as_deref(), table, spreadsheet)?;
    let question = &wish.wording.question;
    if wish.wording.from.is_empty() && (question.min_depth > 0 || question.max_depth.is_some() || wish.wording.stop_at.is_some()) {
        return Err("minDepth, maxDepth and stopAt take a start; without one the whole graph is written".into());
    }
    if wish.evidence.is_some() && format != Format::Ndjson {
        return Err("evidence is for format=ndjson".into());
    }
    Ok(ExportWish { format, wish })
}

/// The parameters of an answer in pages.
pub fn answer(parameters: &[(String, String)]) -> Result<(Wish, PageArguments), String> {
    let mut page = PageArguments::default();
    let wish = Wish::read(parameters, "first, after", |name, value| {
        match name {
            "first" => page.first = Some(number(name, value)?),
            "after" => page.after = Some(value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    page.list = List::new(ListKind::Lineage, &question(parameters));
    if wish.wording.from.is_empty() {
        return Err("name a start: dataset, job, column, run, namespace, tag or owner; api/v1/lineage/export writes the whole graph".into());
    }
    Ok((wish, page))
}

/// What a cursor of an answer is bound to: every parameter but the page and what is listed behind edges.
fn question(parameters: &[(String, String)]) -> String {
    let is_page = |name: &str| ["first", "after", "evidence"].contains(&name);
    let mut asked: Vec<String> =
        parameters.iter().filter(|(name, _)| !is_page(name)).map(|(name, value)| format!("{name}={value}")).collect();
    asked.sort();
    asked.join("\n")
}

impl Reading {
    fn new() -> Self {
        let question = Question { directions: asked::LineageDirection::Both.directions(), ..Question::default() };
        let granularity = LineageGranularity::Dataset;
        let wording = Wording { from: Vec::new(), filter: None, stop_at: None, granularity, question };
        Self { wish: Wish { wording, known_at: None, evidence: None }, as_of: None, window: None }
    }

    /// Takes a parameter; false when it is none of these.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let Wish { wording, known_at, evidence } = &mut self.wish;
        let question = &mut wording.question;
        match name {
            "direction" => question.directions = named::<asked::LineageDirection>(name, value)?.directions(),
            "minDepth" => question.min_depth = number(name, value)?,
            "maxDepth" => question.max_depth = Some(number(name, value)?),
            "granularity" => wording.granularity = named(name, value)?,
            "kinds" => question.kinds.wanted.extend(kinds(value)?),
            "asOf" => self.as_of = Some(moment(name, value)?),
            "window" => self.window = Some(window(value)?),
            "knownAt" => *known_at = Some(moment(name, value)?),
            "seenSince" => question.seen_since = Some(moment(name, value)?.0),
            "where" => wording.filter = both(wording.filter.take(), LineageFilter::read(name, value)?),
            "stopAt" => wording.stop_at = both(wording.stop_at.take(), LineageFilter::read(name, value)?),
            "minConfidence" => question.min_confidence = Some(named::<asked::LineageConfidence>(name, value)?.into()),
            "jobs" => question.datasets_only = !flag(name, value)?,
            "temporary" => question.temporary = flag(name, value)?,
            "inferred" => question.stated_only = !flag(name, value)?,
            "evidence" => *evidence = Some(self::evidence(value)?),
            _ => match start(name, value)? {
                Some(start) => wording.from.push(start),
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    fn finish(self) -> Result<Wish, String> {
        let mut wish = self.wish;
        wish.wording.question.when = asked::when(self.as_of, self.window).map_err(sentence)?;
        let is_column = |start: &StartAt| matches!(start, StartAt::Column(..));
        if wish.wording.granularity != LineageGranularity::Column && wish.wording.from.iter().any(is_column) {
            return Err("a start at a column takes granularity=COLUMN".into());
        }
        Ok(wish)
    }
}

/// A start, when the parameter names one.
fn start(name: &str, value: &str) -> Result<Option<StartAt>, String> {
    Ok(Some(match name {
        "dataset" => StartAt::Dataset(reference(name, value, id::dataset)?, value.to_owned()),
        "job" => StartAt::Job(reference(name, value, id::job)?, value.to_owned()),
        "column" => column(value)?,
        "run" => StartAt::Run(value.to_owned()),
        "namespace" => StartAt::Namespace(value.to_owned()),
        "tag" => StartAt::Tag(tag(value)),
        "owner" => StartAt::Owner(value.to_owned()),
        _ => return Ok(None),
    }))
}

/// What is wrong with a question, as a sentence. Looking at the words alone nothing else can be.
fn sentence(error: AskError) -> String {
    if let AskError::Wrong(why) = error { why } else { "the question cannot be read".into() }
}

/// A filter that comes again must hold too.
fn both(known: Option<LineageFilter>, other: LineageFilter) -> Option<LineageFilter> {
    Some(match known {
        Some(known) => known.and(other),
        None => other,
    })
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

/// Several with commas between.
fn kinds(value: &str) -> Result<Vec<crate::graph::Influence>, String> {
    let kinds = value.split(',').map(|kind| named::<ColumnStepKind>("kinds", kind.trim())).collect::<Result<Vec<_>, _>>()?;
    Ok(kinds.into_iter().flat_map(ColumnStepKind::influences).collect())
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
    let words = format!("the dataset of column {value}");
    let (first, rest) = value.split_once('|').ok_or_else(wrong)?;
    if let Ok(dataset) = Uuid::try_parse(first) {
        return Ok(StartAt::Column(dataset, rest.to_owned(), words));
    }
    let (dataset, column) = rest.split_once('|').ok_or_else(wrong)?;
    Ok(StartAt::Column(id::dataset(first, dataset), column.to_owned(), words))
}

/// `key` or `key=value`, as the headings of granularity TAG say it.
fn tag(value: &str) -> TagFilter {
    match value.split_once('=') {
        Some((key, value)) => TagFilter { key: key.to_owned(), value: Some(value.to_owned()) },
        None => TagFilter { key: value.to_owned(), value: None },
    }
}

fn moment(name: &str, value: &str) -> Result<Moment, String> {
    Moment::parse(value).ok_or_else(|| format!("{name} must be a date and time such as 2026-01-31T12:00:00Z"))
}

/// An ISO 8601 interval of two moments.
fn window(value: &str) -> Result<(Moment, Moment), String> {
    let (from, to) = value.split_once('/').ok_or("window must be two moments with a slash between, begin and end")?;
    Ok((moment("window", from)?, moment("window", to)?))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name} must be a whole number, 0 or more"))
}

fn evidence(value: &str) -> Result<usize, String> {
    let runs = value.parse().ok().filter(|runs| *runs <= EVIDENCE);
    runs.ok_or_else(|| format!("evidence must be a whole number of runs up to {EVIDENCE}"))
}

fn flag(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("{name} must be true or false"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Influence;

    fn read(query: &[(&str, &str)]) -> Result<ExportWish, String> {
        export(&query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_split_at_the_first_bar_only() {
        let wish =
            read(&[("format", "dot"), ("dataset", "db|a|b"), ("job", "etl|load|x"), ("granularity", "column"), ("column", "db|t|a|b")]);
        let starts = wish.unwrap().wish.wording.from;
        assert!(matches!(&starts[0], StartAt::Dataset(found, _) if *found == id::dataset("db", "a|b")));
        assert!(matches!(&starts[1], StartAt::Job(found, _) if *found == id::job("etl", "load|x")));
        assert!(matches!(&starts[2], StartAt::Column(found, path, _) if *found == id::dataset("db", "t") && path == "a|b"));
        let by_id = id::dataset("d|b", "t").to_string();
        let wish = read(&[("format", "dot"), ("dataset", &by_id), ("granularity", "COLUMN"), ("column", &format!("{by_id}|c"))]).unwrap();
        let starts = wish.wish.wording.from;
        assert!(matches!(&starts[0], StartAt::Dataset(found, _) if found.to_string() == by_id));
        assert!(matches!(&starts[1], StartAt::Column(found, path, _) if found.to_string() == by_id && path == "c"));
    }

    #[test]
    fn kinds_and_tags_are_read() {
        let wish = read(&[("format", "csv"), ("kinds", "identity, filter"), ("kinds", "SORT"), ("tag", "tier=gold=1"), ("tag", "pii")]);
        let wording = wish.unwrap().wish.wording;
        assert_eq!(wording.question.kinds.wanted, [Influence::Identity, Influence::Filter, Influence::Sort]);
        let tags = |start: &StartAt| if let StartAt::Tag(tag) = start { (tag.key.clone(), tag.value.clone()) } else { panic!() };
        assert_eq!(tags(&wording.from[0]), ("tier".into(), Some("gold=1".into())));
        assert_eq!(tags(&wording.from[1]), ("pii".into(), None));
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
            ("minDepth", "1"),
            ("maxDepth", "-1"),
            ("granularity", "TEAM"),
            ("kinds", "DIRECT,GUESSED"),
            ("asOf", "yesterday"),
            ("window", "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"),
            ("seenSince", "2026"),
            ("where", "gold"),
            ("stopAt", "{\"tag\": \"gold\"}"),
            ("minConfidence", "HIGH"),
            ("jobs", "no"),
            ("evidence", "101"),
            ("spreadsheet", "true"),
        ]
        .into_iter()
        .map(|one| read(&if one.0 == "format" { vec![one] } else { vec![("format", "ndjson"), one] }).unwrap_err())
        .collect();
        insta::assert_debug_snapshot!(said);
    }
}
