//! What an import tells, and what it passes over: each relation once, each run once, in an order that
//! depends on the artifacts alone.

use super::artifact::{ARTIFACTS, DbtError, Documents};
use super::check::{self, Check};
use super::execution::{self, Outcome, outcome};
use super::invocation::{Invocation, generated_at};
use super::node::{Node, kind, text};
use super::note::{Tally, list};
use super::project::Project;
use super::{Environment, Options, columns, dataset, declare, exposure, freshness};
use crate::proposal::{Column, Proposal, Proposals};
use schema::json::{Bounds, Json};
use schema::moment::Moment;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An import of one target folder: what will be told, and notes on what is passed over or assumed.
pub struct Import<'d> {
    project: Project<'d>,
    run: Option<Invocation<'d>>,
    freshness: Option<Invocation<'d>>,
    steps: Vec<Step<'d>>,
    /// When the project was as the manifest and the catalog have it.
    declared_at: Moment,
    notes: Vec<String>,
}

/// One or two events to tell.
enum Step<'d> {
    Command,
    FreshnessCommand,
    Built(Node<'d>, &'d Json<'d>),
    Tested(Node<'d>, Vec<Check<'d>>),
    TestedAlone(Check<'d>),
    Looked(Node<'d>, &'d Json<'d>),
    Building(Node<'d>),
    Relation(Node<'d>),
    Exposure(Node<'d>),
}

impl<'d> Import<'d> {
    /// Decides what to tell. Without results of a command that ran something, lineage is declared: job
    /// events for what dbt would build. With them, runs tell it.
    pub fn plan(documents: &'d Documents<'d>, options: &Options, environment: Environment<'_>) -> Result<Self, DbtError> {
        let mut notes = documents.notes.clone();
        let project = Project::new(documents, options, environment, &mut notes);
        let mut declared_at = generated_at(&documents.manifest, ARTIFACTS[0])?;
        if let Some(catalog) = &documents.catalog {
            declared_at = declared_at.max(generated_at(catalog, ARTIFACTS[2])?);
        }
        let run = documents.run_results.as_ref().map(|results| Invocation::read(results, ARTIFACTS[1], None)).transpose()?;
        let freshness =
            documents.sources.as_ref().map(|sources| Invocation::read(sources, ARTIFACTS[3], Some("source freshness"))).transpose()?;
        let mut import = Self { project, run, freshness, steps: Vec::new(), declared_at, notes };
        let mut tally = Tally::default();
        import.plan_run(&mut tally);
        import.plan_freshness(&mut tally);
        import.plan_declarations();
        import.note(documents, &tally);
        Ok(import)
    }

    /// What was passed over and why, and what had to be assumed: sentences for people.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The events, made as they are asked for.
    pub fn events(&self) -> impl Iterator<Item = Value> + '_ {
        self.steps.iter().flat_map(|step| self.told(step))
    }

    /// The same as the log takes them.
    pub fn translated(&self) -> impl Iterator<Item = crate::Outcome> + '_ {
        self.events().map(|event| crate::openlineage::event(event.to_string().as_bytes(), Bounds::NONE))
    }

    fn told(&self, step: &Step<'d>) -> Vec<Value> {
        let (project, at) = (&self.project, self.declared_at);
        let runs = match (step, &self.run, &self.freshness) {
            (Step::Command, Some(run), _) => execution::command(project, run),
            (Step::FreshnessCommand, _, Some(looked)) => execution::command(project, looked),
            (Step::Built(node, result), Some(run), _) => execution::built(project, run, *node, result),
            (Step::Tested(node, checks), Some(run), _) => check::of_relation(project, run, *node, checks),
            (Step::TestedAlone(test), Some(run), _) => check::alone(project, run, *test),
            (Step::Looked(node, result), _, Some(looked)) => freshness::looked(project, looked, *node, result),
            (Step::Building(node), ..) => return vec![declare::building(project, *node, self.command(), at)],
            (Step::Relation(node), ..) => return vec![declare::relation(project, *node, at)],
            (Step::Exposure(node), ..) => return vec![exposure::declared(project, *node, at)],
            _ => return Vec::new(),
        };
        runs.into()
    }

    /// What the project says its tables will look like. Sources are others' tables, ephemeral models none.
    pub fn proposals(&self) -> Proposals {
        let mut proposals = Proposals::default();
        let mut documented = Vec::new();
        for node in self.project.relations().filter(|node| node.kind() != "source" && !node.is_ephemeral()) {
            let (columns, complete) = columns::listed(&self.project, node);
            if columns.is_empty() {
                continue;
            }
            if !complete {
                documented.push(node.id);
            }
            let column = |(name, kind): (&str, Option<&str>)| Column { path: name.to_owned(), data_type: kind.map(str::to_owned) };
            let proposal = Proposal::of(Some(self.project.namespace.clone()), self.project.dataset_name(node));
            proposals.datasets.push(Proposal { complete, ..proposal.with_all(columns.into_iter().map(column).collect()) });
        }
        list(
            &mut proposals.notes,
            "models of which only the documented columns are known (no catalog.json, no enforced contract), so that a dropped column does not show",
            &documented,
        );
        proposals
    }

    /// The command whose names jobs get.
    fn command(&self) -> &str {
        self.run.as_ref().filter(|run| run.ran()).map_or("run", |run| run.command.as_str())
    }

    fn plan_run(&mut self, tally: &mut Tally<'d>) {
        let Some(run) = self.run.as_ref().filter(|run| run.ran()) else { return };
        let mut tested: BTreeMap<&'d str, (Node<'d>, Vec<Check<'d>>)> = BTreeMap::new();
        self.steps.push(Step::Command);
        for result in run.results {
            let id = text(result, "unique_id").unwrap_or("(no unique_id)");
            let node = self.project.node(id);
            match (outcome(result), node) {
                (Outcome::Unknown, _) => tally.unknown.push(id),
                // `dbt build` lists exposures and saved queries too, of which it runs nothing.
                (Outcome::NotRun, _) if matches!(kind(id), "exposure" | "saved_query") => {}
                (Outcome::NotRun, _) if kind(id) != "test" => tally.not_run.push(id),
                (_, None) => tally.missing.push(id),
                (_, Some(node)) => match node.kind() {
                    "model" | "seed" | "snapshot" => self.steps.push(Step::Built(node, result)),
                    "test" | "unit_test" => plan_test(&self.project, Check { test: node, result }, &mut tested, &mut self.steps, tally),
                    _ => tally.kinds.push(id),
                },
            }
        }
        let ran = tested.into_values().filter(|(_, checks)| checks.iter().any(Check::ran));
        self.steps.extend(ran.map(|(node, checks)| Step::Tested(node, checks)));
    }

    fn plan_freshness(&mut self, tally: &mut Tally<'d>) {
        let Some(looked) = &self.freshness else { return };
        if self.run.as_ref().is_none_or(|run| !run.ran() || run.id != looked.id) {
            self.steps.push(Step::FreshnessCommand);
        }
        for result in looked.results {
            let id = text(result, "unique_id").unwrap_or("(no unique_id)");
            match self.project.node(id) {
                Some(node) => self.steps.push(Step::Looked(node, result)),
                None => tally.missing.push(id),
            }
        }
    }

    /// Relations that no run described, and what nothing runs: exposures, and ephemeral models that were
    /// written into what ran, whose lineage would end there.
    fn plan_declarations(&mut self) {
        let ran = self.run.as_ref().is_some_and(Invocation::ran);
        let described = |step: &Step<'d>| match step {
            Step::Built(node, result) if outcome(result) == Outcome::Succeeded => Some(node.id),
            _ => None,
        };
        let told: BTreeSet<&str> = self.steps.iter().filter_map(described).collect();
        let written = self.ephemeral();
        let nodes: Vec<Node<'d>> = self.project.relations().filter(|node| !told.contains(node.id)).collect();
        self.steps.extend(nodes.into_iter().map(|node| match node.kind() {
            "source" => Step::Relation(node),
            _ if ran && !written.contains(node.id) => Step::Relation(node),
            _ => Step::Building(node),
        }));
        self.steps.extend(self.project.held("exposures").map(Step::Exposure));
    }

    /// Ephemeral models that are written, directly or through each other, into what was built.
    fn ephemeral(&self) -> BTreeSet<&'d str> {
        let built = |step: &Step<'d>| if let Step::Built(node, _) = step { Some(*node) } else { None };
        let mut open: Vec<Node<'d>> = self.steps.iter().filter_map(built).collect();
        let mut found = BTreeSet::new();
        while let Some(node) = open.pop() {
            let inputs = self.project.inputs(node).into_iter().filter(|input| input.is_ephemeral());
            open.extend(inputs.filter(|input| found.insert(input.id)));
        }
        found
    }

    /// Relations that are depended on and not in the manifest: those of other projects.
    fn lost(&self) -> Vec<&'d str> {
        let readers = self.project.relations().chain(self.project.held("exposures"));
        let parents: BTreeSet<&'d str> = readers.flat_map(|node| self.project.parents(node)).collect();
        let relation = |id: &&str| matches!(kind(id), "model" | "seed" | "snapshot" | "source");
        parents.into_iter().filter(relation).filter(|id| self.project.node(id).is_none()).collect()
    }

    fn note(&mut self, documents: &Documents<'d>, tally: &Tally<'d>) {
        let mut notes = std::mem::take(&mut self.notes);
        match &self.run {
            None => notes.push("there is no run_results.json: lineage is told as declared, without runs and test results".to_owned()),
            Some(run) if !run.ran() => notes.push(format!(
                "run_results.json is of `dbt {}`, which runs nothing: lineage is told as declared, without runs and test results",
                run.command
            )),
            Some(run) => {
                let manifest = self.project.metadata().text("invocation_id");
                if manifest.is_some_and(|id| id != run.id) {
                    notes.push(
                        "manifest.json is of another dbt command than run_results.json: descriptions and dependencies are of the former, \
                         runs of the latter"
                            .to_owned(),
                    );
                }
            }
        }
        tally.note(&mut notes);
        list(&mut notes, "dependencies that are not in manifest.json, and so passed over", &self.lost());
        let raw = |step: &&Step<'d>| matches!(step, Step::Building(node) if node.kind() == "model" && node.compiled_code().is_none());
        let raw = self.steps.iter().filter(raw).count();
        if raw > 0 {
            notes.push(format!(
                "models that are not compiled ({raw}): there is no SQL to show or to infer column lineage from; `dbt compile` writes it"
            ));
        }
        let lost: usize = self.project.relations().map(|node| columns::unknown(&self.project, node)).sum();
        if lost > 0 {
            notes.push(format!("documented columns that catalog.json does not have, passed over ({lost}): is it older than the models?"));
        }
        if documents.catalog.as_ref().is_some_and(dataset::catalog_errors) {
            notes.push("catalog.json says that dbt could not read some relations: their columns are those of the manifest".to_owned());
        }
        self.notes = notes;
    }
}

/// A singular test stands for itself too, as with dbt-ol; a unit test reads no data and stands for itself alone.
fn plan_test<'d>(
    project: &Project<'d>,
    check: Check<'d>,
    tested: &mut BTreeMap<&'d str, (Node<'d>, Vec<Check<'d>>)>,
    steps: &mut Vec<Step<'d>>,
    tally: &mut Tally<'d>,
) {
    if !check.ran() {
        tally.not_run.push(check.test.id);
    }
    let generic = check.test.json.get("test_metadata").is_some();
    if !generic && check.ran() {
        steps.push(Step::TestedAlone(check));
    }
    if check.test.kind() == "unit_test" {
        return;
    }
    for node in check::tested(project, check.test) {
        tested.entry(node.id).or_insert_with(|| (node, Vec::new())).1.push(check);
    }
}
