//! Lives through a month: when each job ran, how long it took and how it ended. Writes no events.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::clock::{DAY, Dice, HOUR, MINUTE, SECOND};
use super::model::{Cadence, Dag, Estate, Job, Kind};

/// Days of history.
pub(super) const MONTH: i64 = 28;
/// The job whose last run failed, so that there is something to look at.
pub(super) const BROKEN: &str = "payments_hourly.load_settlements";
/// The job that is running right now.
pub(super) const BUSY: &str = "sessions.execute_insert_into_hadoop_fs_relation_command.curated_sessions";

/// How a run ended, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Complete,
    Fail,
    Abort,
    Running,
}

/// One run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) job: usize,
    pub(super) id: Uuid,
    /// Job and run that started this one.
    pub(super) parent: Option<(usize, Uuid)>,
    /// Job and run at the top.
    pub(super) root: Option<(usize, Uuid)>,
    /// The time that the schedule asked for.
    pub(super) nominal: i64,
    pub(super) start: i64,
    pub(super) end: i64,
    /// When it said that it was still running.
    pub(super) beats: Vec<i64>,
    pub(super) outcome: Outcome,
}

/// Every run of the month, by start.
pub(super) fn month(estate: &Estate, now: i64) -> Vec<Run> {
    let mut runs = Vec::new();
    for dag in &estate.dags {
        let times = times(dag, now);
        for (at, &nominal) in times.iter().enumerate() {
            // First runs succeed so that lineage is there from the start; last ones so that only one job is red.
            let calm = at == 0 || at + 1 == times.len();
            let mut occurrence = Occurrence::new(estate, dag, nominal);
            occurrence.live(calm, at + 1 == times.len());
            runs.append(&mut occurrence.runs);
        }
        runs.extend(busy(estate, dag, now));
    }
    for job in (0..estate.jobs.len()).filter(|&job| estate.jobs[job].kind == Kind::Stream) {
        runs.extend(stream(estate, job, now));
    }
    runs.sort_by_key(|run| run.start);
    runs
}

fn times(dag: &Dag, now: i64) -> Vec<i64> {
    match dag.cadence {
        Cadence::Days(step) => {
            let today = now.div_euclid(DAY) * DAY;
            let ages = (0..=MONTH).rev().filter(|age| age % step == 0);
            // Nothing takes longer than three hours, and nothing may end in the future.
            ages.map(|age| today - age * DAY + dag.minute * MINUTE).filter(|time| time + 3 * HOUR < now).collect()
        }
        Cadence::Hourly(days) => {
            let offset = dag.minute * MINUTE;
            let last = (now - 12 * MINUTE - offset).div_euclid(HOUR) * HOUR + offset;
            (0..24 * days).rev().map(|age| last - age * HOUR).collect()
        }
    }
}

/// The identity of a run follows from what it is a run of: loading the demo twice adds nothing twice.
fn identity(estate: &Estate, dag: &Dag, job: usize, nominal: i64, attempt: u32) -> Uuid {
    let (root, job) = (&estate.jobs[dag.jobs.start].name, &estate.jobs[job]);
    schema::id::named_by(Uuid::NAMESPACE_URL, format!("{root}/{}/{}/{nominal}/{attempt}", job.namespace, job.name).as_bytes())
}

/// One run of a DAG with everything it starts.
struct Occurrence<'a> {
    estate: &'a Estate,
    dag: &'a Dag,
    nominal: i64,
    /// When each dataset was written.
    ready: BTreeMap<usize, i64>,
    /// Datasets that were not written; what reads them does not run.
    broken: BTreeSet<usize>,
    /// Start, end and failure of jobs that start others.
    spans: BTreeMap<usize, (i64, i64, bool)>,
    runs: Vec<Run>,
}

impl<'a> Occurrence<'a> {
    fn new(estate: &'a Estate, dag: &'a Dag, nominal: i64) -> Self {
        Self { estate, dag, nominal, ready: BTreeMap::new(), broken: BTreeSet::new(), spans: BTreeMap::new(), runs: Vec::new() }
    }

    fn live(&mut self, calm: bool, last: bool) {
        let parents: BTreeSet<usize> = self.dag.jobs.clone().filter_map(|job| self.estate.jobs[job].parent).collect();
        for index in self.dag.jobs.clone().filter(|index| !parents.contains(index)) {
            let job = &self.estate.jobs[index];
            if job.inputs.iter().any(|input| self.broken.contains(input)) {
                continue;
            }
            let mut dice = Dice::new(&job.name, self.nominal);
            let began = job.inputs.iter().filter_map(|input| self.ready.get(input)).max();
            let start = began.copied().unwrap_or(self.nominal + 20 * SECOND) + 3 * SECOND + dice.below(5 * SECOND);
            let bad = if last && job.name == BROKEN { Outcome::Fail } else { fate(job, calm, &mut dice) };
            self.attempts(index, start, bad, last, &mut dice);
        }
        let spans = std::mem::take(&mut self.spans);
        for (job, (start, end, failed)) in spans {
            self.record(job, start, end, if failed { Outcome::Fail } else { Outcome::Complete }, 1);
        }
    }

