//! `headwater naming report`: datasets that look like one and are apart.

use super::source::{Here, Source, SourceArgs, There, unreadable};
use super::{counted, print, spell};
use crate::cli::Failure;
use crate::config;
use crate::stitching::{Filter, Group, State, Stitching, judge};
use clap::{Args, ValueEnum};
use schema::naming::{Difference, Rules};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Groups that a server is asked for at once.
const PAGE: usize = 50;
/// Members that are listed of a group; all are counted.
const MEMBERS: usize = 20;

/// What `naming report` takes.
#[derive(Args)]
pub(in crate::cli) struct Report {
    /// Naming rules in force (TOML) [default: those of the settings file, or of the server]
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    rules: Option<PathBuf>,
    /// Only groups that differ in this; may be given several times [default: all]
    #[arg(long, value_name = "KIND", ignore_case = true)]
    kind: Vec<Kind>,
    /// Which groups: those whose datasets are apart, or those that rules and aliases have joined already
    #[arg(long, value_name = "STATE", default_value = "open", ignore_case = true)]
    state: Which,
    /// How many groups are listed; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    first: usize,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Port,
    Scheme,
    Quoting,
    Slash,
    Brokers,
    Case,
    Host,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    Open,
    Covered,
    Merged,
    All,
}

impl Report {
    pub async fn run(self) -> Result<(), Failure> {
        let filter = Filter { kinds: self.kind.iter().map(|kind| kind.difference()).collect(), states: self.state.states() };
        let report = match self.source.open().await? {
            Source::Here(here) => from_here(&here, &Arc::new(self.rules()?), &filter, self.first).await?,
            Source::There(there) => from_there(&there, &filter, self.first)?,
        };
        if self.json {
            print(&format!("{report:#}\n"));
        } else {
            print(&as_text(&report, self.state));
        }
        Ok(())
    }

    fn rules(&self) -> Result<Rules, Failure> {
        match &self.rules {
            None => Ok((*self.source.data.config()?.0.naming).clone()),
            rules => config::naming(rules.as_deref()).map_err(Failure::Said),
        }
    }
}

impl Kind {
    fn difference(self) -> Difference {
        match self {
            Self::Port => Difference::Port,
            Self::Scheme => Difference::Scheme,
            Self::Quoting => Difference::Quoting,
            Self::Slash => Difference::Slash,
            Self::Brokers => Difference::Brokers,
            Self::Case => Difference::Case,
            Self::Host => Difference::Host,
        }
    }
}

impl Which {
    fn states(self) -> Vec<State> {
        match self {
            Self::Open => vec![State::Open],
            Self::Covered => vec![State::Covered],
            Self::Merged => vec![State::Merged],
            Self::All => Vec::new(),
        }
    }
}

async fn from_here(here: &Here, rules: &Arc<Rules>, filter: &Filter, first: usize) -> Result<Value, Failure> {
    let groups = Stitching::default().groups(&here.reader, rules).await.map_err(unreadable)?;
    let wanted: Vec<&Group> = groups.iter().filter(|group| filter.wants(group, &here.graph)).collect();
    let mut listed = Vec::new();
    for group in wanted.iter().take(first) {
        let judged = judge(group, &here.reader, &here.graph, rules).await.map_err(unreadable)?;
        let (state, distinct) = group.state(&here.graph);
        let members = &group.members[..group.members.len().min(MEMBERS)];
        let mut names = here.reader.names_of(members).await.map_err(unreadable)?;
        names.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        listed.push(json!({
            "kinds": group.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
            "state": state,
            "distinctCount": distinct,
            "rules": group.rules,
            "memberCount": group.members.len(),
            "members": names.iter().map(|row| json!({ "namespace": row.namespace, "name": row.name })).collect::<Vec<_>>(),
            "confidence": judged.confidence,
            "evidence": judged.evidence,
            "suggestedRule": judged.suggestion,
        }));
    }
    Ok(json!({ "totalCount": wanted.len(), "groups": listed }))
}

fn from_there(there: &There, filter: &Filter, first: usize) -> Result<Value, Failure> {
    let query = "query($first: Int!, $after: String, $kinds: [StitchingKind!], $states: [StitchingState!], $members: Int!) { \
                 stitching(first: $first, after: $after, kinds: $kinds, states: $states) { totalCount pageInfo { hasNextPage endCursor } \
                 edges { node { kinds state distinctCount rules memberCount members(first: $members) { edges { node { namespace name } } } \
                 confidence evidence { kind text } suggestedRule } } } }";
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
    let (mut listed, mut after) = (Vec::new(), Value::Null);
    loop {
        let wanted = (first - listed.len()).min(PAGE);
        let variables = json!({ "first": wanted, "after": after, "kinds": kinds, "states": filter.states, "members": MEMBERS });
        let page = &mut there.ask(query, &variables)?["stitching"];
        for edge in page["edges"].as_array_mut().into_iter().flatten() {
            let mut group = edge["node"].take();
            let members = group["members"]["edges"].as_array_mut().map(std::mem::take).unwrap_or_default();
            group["members"] = members.into_iter().map(|mut member| member["node"].take()).collect();
            listed.push(group);
        }
        if page["pageInfo"]["hasNextPage"] != true || listed.len() >= first {
            return Ok(json!({ "totalCount": page["totalCount"], "groups": listed }));
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn as_text(report: &Value, state: Which) -> String {
    let total = report["totalCount"].as_u64().unwrap_or(0) as usize;
    let groups: Vec<&Value> = report["groups"].as_array().into_iter().flatten().collect();
    let mut text = match (total, state) {
        (0, Which::Open) => "no datasets look like one and are apart\n".into(),
        (0, _) => "no groups of this kind\n".into(),
        (total, _) => format!("{} of datasets that look like one\n", counted(total, "group")),
    };
    for group in &groups {
        text += &group_text(group);
    }
    if total > groups.len() {
        text += &format!("\n… and {} more; --first {total} lists all\n", total - groups.len());
    }
    text
}

fn group_text(group: &Value) -> String {
    let words = |key: &str| strings(&group[key]).map(str::to_lowercase).collect::<Vec<_>>().join(", ");
    let word = |key: &str| group[key].as_str().unwrap_or_default().to_lowercase();
    let members: Vec<&Value> = group["members"].as_array().into_iter().flatten().collect();
    let count = group["memberCount"].as_u64().unwrap_or(0) as usize;
    let joined = match word("state").as_str() {
        "covered" => "; joined by the rules in force",
        "merged" => "; one already",
        _ => "",
    };
    let mut text =
        format!("\n{} that differ in {}; confidence {}{joined}\n", counted(count, "dataset"), words("kinds"), word("confidence"));
    for member in &members {
        text += &format!("  {}\n", spell(member["namespace"].as_str().unwrap_or_default(), member["name"].as_str().unwrap_or_default()));
    }
    if count > members.len() {
        text += &format!("  … and {} more\n", count - members.len());
    }
    for evidence in group["evidence"].as_array().into_iter().flatten() {
        text += &format!("  - {}\n", evidence["text"].as_str().unwrap_or_default());
    }
    if let Some(rule) = group["suggestedRule"].as_str() {
        text += "  rule to paste:\n";
        text.extend(rule.lines().map(|line| format!("    {line}\n")));
    }
    text
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
