//! The project that all events are about: its nodes and what they depend on, its names, its catalog.

use super::facet::Facets;
use super::node::{Node, kind, texts};
use super::profile::{Declared, Profile};
use super::{Documents, Environment, Options, namespace};
use schema::json::Json;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Members of the manifest that hold nodes by unique id.
const HOLDERS: [&str; 8] = ["nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"];

/// A project.
pub(super) struct Project<'d> {
    manifest: &'d Json<'d>,
    catalog: Option<&'d Json<'d>>,
    /// Its name.
    pub name: String,
    /// Its version, from `dbt_project.yml`.
    pub version: Option<String>,
    /// The profile that it ran with, when known.
    pub profile: Option<String>,
    /// The kind of warehouse: dbt's adapter.
    pub adapter: Option<String>,
    /// Namespace of its tables.
    pub namespace: String,
    /// Namespace of Athena's tables as Glue's.
    glue: Option<String>,
    /// Namespace of its jobs.
    pub job_namespace: String,
    /// The job that stands for the command.
    pub command_job: String,
    /// Exposures by what they depend on.
    pub exposed: BTreeMap<&'d str, Vec<Node<'d>>>,
}

impl<'d> Project<'d> {
    /// Puts the artifacts together; what had to be assumed goes into `notes`.
    pub fn new(documents: &'d Documents<'d>, options: &Options, environment: Environment<'_>, notes: &mut Vec<String>) -> Self {
        let manifest = &documents.manifest;
        let metadata = manifest.get("metadata").unwrap_or(&Json::Null);
        let declared = documents.project.map(|bytes| Declared::read(bytes, environment)).unwrap_or_default();
        let name =
            metadata.text("project_name").or(declared.name).or_else(|| busiest_package(manifest)).unwrap_or_else(|| "dbt".to_owned());
        let argument = |key: &str| documents.run_results.as_ref()?.get("args")?.text(key);
        let wanted = options.profile.clone().or_else(|| argument("profile")).or(declared.profile);
        let target = options.target.clone().or_else(|| argument("target"));
        let profile = match documents.profiles {
            Some(bytes) => Profile::read(bytes, wanted.as_deref(), target.as_deref(), environment),
            None => Err("there is no profiles.yml beside it".to_owned()),
        };
        let adapter = metadata.text("adapter_type").or_else(|| profile.as_ref().ok()?.get("type").ok().map(str::to_owned));
        let namespace = options.dataset_namespace.clone().unwrap_or_else(|| warehouse(adapter.as_deref(), &profile, &name, notes));
        let glue = profile.as_ref().ok().filter(|_| adapter.as_deref() == Some("athena")).and_then(namespace::glue_of_athena);
        let mut project = Self {
            manifest,
            catalog: documents.catalog.as_ref(),
            command_job: options.job_name.clone().unwrap_or_else(|| format!("dbt-run-{name}")),
            name,
            version: declared.version,
            profile: profile.ok().map(|profile| profile.name).or(wanted),
            adapter,
            namespace,
            glue,
            job_namespace: options.job_namespace.clone(),
            exposed: BTreeMap::new(),
        };
        project.exposed = exposed(&project);
        project
    }

    /// The manifest's `metadata`.
    pub fn metadata(&self) -> &'d Json<'d> {
        self.manifest.get("metadata").unwrap_or(&Json::Null)
    }

