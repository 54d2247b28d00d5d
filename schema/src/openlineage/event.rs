//! The three event classes, read from a JSON tree. What identifies things must be right, or the
//! event is rejected with a JSON pointer; everything else is kept as it is, oddities become
//! findings (openlineage 1.1, 1.3). Facets stay raw here; `facets` decodes them.

use super::{Finding, FindingCode};
use crate::json::Json;
use crate::moment::Moment;
use std::borrow::Cow;

/// Raw facets by key.
pub type Facets<'a> = &'a [(Cow<'a, str>, Json<'a>)];

/// An event borrowed from its JSON.
#[derive(Debug)]
pub struct Event<'a> {
    /// When it happened at the producer.
    pub time: Moment,
    /// Only run events have one, and not always.
    pub event_type: Option<EventType>,
    /// Code that made it.
    pub producer: Option<&'a str>,
    /// The run, when this is a run event.
    pub run: Option<RunRef<'a>>,
    /// The job, when this is a run or job event.
    pub job: Option<JobRef<'a>>,
    /// The dataset, when this is a dataset event.
    pub dataset: Option<DatasetRef<'a>>,
    /// What was read.
    pub inputs: Vec<DatasetRef<'a>>,
    /// What was written.
    pub outputs: Vec<DatasetRef<'a>>,
    /// False when neither list is there: absent is not the same as empty, which says "reads nothing".
    pub has_io: bool,
    /// What was odd but could be kept.
    pub findings: Vec<Finding>,
}

/// A run as an event names it.
#[derive(Debug)]
pub struct RunRef<'a> {
    /// As sent; `id::run` makes the key of it.
    pub id: &'a str,
    /// Its run facets.
    pub facets: Facets<'a>,
}

/// A job as an event names it.
#[derive(Debug)]
pub struct JobRef<'a> {
    /// Opaque, may be empty.
    pub namespace: &'a str,
    /// Opaque.
    pub name: &'a str,
    /// Its job facets.
    pub facets: Facets<'a>,
}

/// A dataset as an event names it.
#[derive(Debug)]
pub struct DatasetRef<'a> {
    /// Opaque, may be empty.
    pub namespace: &'a str,
    /// Opaque.
    pub name: &'a str,
    /// Its dataset facets.
    pub facets: Facets<'a>,
    /// `inputFacets` or `outputFacets`: what holds for this run only.
    pub run_facets: Facets<'a>,
}

/// The `eventType` of a run event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// The run began.
    Start,
    /// More about a run that goes on.
    Running,
    /// The run ended well.
    Complete,
    /// The run was stopped.
    Abort,
    /// The run failed.
    Fail,
    /// Anything else, also values of a later spec.
    Other,
}

impl EventType {
    /// Every type. The order is that of stored numbers: append only.
    pub const ALL: [Self; 6] = [Self::Start, Self::Running, Self::Complete, Self::Abort, Self::Fail, Self::Other];

    fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "START" => Self::Start,
            "RUNNING" => Self::Running,
            "COMPLETE" => Self::Complete,
            "ABORT" => Self::Abort,
            "FAIL" => Self::Fail,
            _ => Self::Other,
        }
    }
}

/// Why an event cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (at {pointer:?})")]
pub struct Rejection {
    /// JSON pointer to the fault; empty for the whole document.
    pub pointer: String,
    /// What is wrong, as a sentence for the sender.
    pub reason: String,
}

impl Rejection {
    /// A rejection at `pointer`.
    pub fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), reason: reason.into() }
    }

    /// Of an event beyond the limit, in bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new("", format!("event larger than {limit} bytes"))
    }
}

impl<'a> Event<'a> {
    /// Reads an event. Its class follows from its shape, not from `schemaURL`: real producers get
    /// the latter wrong (openlineage 1.1).
    pub fn read(json: &'a Json<'a>) -> Result<Self, Rejection> {
        if json.as_object().is_none() {
            return Err(Rejection::new("", "an event must be a JSON object"));
        }
        let mut findings = Vec::new();
        let run = json.get("run").map(|run| read_run(run, &mut findings)).transpose()?;
        let job = json.get("job").map(|job| read_job(job, &mut findings)).transpose()?;
        let dataset = match json.get("dataset") {
            Some(dataset) if run.is_none() && job.is_none() => Some(read_dataset(dataset, "/dataset", "", &mut findings)?),
            _ => None,
        };
        if run.is_some() && job.is_none() {
            return Err(Rejection::new("/job", "a run event must name its job"));
        }
        if job.is_none() && dataset.is_none() {
            return Err(Rejection::new("", "an event must have a run and a job, a job, or a dataset"));
        }
        for (key, code) in [("producer", FindingCode::MissingProducer), ("schemaURL", FindingCode::MissingSchemaUrl)] {
            if json.get(key).and_then(Json::as_str).is_none() {
                findings.push(Finding { code, pointer: format!("/{key}") });
            }
        }
        Ok(Self {
            time: read_time(json)?,
            event_type: json.get("eventType").and_then(Json::as_str).map(EventType::parse).filter(|_| run.is_some()),
            producer: json.get("producer").and_then(Json::as_str),
            inputs: read_datasets(json, "inputs", "inputFacets", &mut findings)?,
            outputs: read_datasets(json, "outputs", "outputFacets", &mut findings)?,
            has_io: json.get("inputs").or(json.get("outputs")).is_some(),
            run,
            job,
            dataset,
            findings,
        })
    }
}

fn read_time(json: &Json<'_>) -> Result<Moment, Rejection> {
    let text = json.get("eventTime").ok_or_else(|| Rejection::new("/eventTime", "eventTime is missing"))?;
    let text = text.as_str().ok_or_else(|| Rejection::new("/eventTime", "eventTime must be a string"))?;
    Moment::parse(text).ok_or_else(|| Rejection::new("/eventTime", "eventTime is not a date and time (RFC 3339)"))
}

