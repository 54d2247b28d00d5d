//! Turns "this DAG builds these datasets" into jobs, named as the tools name them.

use super::copies::table;
use super::model::{Cadence, Dag, Estate, Job, Kind, Statement};

/// Adds jobs to the DAG opened last.
pub(super) struct Planner<'a> {
    estate: &'a mut Estate,
    name: String,
    root: usize,
}

impl<'a> Planner<'a> {
    pub(super) fn new(estate: &'a mut Estate) -> Self {
        Self { estate, name: String::new(), root: 0 }
    }

    /// Opens a DAG: every job that follows belongs to it.
    pub(super) fn dag(&mut self, name: &str, about: &str, owner: &str, cadence: Cadence, minute: i64) {
        name.clone_into(&mut self.name);
        let mut job = Job::new(Kind::Dag, "airflow-prod", name);
        about.clone_into(&mut job.about);
        job.owners = vec![owner.to_owned()];
        job.tags = vec![("schedule".to_owned(), cadence_name(cadence).to_owned())];
        job.file = Some(format!("airflow/dags/{name}.py"));
        self.root = self.estate.start(job);
        self.estate.dags.push(Dag { jobs: self.root..self.root + 1, cadence, minute });
    }

    /// A task that copies a database table to the landing zone.
    pub(super) fn extract(&mut self, source: usize, landing: usize) {
        let from = &self.estate.datasets[source];
        let about = format!("Copies {} to the landing zone.", from.name);
        let name = format!("{}.extract_{}", self.name, table(self.estate, source));
        self.task(&name, about, vec![source], landing, Statement::Extract(source), 95);
    }

    /// A task that loads files of the lake into the warehouse.
    pub(super) fn load(&mut self, landing: usize, raw: usize) {
        let about = format!("Loads {} into {}.", self.estate.datasets[landing].name, self.estate.datasets[raw].name);
        let name = format!("{}.load_{}", self.name, table(self.estate, raw));
        self.task(&name, about, vec![landing], raw, Statement::Load(landing, raw), 40);
    }

    /// A task that runs one statement in the warehouse.
    pub(super) fn query(&mut self, task: &str, dataset: usize) {
        let (inputs, about) = (inputs(self.estate, dataset), self.estate.datasets[dataset].about.clone());
        let name = format!("{}.{task}", self.name);
        self.task(&name, about, inputs, dataset, Statement::Create(dataset), 70);
    }

    /// A task that starts a dbt command with these models, and tests for some of them.
    pub(super) fn dbt(&mut self, task: &str, models: &[usize], tested: &[usize]) {
        let mut starter = Job::new(Kind::Task, "airflow-prod", &format!("{}.{task}", self.name));
        starter.about = "Runs and tests the project.".to_owned();
        starter.file = Some(format!("airflow/dags/{}.py", self.name));
        starter.parent = Some(self.root);
        let starter = self.push(starter);
        let mut command = Job::new(Kind::Command, "dbt-prod", "dbt-run-meltwater");
        command.parent = Some(starter);
        let command = self.push(command);
        for &model in models {
            let job = self.model(model, command);
            self.push(job);
            if tested.contains(&model) {
                let job = self.test(model, command);
                self.push(job);
            }
        }
    }

    /// A task for each table that starts a Spark application.
    pub(super) fn spark(&mut self, tables: &[usize]) {
        for &dataset in tables {
            let table = table(self.estate, dataset);
            let mut starter = Job::new(Kind::Task, "airflow-prod", &format!("{}.{table}", self.name));
            starter.about = format!("Submits the Spark application that writes {table}.");
            starter.file = Some(format!("airflow/dags/{}.py", self.name));
            starter.parent = Some(self.root);
            let starter = self.push(starter);
            let name = format!("{table}.execute_insert_into_hadoop_fs_relation_command.curated_{table}");
            let mut job = self.maker(Kind::Spark, "spark-prod", &name, dataset);
            job.file = Some(format!("spark/src/main/scala/com/meltwater/{table}.scala"));
            job.parent = Some(starter);
            job.seconds = 780;
            self.push(job);
        }
    }

