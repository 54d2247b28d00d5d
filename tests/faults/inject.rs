//! Calls that fail, on every file of the data folder: the N-th call and the one after it for N = 1 … 50, every third one,
//! all of them for a while. After each the server goes on without a restart.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::launch::Launch;
use crate::ledger::Ledger;
use crate::preload::{Call, Control, Failure, Rule};
use crate::reopen::{healed, reopening, saving, sector};
use crate::row::{Row, Rows};
use crate::scene::{Dose, Scene};
use crate::subject::Subject;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tests::events::Numbers;

/// Intake is back after a failure within this time, and search and catalog go on.
const BACK: Duration = Duration::from_secs(10);
/// Search commits within this time when it can.
const COMMIT: Duration = Duration::from_secs(2);
/// N goes up to this.
const CALLS: u64 = 50;

/// Files that fail together.
pub struct Target {
    /// In the table.
    pub name: &'static str,
    /// As in `Rule`.
    pub files: &'static str,
    /// Which calls are failed how; those with true for every N in the short dose too.
    pub calls: &'static [(Call, &'static [Failure], bool)],
    /// Events cannot be acknowledged while these cannot be written.
    pub is_log: bool,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "log.db",
        files: "log.db*",
        calls: &[
            (Call::Write, &[Failure::Full, Failure::Io, Failure::Short], true),
            (Call::Sync, &[Failure::Io, Failure::Full], true),
            (Call::Open, &[Failure::Io], false),
            (Call::Truncate, &[Failure::Io], false),
            (Call::Read, &[Failure::Io], false),
        ],
        is_log: true,
    },
    Target {
        name: "catalog.db",
        files: "catalog.db*",
        calls: &[
            (Call::Write, &[Failure::Full, Failure::Io, Failure::Short], false),
            (Call::Sync, &[Failure::Io], false),
            (Call::Open, &[Failure::Io], false),
            (Call::Truncate, &[Failure::Io], false),
            (Call::Read, &[Failure::Io], false),
        ],
        is_log: false,
    },
    Target {
        name: "search",
        files: "search*",
        calls: &[
            (Call::Write, &[Failure::Full, Failure::Io], false),
            (Call::Sync, &[Failure::Io], false),
            (Call::Open, &[Failure::Io], false),
            (Call::Rename, &[Failure::Io], false),
            (Call::Unlink, &[Failure::Io], false),
        ],
        is_log: false,
    },
    Target {
        name: "every file",
        files: "*",
        calls: &[
            (Call::Write, &[Failure::Full, Failure::Io], false),
            (Call::Sync, &[Failure::Io], false),
            (Call::Open, &[Failure::Io], false),
        ],
        is_log: true,
    },
];

/// A server for each target.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    for target in TARGETS {
        rows.push(injected(scene, target)?);
    }
    rows.push(saving(scene)?);
    rows.push(reopening(scene)?);
    rows.push(healed(scene)?);
    rows.push(sector(scene)?);
    Ok(())
}

/// What one target is tried with.
pub struct Trial<'a> {
    pub control: Control,
    pub launch: Launch,
    pub ledger: Ledger,
    pub target: &'a Target,
}

/// A server's folder, and the file that steers its failures.
pub fn trial<'a>(scene: &Scene, target: &'a Target) -> Outcome<Trial<'a>> {
    let place = scene.place("inject")?;
    let control = Control::new(place.join("control"))?;
    let launch = scene.launch(&place.join("data")).with(&scene.tools, &control);
    Ok(Trial { control, launch, ledger: Ledger::default(), target })
}

fn injected(scene: &Scene, target: &Target) -> Outcome<Row> {
    let names: Vec<String> = target.calls.iter().map(|(call, ..)| format!("{call:?}").to_lowercase()).collect();
    let mut row = Row::new("inject", format!("{}: {} fail", target.name, names.join(", ")));
    let trial = trial(scene, target)?;
    let mut subject = trial.launch.start()?;
    feed::load_for(&subject, &trial.ledger, 3, Duration::from_millis(200));
    let mut numbers = scene.numbers(3);
    let mut failed = 0;
    let mut came: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    'tries: for (call, failures, dense) in target.calls {
        for rule in rules(scene.dose, *call, failures, *dense, target.files, &mut numbers) {
            if row.gives_up() {
                break 'tries;
            }
            let times = trial.once(&mut row, &subject, &rule)?;
            let (fired, tried) = came.entry(format!("{call:?}").to_lowercase()).or_default();
            (*fired, *tried) = (*fired + u64::from(times > 0), *tried + 1);
            failed += times;
            row.rounds += 1;
            if !trial.goes_on(&mut row, &subject, &rule) {
                // What comes after it is worth knowing too.
                subject = restarted(subject, &trial.launch)?;
            }
        }
    }
    // A call that is not made in time does not fail; of those that every commit makes some have to.
    let rounds: Vec<String> = came.iter().map(|(call, (fired, tried))| format!("{call} in {fired} of {tried}")).collect();
    row.note(format!("{failed} calls failed: {}", rounds.join(", ")));
    // The catalog is synced now and then only.
    for call in if target.is_log { &["write", "sync"][..] } else { &["write"] } {
        row.expect(came.get(*call).is_none_or(|(fired, _)| *fired > 0), || format!("no {call} failed, so nothing was tried"));
    }
    check::whole(&mut row, subject, &trial.launch, &trial.ledger)?;
    Ok(row)
}

