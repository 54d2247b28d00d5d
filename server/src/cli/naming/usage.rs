//! What joining datasets means for lineage: the jobs on either side, and the flows that would meet.

use super::source::{Source, There};
use crate::cli::Failure;
use crate::stitching::Class;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Classes that a server is asked about; each is a question of its own.
const ASKED: usize = 500;
/// Members of one request.
const BATCH: usize = 20;
/// Jobs of one dataset that a server is asked for.
const JOBS: usize = 200;
/// Pairs of jobs that are counted out; more are not worth the time.
const PAIRS: usize = 1_000_000;

/// The jobs of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Jobs that write a member.
    pub writers: usize,
    /// Jobs that read a member.
    pub readers: usize,
    /// Pairs of a job that writes one member and a job that reads another, which meet nowhere now; `None` when there are too many.
    pub flows: Option<usize>,
}

/// Jobs by member: those that write it, those that read it.
type Jobs = (HashSet<String>, HashSet<String>);

/// By class, in the order given; `None` for those that were not looked up.
pub(super) fn usage(source: &Source, classes: &[Class]) -> Result<Vec<Option<Usage>>, Failure> {
    let mut found = Vec::with_capacity(classes.len());
    for (i, class) in classes.iter().enumerate() {
        found.push(match source {
            Source::Here(here) => {
                let jobs = |number, reading| {
                    here.graph.jobs_of(number, reading, crate::graph::When::Now).iter().map(ToString::to_string).collect()
                };
                let members: Vec<Jobs> = class.members.iter().map(|(row, _)| (jobs(row.number, false), jobs(row.number, true))).collect();
                Some(count(&members))
            }
            Source::There(there) if i < ASKED => ask(there, class)?.map(|members| count(&members)),
            Source::There(_) => None,
        });
    }
    Ok(found)
}

fn count(members: &[Jobs]) -> Usage {
    let all = |pick: fn(&Jobs) -> &HashSet<String>| members.iter().flat_map(pick).collect::<HashSet<_>>().len();
    let (writers, readers) = (all(|jobs| &jobs.0), all(|jobs| &jobs.1));
    let flows = (writers * readers <= PAIRS).then(|| {
        let pairs = members.iter().flat_map(|(writers, readers)| writers.iter().flat_map(move |w| readers.iter().map(move |r| (w, r))));
        writers * readers - pairs.collect::<HashSet<_>>().len()
    });
    Usage { writers, readers, flows }
}

/// `None` when a member has more jobs than are asked for.
fn ask(there: &There, class: &Class) -> Result<Option<Vec<Jobs>>, Failure> {
    let mut members = Vec::with_capacity(class.members.len());
    for batch in class.members.chunks(BATCH) {
        let (mut fields, mut parameters, mut variables) = (String::new(), Vec::new(), Map::new());
        for (i, (row, _)) in batch.iter().enumerate() {
            parameters.push(format!("$s{i}: String!, $n{i}: String!"));
            fields += &format!(
                "d{i}: dataset(namespace: $s{i}, name: $n{i}) {{ w: jobs(role: PRODUCER, first: {JOBS}) {{ totalCount edges {{ node {{ id }} }} }} \
                 r: jobs(role: CONSUMER, first: {JOBS}) {{ totalCount edges {{ node {{ id }} }} }} }} "
            );
            variables.insert(format!("s{i}"), json!(row.namespace));
            variables.insert(format!("n{i}"), json!(row.name));
        }
        let answer = there.ask(&format!("query({}) {{ {fields} }}", parameters.join(", ")), &Value::Object(variables))?;
        for i in 0..batch.len() {
            let dataset = &answer[format!("d{i}")];
            let (Some(writers), Some(readers)) = (jobs(&dataset["w"]), jobs(&dataset["r"])) else { return Ok(None) };
            members.push((writers, readers));
        }
    }
    Ok(Some(members))
}

fn jobs(connection: &Value) -> Option<HashSet<String>> {
    let ids: HashSet<String> =
        connection["edges"].as_array()?.iter().filter_map(|edge| edge["node"]["id"].as_str().map(Into::into)).collect();
    (connection["totalCount"].as_u64() == Some(ids.len() as u64)).then_some(ids)
}
