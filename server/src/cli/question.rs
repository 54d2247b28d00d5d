//! What `export` and `lineage` ask: the words of GraphQL's `lineage` as arguments, passed on to the server as the
//! parameters of its addresses. What they mean is the server's.

use super::Failure;
use crate::completeness::IncompleteReason;
use clap::Args;
use schema::id;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Where to ask, and for what.
#[derive(Args)]
pub(super) struct Question {
    /// Start at this dataset; may be given several times
    #[arg(long, num_args = 2, value_names = ["NAMESPACE", "NAME"], action = clap::ArgAction::Append)]
    dataset: Vec<String>,
    /// Start at this job
    #[arg(long, num_args = 2, value_names = ["NAMESPACE", "NAME"], action = clap::ArgAction::Append)]
    job: Vec<String>,
    /// Start at this column; takes --granularity column
    #[arg(long, num_args = 3, value_names = ["NAMESPACE", "DATASET", "COLUMN"], action = clap::ArgAction::Append)]
    column: Vec<String>,
    /// Start at what this run read and wrote
    #[arg(long, value_name = "ID")]
    run: Vec<String>,
    /// Start at every dataset of this namespace
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Vec<String>,
    /// Start at every dataset with this tag, its own or a column's
    #[arg(long, value_name = "KEY[=VALUE]")]
    tag: Vec<String>,
    /// Start at every dataset of this owner
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,
    /// Which way: upstream, downstream or both
    #[arg(long, value_name = "WAY", default_value = "both")]
    direction: String,
    /// Dataset steps to go; all the way when left out
    #[arg(long, value_name = "STEPS")]
    depth: Option<u32>,
    /// Leave out what is nearer; 1 leaves out the start
    #[arg(long, value_name = "STEPS")]
    min_depth: Option<u32>,
    /// What nodes are: dataset, column or job, or datasets rolled up to schema, namespace, owner or tag
    #[arg(long, value_name = "WHAT", default_value = "dataset")]
    granularity: String,
    /// Which steps between columns count, with commas between: direct or identity, transformation, aggregation; indirect or
    /// filter, join, group_by, sort, window, conditional
    #[arg(long, value_name = "KINDS")]
    kinds: Vec<String>,
    /// Lineage as it was at a moment of event time, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
    /// Lineage that held at some moment of a window: two moments with a slash between
    #[arg(long, value_name = "FROM/TO", conflicts_with = "as_of")]
    window: Option<String>,
    /// With what the server had been told by a moment
    #[arg(long, value_name = "MOMENT")]
    known_at: Option<String>,
    /// Only over edges with evidence since a moment
    #[arg(long, value_name = "MOMENT")]
    seen_since: Option<String>,
    /// Only over edges at least that sure: column_proven, table_level, inferred or assumed
    #[arg(long, value_name = "LEVEL")]
    min_confidence: Option<String>,
    /// List only these (the walk goes through the rest, the start is always listed): GraphQL's LineageFilter as JSON
    #[arg(long = "where", value_name = "JSON")]
    filter: Vec<String>,
    /// List only what has one of these tags
    #[arg(long, value_name = "KEY[=VALUE]")]
    where_tag: Vec<String>,
    /// List only what has one of these owners
    #[arg(long, value_name = "NAME")]
    where_owner: Vec<String>,
    /// List only what is in one of these namespaces
    #[arg(long, value_name = "NAMESPACE")]
    where_namespace: Vec<String>,
    /// Find these but do not walk beyond them: GraphQL's LineageFilter as JSON
    #[arg(long, value_name = "JSON")]
    stop_at: Vec<String>,
    /// Do not walk beyond what has one of these tags
    #[arg(long, value_name = "KEY[=VALUE]")]
    stop_at_tag: Vec<String>,
    /// Do not walk beyond what has one of these owners
    #[arg(long, value_name = "NAME")]
    stop_at_owner: Vec<String>,
    /// Do not walk beyond what is in one of these namespaces
    #[arg(long, value_name = "NAMESPACE")]
    stop_at_namespace: Vec<String>,
    /// Leave out the jobs between datasets
    #[arg(long)]
    datasets_only: bool,
    /// Show temporary datasets instead of going through them
    #[arg(long)]
    temporary: bool,
    /// Leave out column lineage that was inferred from SQL
    #[arg(long)]
    stated_only: bool,
    /// Runs to list behind each edge, in JSON; all are counted
    #[arg(long, value_name = "RUNS")]
    evidence: Option<usize>,
    /// Server to ask
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5000", env = "HEADWATER_URL")]
    url: String,
}

