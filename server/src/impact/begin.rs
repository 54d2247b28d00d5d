//! The first step: what a change does to those who use what changes. From here on effects spread.

use super::reads::Reader;
use super::rules::{Effect, Kind, Role};
use super::spread::{Fact, Spot, Spread};
use super::{Reason, Verdict};
use crate::graph::{Edge, Link, Node};

impl Spread<'_, '_> {
    /// A column changes: first what its users themselves say, then what they write besides.
    pub(super) fn column_changes(&mut self, start: u32, dataset: u32, name: &str, kind: Kind) {
        if kind == Kind::Same {
            return;
        }
        let reads = self.steps.reads(dataset);
        for reader in &reads.readers {
            let mut outputs = Verdict::Safe;
            let mut verdict = Verdict::Safe;
            for (hop, role) in self.steps.uses(reader, name) {
                let effect = kind.at_once(role);
                let Effect { verdict: found, outputs: spilled } =
                    Effect { verdict: self.trusted(effect.verdict, hop), outputs: self.trusted(effect.outputs, hop) };
                self.affect(start, reader, hop, role, found, Reason::Names);
                (verdict, outputs) = (verdict.max(found), outputs.max(spilled));
            }
            let unproven = self.unproven(start, reader, kind, Verdict::Unknown);
            if kind != Kind::Widened {
                outputs = outputs.max(unproven);
            }
            self.fail(start, reader, verdict.max(unproven), outputs);
        }
        self.hidden.insert(dataset);
    }

    pub(super) fn dataset_goes(&mut self, start: u32, dataset: u32) {
        let reads = self.steps.reads(dataset);
        for reader in &reads.readers {
            if let Some(job) = reader.job {
                self.push_plain(start, Spot::Job(job), Verdict::Breaks, Reason::ReadsDropped, reader.link);
            }
            self.fail(start, reader, Verdict::Breaks, Verdict::Breaks);
            for hop in &reader.hops {
                let role = Role::of(self.steps.graph, hop);
                self.affect(start, reader, hop, role, self.trusted(Kind::Gone.at_once(role).verdict, hop), Reason::ReadsDropped);
            }
        }
    }

    pub(super) fn job_changes(&mut self, start: u32, job: u32, late: bool) {
        let writes = self.steps.writes(job);
        for (&dataset, output) in &writes.datasets {
            let others = self.steps.graph.jobs_of(dataset, false, self.steps.when).len() > 1;
            let (verdict, reason) = match (late, others) {
                (true, _) => (Verdict::Risky, Reason::WriterLate),
                (false, true) => (Verdict::Risky, Reason::OneWriterStopped),
                (false, false) => (Verdict::Breaks, Reason::WriterStopped),
            };
            self.push_plain(start, Spot::Dataset(dataset), verdict, reason, output.link);
        }
        self.pass_job(start, job);
    }

    /// The job of a reader may fail; then nothing that it writes is written.
    fn fail(&mut self, start: u32, reader: &Reader, verdict: Verdict, outputs: Verdict) {
        let Some(job) = reader.job else {
            // Nobody runs it: what declares itself to be made of it is what breaks.
            for output in reader.outputs() {
                self.push_plain(start, Spot::Dataset(output.dataset), outputs, Reason::FedBy, output.link);
            }
            return;
        };
        if verdict == Verdict::Safe {
            return;
        }
        // Just pushed: the job's own fact.
        let via = |fact: &Fact| fact.from == Some(start) && fact.point == Spot::Job(job) && fact.verdict == verdict;
        let Some(via) = self.facts.iter().rposition(via) else { return };
        let via = via as u32;
        if outputs > Verdict::Safe {
            self.failing.insert(job);
        }
        for output in reader.outputs() {
            let edge = Edge { from: Node::Job(job), ..output.link.edge };
            self.push_plain(via, Spot::Dataset(output.dataset), outputs, Reason::WriterFails, Link { edge, ..output.link });
        }
    }
}
