//! The first step: what a change does to those who use what changes. From here on effects spread.

use super::links::Via;
use super::reads::Reader;
use super::rules::{Effect, Kind, Role};
use super::spread::{Fact, Spot, Spread, Way};
use super::{Reason, Verdict};

impl Spread<'_, '_> {
    /// A column changes: first what its users themselves say, then what they write besides.
    pub(super) fn column_changes(&mut self, start: u32, dataset: u32, name: &str, kind: Kind) {
        if kind == Kind::Same {
            return;
        }
        let (steps, uses) = (self.steps, self.steps.uses(dataset, (name, self.steps.graph.path_number(name))));
        let feeds = steps.feeds(dataset);
        for reader in steps.readers(&feeds) {
            let mut outputs = Verdict::Safe;
            let mut verdict = Verdict::Safe;
            for (hop, role) in uses.iter().filter(|(hop, _)| hop.owner == reader.owner) {
                let effect = kind.at_once(*role);
                let Effect { verdict: found, outputs: spilled } =
                    Effect { verdict: self.trusted(effect.verdict, hop), outputs: self.trusted(effect.outputs, hop) };
                self.affect(start, hop, *role, found, Reason::Names);
                (verdict, outputs) = (verdict.max(found), outputs.max(spilled));
            }
            let unproven = self.unproven(start, dataset, &reader, kind);
            if kind != Kind::Widened {
                outputs = outputs.max(unproven);
            }
            self.fail(start, dataset, &reader, verdict.max(unproven), outputs);
        }
        self.hidden.insert(dataset);
    }

    pub(super) fn dataset_goes(&mut self, start: u32, dataset: u32) {
        let (steps, hops) = (self.steps, self.steps.hops(dataset));
        let feeds = steps.feeds(dataset);
        for reader in steps.readers(&feeds) {
            if let Some(job) = reader.job {
                self.push(start, Spot::Job(job), Verdict::Breaks, Reason::ReadsDropped, Way::Via(Via::Reads(reader.owner)));
            }
            self.fail(start, dataset, &reader, Verdict::Breaks, Verdict::Breaks);
            for hop in hops.iter().filter(|hop| hop.owner == reader.owner) {
                let role = Role::of(self.steps.graph, hop);
                self.affect(start, hop, role, self.trusted(Kind::Gone.at_once(role).verdict, hop), Reason::ReadsDropped);
            }
        }
    }

    pub(super) fn job_changes(&mut self, start: u32, job: u32, late: bool) {
        let writes = self.steps.writes(job);
        for &dataset in &writes.datasets {
            let others = self.steps.graph.jobs_of(dataset, false, self.steps.when).len() > 1;
            let (verdict, reason) = match (late, others) {
                (true, _) => (Verdict::Risky, Reason::WriterLate),
                (false, true) => (Verdict::Risky, Reason::OneWriterStopped),
                (false, false) => (Verdict::Breaks, Reason::WriterStopped),
            };
            self.push(start, Spot::Dataset(dataset), verdict, reason, Way::Via(Via::Writes(job, dataset)));
        }
        self.pass_job(start, job);
    }

    /// The job of a reader may fail; then nothing that it writes is written.
    fn fail(&mut self, start: u32, dataset: u32, reader: &Reader<'_>, verdict: Verdict, outputs: Verdict) {
        let Some(job) = reader.job else {
            // Nobody runs it: what declares itself to be made of it is what breaks.
            for feed in reader.fed {
                self.push(start, Spot::Dataset(feed.to), outputs, Reason::FedBy, Way::Via(Via::Feeds(reader.owner, feed.to)));
            }
            return;
        };
        if verdict == Verdict::Safe {
            return;
        }
        // Just pushed: the job's own fact.
        let via = |fact: &Fact| fact.from == Some(start) && fact.point == Spot::Job(job) && fact.verdict == verdict;
        let Some(via) = self.facts.all.iter().rposition(via) else { return };
        let via = via as u32;
        if outputs > Verdict::Safe {
            self.failing.insert(job);
        }
        for feed in reader.fed {
            self.push(via, Spot::Dataset(feed.to), outputs, Reason::WriterFails, Way::Via(Via::Makes(dataset, feed.to)));
        }
        for output in reader.unfed() {
            self.push(via, Spot::Dataset(output), outputs, Reason::WriterFails, Way::Via(Via::Writes(job, output)));
        }
    }
}