impl Question {
    /// Asks an address of the server, with more parameters.
    pub(super) fn ask(&self, path: &str, more: &[(&'static str, String)]) -> Result<ureq::http::Response<ureq::Body>, Failure> {
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let parameters = more.iter().cloned().chain(self.parameters());
        let asked = parameters.fold(agent.get(&url), |request, (name, value)| request.query(name, value)).call();
        let mut response = asked.map_err(|e| Failure::Said(format!("cannot reach {}: {e}", self.url)))?;
        if response.status() != 200 {
            let text = response.body_mut().read_to_string().unwrap_or_default();
            let why = refusal(response.status().as_u16(), &text);
            // Told apart from a refusal: the same command succeeds when the server has caught up.
            return Err(if why.starts_with(IncompleteReason::CatchingUp.word()) { Failure::Usage(why) } else { Failure::Said(why) });
        }
        Ok(response)
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("direction", self.direction.clone()), ("granularity", self.granularity.clone())];
        parameters.extend(self.starts());
        let lists = [("kinds", &self.kinds), ("where", &self.filter), ("stopAt", &self.stop_at)];
        parameters.extend(lists.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone()))));
        let texts = [
            ("where", short(&self.where_tag, &self.where_owner, &self.where_namespace)),
            ("stopAt", short(&self.stop_at_tag, &self.stop_at_owner, &self.stop_at_namespace)),
            ("minDepth", self.min_depth.map(|depth| depth.to_string())),
            ("maxDepth", self.depth.map(|depth| depth.to_string())),
            ("asOf", self.as_of.clone()),
            ("window", self.window.clone()),
            ("knownAt", self.known_at.clone()),
            ("seenSince", self.seen_since.clone()),
            ("minConfidence", self.min_confidence.clone()),
            ("evidence", self.evidence.map(|runs| runs.to_string())),
            ("jobs", self.datasets_only.then(|| "false".into())),
            ("temporary", self.temporary.then(|| "true".into())),
            ("inferred", self.stated_only.then(|| "false".into())),
        ];
        parameters.extend(texts.into_iter().filter_map(|(name, value)| Some((name, value?))));
        parameters
    }

    fn starts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let datasets = self.dataset.chunks_exact(2).map(|names| ("dataset", reference(names, id::dataset)));
        let jobs = self.job.chunks_exact(2).map(|names| ("job", reference(names, id::job)));
        let columns = self.column.chunks_exact(3).map(|names| ("column", format!("{}|{}", dataset_of_column(names), names[2])));
        let lists = [("run", &self.run), ("namespace", &self.namespace), ("tag", &self.tag), ("owner", &self.owner)];
        let lists = lists.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value.clone())));
        datasets.chain(jobs).chain(columns).chain(lists)
    }
}

/// A filter in its short form: one of the items of each list that is given.
fn short(tags: &[String], owners: &[String], namespaces: &[String]) -> Option<String> {
    let tags: Vec<Value> = tags.iter().map(|tag| self::tag(tag)).collect();
    let lists = [("tags", json!(tags)), ("owners", json!(owners)), ("namespaces", json!(namespaces))];
    let given: Map<String, Value> =
        lists.into_iter().filter(|(_, list)| *list != json!([])).map(|(name, list)| (name.to_owned(), list)).collect();
    (!given.is_empty()).then(|| Value::from(given).to_string())
}

fn tag(text: &str) -> Value {
    match text.split_once('=') {
        Some((key, value)) => json!({ "key": key, "value": value }),
        None => json!({ "key": text }),
    }
}

/// By name, so that the server can say which is not known; by id where a name could be split at the wrong place.
fn reference(names: &[String], derive: fn(&str, &str) -> Uuid) -> String {
    let (namespace, name) = (&names[0], &names[1]);
    if namespace.contains('|') { derive(namespace, name).to_string() } else { format!("{namespace}|{name}") }
}

fn dataset_of_column(names: &[String]) -> String {
    let is_plain = !names[0].contains('|') && !names[1].contains('|');
    if is_plain { format!("{}|{}", names[0], names[1]) } else { id::dataset(&names[0], &names[1]).to_string() }
}

/// The sentence of a problem, or what came instead of one.
fn refusal(status: u16, body: &str) -> String {
    let problem: Value = serde_json::from_str(body).unwrap_or_default();
    problem["detail"].as_str().map_or_else(|| format!("the server answers {status}: {body}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn short_filters_are_json() {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        assert_eq!(short(&[], &[], &[]), None);
        let filter = short(&list(&["pii", "tier=gold"]), &list(&["ana"]), &[]).unwrap();
        assert_eq!(filter, r#"{"owners":["ana"],"tags":[{"key":"pii"},{"key":"tier","value":"gold"}]}"#);
    }
}
