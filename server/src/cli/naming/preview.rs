//! `headwater naming preview`: what rules would do.

use super::source::SourceArgs;
use super::usage::{Usage, usage};
use super::{counted, print, spell, summary};
use crate::cli::Failure;
use crate::config;
use crate::stitching::{Class, Preview as Found};
use clap::Args;
use schema::naming::Rules;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Lines of a list in the text; the JSON has all.
const LISTED: usize = 50;

/// What `naming preview` takes.
#[derive(Args)]
pub(in crate::cli) struct Preview {
    /// The file of naming rules (TOML) [default: the one of the settings file, or else the presets that are on by default]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

impl Preview {
    pub async fn run(self) -> Result<(), Failure> {
        let rules = self.rules()?;
        let source = self.source.open().await?;
        let found = Found::of(source.names().await?, &rules);
        let usage = usage(&source, &found.joined)?;
        if self.json {
            print(&format!("{:#}\n", as_json(&found, &usage)));
        } else {
            print(&as_text(&found, &usage, &rules));
        }
        Ok(())
    }

    fn rules(&self) -> Result<Rules, Failure> {
        match (&self.rules, &self.source.url) {
            (None, None) => Ok((*self.source.data.config()?.0.naming).clone()),
            (rules, _) => config::naming(rules.as_deref()).map_err(Failure::Said),
        }
    }
}

fn as_text(found: &Found, usage: &[Option<Usage>], rules: &Rules) -> String {
    let mut text = format!("{}\n", summary(rules));
    let (known, joined) = (found.rules.values().max().copied().unwrap_or(0), found.joined_datasets());
    if known == 0 {
        text += &format!("{}: no rule changes a name\n", counted(found.datasets, "dataset"));
    } else {
        text += &format!(
            "{}: {joined} become {}, {} only get another name\n",
            counted(found.datasets, "dataset"),
            found.joined.len(),
            found.renamed.len()
        );
    }
    for (rule, count) in &found.rules {
        text += &format!("  {rule}: {}\n", counted(*count, "dataset"));
    }
    for (rules, unsettled) in &found.unsettled {
        let example = spell(&unsettled.example.namespace, &unsettled.example.name);
        let count = counted(unsettled.datasets, "dataset");
        text += &format!("  never settles, so it does nothing to {count}, such as {example}: {}\n", rules.join(", "));
    }
    if !found.joined.is_empty() {
        text += "\nDatasets that become one\n";
    }
    for (class, usage) in found.joined.iter().zip(usage).take(LISTED) {
        text += &format!("  {}\n", spell(&class.namespace, &class.name));
        for (row, rules) in &class.members {
            let by = if rules.is_empty() { "has this name".into() } else { format!("by {}", rules.join(", ")) };
            text += &format!("    {}  ({by})\n", spell(&row.namespace, &row.name));
        }
        text += &format!("    {}\n", effect(*usage));
    }
    text += &more(found.joined.len());
    if !found.renamed.is_empty() {
        text += "\nDatasets that only get another name\n";
    }
    for (row, canonical) in found.renamed.iter().take(LISTED) {
        let name = spell(&canonical.namespace, &canonical.name);
        text += &format!("  {}\n    {name}  (by {})\n", spell(&row.namespace, &row.name), canonical.rules.join(", "));
    }
    text + &more(found.renamed.len())
}

fn more(count: usize) -> String {
    if count > LISTED { format!("  … and {} more; --json lists all\n", count - LISTED) } else { String::new() }
}

fn effect(usage: Option<Usage>) -> String {
    let Some(usage) = usage else { return "what it joins was not looked up".into() };
    let sides = format!("written by {}, read by {}", counted(usage.writers, "job"), counted(usage.readers, "job"));
    match usage.flows {
        None => sides,
        Some(0) => format!("{sides}; no jobs meet that do not meet now"),
        Some(flows) => format!("{sides}; {} from a job to a job that do not meet now", counted(flows, "flow")),
    }
}

fn as_json(found: &Found, usage: &[Option<Usage>]) -> Value {
    let name = |namespace: &str, name: &str| json!({ "namespace": namespace, "name": name });
    let class = |(class, usage): (&Class, &Option<Usage>)| {
        let members = class.members.iter().map(|(row, rules)| json!({ "namespace": row.namespace, "name": row.name, "rules": rules }));
        json!({
            "canonical": name(&class.namespace, &class.name),
            "members": members.collect::<Vec<_>>(),
            "writers": usage.map(|usage| usage.writers),
            "readers": usage.map(|usage| usage.readers),
            "flows": usage.and_then(|usage| usage.flows),
        })
    };
    let renamed = found.renamed.iter().map(
        |(row, to)| json!({ "namespace": row.namespace, "name": row.name, "canonical": name(&to.namespace, &to.name), "rules": to.rules }),
    );
    let unsettled = found.unsettled.iter().map(|(rules, unsettled)| {
        let example = name(&unsettled.example.namespace, &unsettled.example.name);
        json!({ "rules": rules, "datasets": unsettled.datasets, "example": example })
    });
    json!({
        "datasets": found.datasets,
        "datasetsJoined": found.joined_datasets(),
        "datasetsByRule": found.rules,
        "joined": found.joined.iter().zip(usage).map(class).collect::<Vec<_>>(),
        "renamed": renamed.collect::<Vec<_>>(),
        "unsettled": unsettled.collect::<Vec<_>>(),
    })
}