    /// Nodes that one member of the manifest holds.
    pub fn held(&self, holder: &str) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let members = self.manifest.get(holder).and_then(Json::as_object).unwrap_or_default();
        members.iter().map(|(id, json)| Node { id: id.as_ref(), json })
    }

    /// A node by its unique id.
    pub fn node(&self, id: &str) -> Option<Node<'d>> {
        HOLDERS.iter().find_map(|holder| {
            let members = self.manifest.get(holder)?.as_object()?;
            let at = members.binary_search_by(|(known, _)| known.as_ref().cmp(id)).ok()?;
            Some(Node { id: members[at].0.as_ref(), json: &members[at].1 })
        })
    }

    /// All that has rows, in the order of unique ids.
    pub fn relations(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        self.held("nodes").chain(self.held("sources")).filter(|node| node.is_relation())
    }

    /// What the catalog knows of a relation.
    pub fn cataloged(&self, node: Node<'_>) -> Option<&'d Json<'d>> {
        let holder = if node.kind() == "source" { "sources" } else { "nodes" };
        self.catalog?.get(holder)?.get(node.id)
    }

    /// The group that a node belongs to.
    pub fn group(&self, node: Node<'_>) -> Option<&'d Json<'d>> {
        let name = node.text("group").or_else(|| node.config("group").and_then(Json::as_str))?;
        let groups = self.manifest.get("groups")?.as_object()?;
        groups.iter().map(|(_, group)| group).find(|group| group.get("name").and_then(Json::as_str) == Some(name))
    }

    /// Relations that a node reads, each once. Metrics, semantic models and saved queries are seen through
    /// to the models beneath; what is not in the manifest (disabled, of another project) is passed over.
    pub fn inputs(&self, node: Node<'d>) -> Vec<Node<'d>> {
        let (mut seen, mut inputs, mut open) = (BTreeSet::new(), Vec::new(), vec![node]);
        while let Some(node) = open.pop() {
            for id in self.parents(node) {
                if !seen.insert(id) {
                    continue;
                }
                match self.node(id) {
                    Some(parent) if parent.is_relation() => inputs.push(parent),
                    Some(parent) if matches!(kind(id), "metric" | "semantic_model" | "saved_query") => open.push(parent),
                    _ => {}
                }
            }
        }
        inputs.sort_by_key(|input| input.id);
        inputs
    }

    /// Unique ids of what a node depends on, in dbt's order.
    pub fn parents(&self, node: Node<'d>) -> Vec<&'d str> {
        let listed = self.manifest.get("parent_map").and_then(|map| map.get(node.id)).and_then(Json::as_array);
        match listed {
            Some(parents) => parents.iter().filter_map(Json::as_str).collect(),
            None => node.json.get("depends_on").into_iter().flat_map(|on| texts(on, "nodes")).collect(),
        }
    }

    /// Name of a relation's dataset: database, schema and table as far as there are, as dbt-ol joins them.
    pub fn dataset_name(&self, node: Node<'_>) -> String {
        joined(node, node.table())
    }

    /// A dataset by its identity, with these facets.
    pub fn dataset(&self, node: Node<'_>, facets: Facets) -> Value {
        let mut dataset = json!({ "namespace": self.namespace, "name": self.dataset_name(node) });
        dataset["facets"] = facets.into();
        dataset
    }

    /// The other name of an Athena table: Glue's.
    pub fn glue_name(&self, node: Node<'_>) -> Option<(&str, String)> {
        Some((self.glue.as_deref()?, format!("table/{}/{}", node.text("schema")?, node.table())))
    }

    /// Name of a node's job as dbt-ol makes it: database, schema, the unique id without `without`, and an ending.
    pub fn job_name(&self, node: Node<'_>, without: &str, ending: &str) -> String {
        joined(node, node.id.strip_prefix(without).unwrap_or(node.id)) + ending
    }
}

fn joined(node: Node<'_>, last: &str) -> String {
    let parts: Vec<&str> = [node.text("database"), node.text("schema"), Some(last)].into_iter().flatten().collect();
    parts.join(".")
}

/// Old manifests do not name their project: it is the package with most nodes, unless macros came alone.
fn busiest_package(manifest: &Json<'_>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, node) in manifest.get("nodes")?.as_object()? {
        if let Some(package) = node.get("package_name").and_then(Json::as_str) {
            *counts.entry(package).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(package, _)| package.to_owned())
}

fn warehouse(adapter: Option<&str>, profile: &Result<Profile, String>, project: &str, notes: &mut Vec<String>) -> String {
    if let Some(fixed) = adapter.and_then(namespace::fixed) {
        return fixed.to_owned();
    }
    let found = match (adapter, profile) {
        (Some(adapter), Ok(profile)) => namespace::of(adapter, profile),
        (None, Ok(_)) => Err("neither the manifest nor the profile names an adapter".to_owned()),
        (_, Err(why)) => Err(why.clone()),
    };
    found.unwrap_or_else(|why| {
        let assumed = namespace::assumed(adapter, project);
        notes.push(format!(
            "the namespace of the tables was assumed to be {assumed}, for {why}: \
             give --profiles-dir or --namespace, or they will not meet what other tools say of the same tables"
        ));
        assumed
    })
}

fn exposed<'d>(project: &Project<'d>) -> BTreeMap<&'d str, Vec<Node<'d>>> {
    let mut exposed: BTreeMap<&'d str, Vec<Node<'d>>> = BTreeMap::new();
    for exposure in project.held("exposures") {
        for input in project.inputs(exposure) {
            exposed.entry(input.id).or_default().push(exposure);
        }
    }
    exposed
}