fn read_run<'a>(run: &'a Json<'a>, findings: &mut Vec<Finding>) -> Result<RunRef<'a>, Rejection> {
    let id = required(run, "runId", "/run")?;
    if id.is_empty() {
        return Err(Rejection::new("/run/runId", "runId is empty"));
    }
    if crate::id::parse_uuid(id).is_none() {
        findings.push(Finding { code: FindingCode::RunIdNotUuid, pointer: "/run/runId".into() });
    }
    Ok(RunRef { id, facets: read_facets(run, "facets", "/run", findings) })
}

fn read_job<'a>(job: &'a Json<'a>, findings: &mut Vec<Finding>) -> Result<JobRef<'a>, Rejection> {
    let (namespace, name) = read_name(job, "/job")?;
    Ok(JobRef { namespace, name, facets: read_facets(job, "facets", "/job", findings) })
}

fn read_dataset<'a>(dataset: &'a Json<'a>, at: &str, run_facets: &str, findings: &mut Vec<Finding>) -> Result<DatasetRef<'a>, Rejection> {
    let (namespace, name) = read_name(dataset, at)?;
    let facets = read_facets(dataset, "facets", at, findings);
    let run_facets = if run_facets.is_empty() { &[] } else { read_facets(dataset, run_facets, at, findings) };
    Ok(DatasetRef { namespace, name, facets, run_facets })
}

/// One bad entry among three hundred must not cost the event: it is passed over and reported.
fn read_datasets<'a>(
    json: &'a Json<'a>,
    key: &str,
    run_facets: &str,
    findings: &mut Vec<Finding>,
) -> Result<Vec<DatasetRef<'a>>, Rejection> {
    let Some(list) = json.get(key) else { return Ok(Vec::new()) };
    let items = list.as_array().ok_or_else(|| Rejection::new(format!("/{key}"), format!("{key} must be an array")))?;
    let mut datasets = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match read_dataset(item, &format!("/{key}/{i}"), run_facets, findings) {
            Ok(dataset) => datasets.push(dataset),
            Err(Rejection { pointer, .. }) => {
                findings.push(Finding { code: FindingCode::DatasetWithoutName, pointer });
            }
        }
    }
    Ok(datasets)
}

fn read_name<'a>(json: &'a Json<'a>, at: &str) -> Result<(&'a str, &'a str), Rejection> {
    let namespace = required(json, "namespace", at)?;
    let name = required(json, "name", at)?;
    if name.is_empty() {
        return Err(Rejection::new(format!("{at}/name"), "name is empty"));
    }
    Ok((namespace, name))
}

fn required<'a>(json: &'a Json<'a>, key: &str, at: &str) -> Result<&'a str, Rejection> {
    if json.as_object().is_none() {
        return Err(Rejection::new(at, format!("{} must be an object", at.trim_start_matches('/'))));
    }
    let value = json.get(key).ok_or_else(|| Rejection::new(format!("{at}/{key}"), format!("{key} is missing")))?;
    value.as_str().ok_or_else(|| Rejection::new(format!("{at}/{key}"), format!("{key} must be a string")))
}

fn read_facets<'a>(json: &'a Json<'a>, key: &str, at: &str, findings: &mut Vec<Finding>) -> Facets<'a> {
    match json.get(key) {
        None => &[],
        Some(Json::Object(facets)) => facets,
        Some(_) => {
            findings.push(Finding { code: FindingCode::FacetsNotObject, pointer: format!("{at}/{key}") });
            &[]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> (String, String) {
        let json = Json::parse(text.as_bytes()).unwrap();
        let e = Event::read(&json).unwrap_err();
        (e.pointer, e.reason)
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let cases = [
            ("[]", "", "an event must be a JSON object"),
            ("{}", "", "an event must have a run and a job, a job, or a dataset"),
            (r#"{"run":{"runId":"x"}}"#, "/job", "a run event must name its job"),
            (r#"{"run":{},"job":{"namespace":"n","name":"j"}}"#, "/run/runId", "runId is missing"),
            (r#"{"job":"j"}"#, "/job", "job must be an object"),
            (r#"{"job":{"namespace":"n","name":7}}"#, "/job/name", "name must be a string"),
            (r#"{"job":{"namespace":"n","name":"j"}}"#, "/eventTime", "eventTime is missing"),
            (r#"{"job":{"namespace":"n","name":"j"},"eventTime":"soon"}"#, "/eventTime", "eventTime is not a date and time (RFC 3339)"),
            (
                r#"{"job":{"namespace":"n","name":"j"},"eventTime":"2026-01-01T00:00:00Z","inputs":"x"}"#,
                "/inputs",
                "inputs must be an array",
            ),
        ];
        for (text, pointer, reason) in cases {
            assert_eq!(rejection(text), (pointer.to_owned(), reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn keeps_what_can_be_kept() {
        let text = r#"{"eventTime":"2026-01-01T00:00:00","eventType":"later","run":{"runId":"run_id","facets":7},
            "job":{"namespace":"","name":"j","facets":null},"inputs":[{"namespace":"n"},{"namespace":"n","name":"d","facets":[]}],"outputs":null}"#;
        let json = Json::parse(text.as_bytes()).unwrap();
        let event = Event::read(&json).unwrap();
        assert_eq!(event.event_type, Some(EventType::Other));
        assert_eq!(event.inputs.len(), 1);
        let pointers: Vec<_> = event.findings.iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(pointers, ["/run/runId", "/run/facets", "/producer", "/schemaURL", "/inputs/0/name", "/inputs/1/facets"]);
    }
}