    /// Runs a job, and once more if that may help.
    fn attempts(&mut self, index: usize, start: i64, first: Outcome, last: bool, dice: &mut Dice) {
        let job = &self.estate.jobs[index];
        let length = job.seconds * SECOND * (70 + dice.below(80)) / 100 + dice.below(SECOND);
        let again = matches!(job.kind, Kind::Task | Kind::Spark | Kind::Script);
        let (mut end, mut outcome) = (start + length, first);
        self.record(index, start, end, first, 1);
        if first == Outcome::Fail && again && !last && dice.below(10) < 8 {
            let retry = end + 5 * MINUTE;
            (end, outcome) = (retry + length, Outcome::Complete);
            self.record(index, retry, end, outcome, 2);
        }
        for &output in &job.outputs {
            self.ready.insert(output, end);
            if outcome != Outcome::Complete {
                self.broken.insert(output);
            }
        }
        self.widen(job.parent, start, end, outcome != Outcome::Complete);
    }

    /// Everything above a job starts before it, ends after it and fails with it.
    fn widen(&mut self, mut parent: Option<usize>, mut start: i64, mut end: i64, failed: bool) {
        while let Some(index) = parent {
            start -= 2 * SECOND;
            end += SECOND;
            let span = self.spans.entry(index).or_insert((start, end, false));
            *span = (span.0.min(start), span.1.max(end), span.2 || failed);
            parent = self.estate.jobs[index].parent;
        }
    }

    fn record(&mut self, job: usize, start: i64, end: i64, outcome: Outcome, attempt: u32) {
        let identify = |job, attempt| identity(self.estate, self.dag, job, self.nominal, attempt);
        let parent = self.estate.jobs[job].parent.map(|parent| (parent, identify(parent, 1)));
        let top = self.dag.jobs.start;
        self.runs.push(Run {
            job,
            id: identify(job, attempt),
            parent,
            root: parent.map(|_| (top, identify(top, 1))),
            nominal: self.nominal,
            start,
            end,
            beats: Vec::new(),
            outcome,
        });
    }
}

/// Failures in a thousand runs, by kind: networks and clusters fail more often than SQL that was tested.
fn fate(job: &Job, calm: bool, dice: &mut Dice) -> Outcome {
    let (fails, aborts) = match job.kind {
        Kind::Task => (38, 0),
        Kind::Model => (4, 0),
        Kind::Test => (24, 0),
        Kind::Spark => (60, 12),
        Kind::Script => (60, 20),
        Kind::Sync => (50, 12),
        Kind::Dag | Kind::Command | Kind::Stream => (0, 0),
    };
    match dice.below(1000) {
        _ if calm => Outcome::Complete,
        roll if roll < fails => Outcome::Fail,
        roll if roll < fails + aborts => Outcome::Abort,
        _ => Outcome::Complete,
    }
}

/// The run that has not ended, with everything above it: somebody started it by hand twelve minutes ago.
fn busy(estate: &Estate, dag: &Dag, now: i64) -> Vec<Run> {
    let Some(job) = dag.jobs.clone().find(|&job| estate.jobs[job].name == BUSY) else {
        return Vec::new();
    };
    let nominal = (now - 12 * MINUTE).div_euclid(MINUTE) * MINUTE;
    let mut occurrence = Occurrence::new(estate, dag, nominal);
    occurrence.record(job, nominal + 31 * SECOND, now, Outcome::Running, 1);
    occurrence.widen(estate.jobs[job].parent, nominal + 31 * SECOND, now, false);
    for (job, (start, _, _)) in std::mem::take(&mut occurrence.spans) {
        occurrence.record(job, start, now, Outcome::Running, 1);
    }
    if let Some(run) = occurrence.runs.first_mut() {
        run.beats = vec![now - 4 * MINUTE];
    }
    occurrence.runs
}

/// A streaming job: one long run that was stopped for a new version, and the one since then.
fn stream(estate: &Estate, job: usize, now: i64) -> Vec<Run> {
    let release = (now - 9 * DAY).div_euclid(HOUR) * HOUR;
    let name = &estate.jobs[job].name;
    let run = |start: i64, end: i64, every: i64, outcome: Outcome| Run {
        job,
        id: schema::id::named_by(Uuid::NAMESPACE_URL, format!("flink/{name}/{start}").as_bytes()),
        parent: None,
        root: None,
        nominal: start,
        start,
        end,
        beats: (1..).map(|beat| start + beat * every).take_while(|&beat| beat < end).collect(),
        outcome,
    };
    let first = (now - MONTH * DAY).div_euclid(DAY) * DAY;
    vec![run(first, release - 2 * MINUTE, DAY, Outcome::Abort), run(release, now, 6 * HOUR, Outcome::Running)]
}