fn restarted(mut subject: Subject, launch: &Launch) -> Outcome<Subject> {
    subject.kill();
    Ok(launch.start()?)
}

/// One failure after another of a call: at every N or at some, every third, all.
fn rules(dose: Dose, call: Call, failures: &[Failure], dense: bool, files: &'static str, numbers: &mut Numbers) -> Vec<Rule> {
    let mut rules = Vec::new();
    let all: Vec<u64> = if dense || dose == Dose::Full { (0..CALLS).collect() } else { vec![0, 1, numbers.below(CALLS as usize) as u64] };
    for (number, after) in all.into_iter().enumerate() {
        // In the short dose the kinds take turns.
        let kinds = if dose == Dose::Full { failures } else { &failures[number % failures.len()..][..1] };
        // One failure is survived by luck; two in a row are not.
        rules.extend(kinds.iter().map(|failure| Rule { after, times: 2, ..Rule::all(&[call], files, *failure) }));
    }
    for failure in failures {
        rules.push(Rule { after: 2, every: 3, ..Rule::all(&[call], files, *failure) });
        rules.push(Rule::all(&[call], files, *failure));
    }
    rules
}

impl Trial<'_> {
    /// Lets calls fail under posters; how many did.
    fn once(&self, row: &mut Row, subject: &Subject, rule: &Rule) -> Outcome<u64> {
        self.control.arm(0, rule)?;
        let begun = Instant::now();
        // A few of that many calls come with every event; without end means for a while.
        // The N-th commit takes its time to come.
        let commits = if self.target.is_log && Self::writes(rule) { 12 * rule.after } else { 0 };
        let patience = Duration::from_millis(if rule.times == 0 { 400 } else { 120 + commits });
        let through = || rule.times > 0 && self.control.failed(0).unwrap_or(0) >= rule.times;
        feed::load(&subject.url, &self.ledger, 3, || through() || begun.elapsed() > patience);
        if self.target.name == "search" {
            // It commits at once when somebody searches and the catalog has come to the end; else twice a second.
            while !through() && !subject.caught_up() && begun.elapsed() < patience + COMMIT {}
        }
        if rule.times == 0 && rule.every == 1 && Self::writes(rule) && self.target.is_log {
            self.refuses(row, subject, rule);
        }
        self.control.disarm(0)
    }

    fn writes(rule: &Rule) -> bool {
        rule.calls.iter().any(|call| matches!(call, Call::Write | Call::Sync))
    }

    /// While the log cannot be written nothing is acknowledged, and the server says so.
    fn refuses(&self, row: &mut Row, subject: &Subject, rule: &Rule) {
        let what = format!("{:?} of {} fails with {}", rule.calls[0], self.target.name, rule.failure.name());
        row.expect(!feed::one(subject, &self.ledger), || format!("an event is acknowledged while {what}"));
        let (red, said) = subject.readyz(503, Duration::from_secs(3));
        row.expect(red, || format!("/readyz while {what}: {said}"));
        row.expect(subject.get("/livez").is_ok_and(|answer| answer.status == 200), || format!("/livez while {what}"));
    }

    /// No restart is needed.
    pub fn goes_on(&self, row: &mut Row, subject: &Subject, rule: &Rule) -> bool {
        let what = format!("{:?} of {} failed with {}", rule.calls[0], self.target.name, rule.failure.name());
        if !feed::one_within(subject, &self.ledger, BACK) {
            row.off(format!("intake does not come back after {what}"));
            return false;
        }
        // Each time would take longer than the faults.
        if rule.times == 0 {
            if !subject.catches_up(BACK.max(CATCH_UP / 2)) {
                row.off(format!("the projections do not go on after {what}"));
                return false;
            }
            let (green, said) = subject.readyz(200, BACK);
            row.expect(green, || format!("/readyz stays red after {what}: {said}"));
        }
        true
    }
}