    /// Scripts of the machine learning platform.
    pub(super) fn scripts(&mut self, features: &[usize]) {
        for &dataset in features {
            let table = table(self.estate, dataset);
            let mut job = self.maker(Kind::Script, "ml-platform", &format!("features/{table}"), dataset);
            job.file = Some(format!("ml/pipelines/{table}.py"));
            job.seconds = 540;
            self.push(job);
        }
    }

    /// Jobs that write to a tool outside: `word` is what that tool calls them.
    pub(super) fn syncs(&mut self, namespace: &str, word: &str, datasets: &[usize]) {
        for &dataset in datasets {
            let table = table(self.estate, dataset).to_lowercase();
            let mut job = self.maker(Kind::Sync, namespace, &format!("{word}.{table}"), dataset);
            job.seconds = 30;
            self.push(job);
        }
    }

    /// Streaming jobs; they belong to no DAG.
    pub(super) fn streams(&mut self, topics: &[usize]) {
        for &dataset in topics {
            let name = self.estate.datasets[dataset].name.replace('.', "-");
            let mut job = self.maker(Kind::Stream, "flink-prod", &name, dataset);
            job.file = Some(format!("flink/src/main/java/com/meltwater/{name}.java"));
            job.parent = None;
            self.estate.start(job);
        }
    }

    fn model(&self, dataset: usize, command: usize) -> Job {
        let mut job = self.maker(Kind::Model, "dbt-prod", &self.model_name(dataset), dataset);
        let made = &self.estate.datasets[dataset];
        let path = made.name.trim_start_matches("analytics.").replace('.', "/");
        job.file = Some(format!("dbt/models/{path}.sql"));
        job.sql = Some(Statement::Select(dataset));
        job.parent = Some(command);
        job.seconds = 45;
        job
    }

    fn test(&self, dataset: usize, command: usize) -> Job {
        let mut job = Job::new(Kind::Test, "dbt-prod", &format!("{}.test", self.model_name(dataset)));
        job.about = format!("Tests of {}.", table(self.estate, dataset));
        job.owners = self.estate.datasets[dataset].owners.clone();
        job.inputs = vec![dataset];
        job.parent = Some(command);
        job.seconds = 12;
        job
    }

    /// `database.schema.project.model`, as dbt's integration names a model's job.
    fn model_name(&self, dataset: usize) -> String {
        let name = &self.estate.datasets[dataset].name;
        let (schema, model) = name.rsplit_once('.').unwrap_or(("", name));
        format!("{schema}.meltwater.{model}")
    }

    fn task(&mut self, name: &str, about: String, inputs: Vec<usize>, output: usize, sql: Statement, seconds: i64) {
        let mut job = self.maker(Kind::Task, "airflow-prod", name, output);
        job.about = about;
        job.inputs = inputs;
        job.sql = Some(sql);
        job.file = Some(format!("airflow/dags/{}.py", self.name));
        job.seconds = seconds;
        // A query engine asks the metastore and never sees the path below a table.
        job.by_alias = job.inputs.iter().any(|&input| self.estate.datasets[input].alias.is_some());
        self.push(job);
    }

    /// A job that makes one dataset and shares its description and owners.
    fn maker(&self, kind: Kind, namespace: &str, name: &str, dataset: usize) -> Job {
        let made = &self.estate.datasets[dataset];
        let mut job = Job::new(kind, namespace, name);
        job.about.clone_from(&made.about);
        job.owners.clone_from(&made.owners);
        job.tags = made.tags.iter().filter(|(tag, _)| tag == "tier").cloned().collect();
        job.inputs = inputs(self.estate, dataset);
        job.outputs = vec![dataset];
        job.parent = Some(self.root);
        job
    }

    fn push(&mut self, job: Job) -> usize {
        let at = self.estate.start(job);
        if let Some(dag) = self.estate.dags.last_mut() {
            dag.jobs.end = at + 1;
        }
        at
    }
}

fn inputs(estate: &Estate, dataset: usize) -> Vec<usize> {
    estate.datasets[dataset].sources.iter().map(|&(_, source)| source).collect()
}

fn cadence_name(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Days(1) => "daily",
        Cadence::Days(7) => "weekly",
        Cadence::Days(_) => "every few days",
        Cadence::Hourly(_) => "hourly",
    }
}
