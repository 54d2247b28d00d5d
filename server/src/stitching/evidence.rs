//! What speaks for and against a group's datasets being one, and the rule that would join them.
//! Looked up for the groups of a page, from what the catalog and the graph hold.

use super::Group;
use crate::catalog::CatalogError;
use crate::catalog::read::{EntityRow, Reader};
use crate::graph::{Graph, When};
use schema::json::Json;
use schema::naming::{Difference, Rules, hosts_agree, join_names, join_namespaces, keeps_case};
use schema::openlineage::facets;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

/// Members of a group that are looked at.
const MEMBERS_JUDGED: usize = 50;

/// How sure it is that the datasets are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Confidence {
    /// Look before you join them.
    Low,
    /// Likely.
    Medium,
    /// As good as certain.
    High,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvidenceKind {
    /// Their schemas have the same columns.
    SameColumns,
    /// Their schemas have hardly a column in common.
    OtherColumns,
    /// One is only written, another only read: lineage ends at the one and begins at the other.
    WrittenAndRead,
    /// One job writes several of them.
    OneJobWritesBoth,
    /// One host name is the other without its domain, or both mean the machine itself.
    SameMachine,
    /// These hosts have many names in common.
    SharedNames,
}

/// Something that speaks for or against.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// The same as a sentence.
    pub text: String,
}

/// A group with what is known of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// How sure it is.
    pub confidence: Confidence,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Rules to paste into a rules file; none when they are joined already.
    pub suggestion: Option<String>,
}

/// A member and what is known of it.
struct Member {
    row: EntityRow,
    columns: Option<BTreeSet<String>>,
    writers: Vec<u32>,
    read: bool,
}

/// Judges a group by its first members.
pub async fn judge(group: &Group, reader: &Reader, graph: &Graph, rules: &Rules) -> Result<Judged, CatalogError> {
    let numbers = &group.members[..group.members.len().min(MEMBERS_JUDGED)];
    let mut rows = reader.datasets(numbers).await?;
    rows.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let schemas = reader.current_facet(&rows, "schema").await?;
    let members: Vec<Member> = rows
        .into_iter()
        .zip(schemas)
        .map(|(row, schema)| Member {
            columns: schema.and_then(|body| columns(&body)),
            writers: graph.jobs_of_name(row.number, false, When::Now),
            read: !graph.jobs_of_name(row.number, true, When::Now).is_empty(),
            row,
        })
        .collect();
    let evidence = found(group, &members);
    let confidence = confidence(group, &members, &evidence);
    let open = !group.covered() && group.left(|dataset| super::classes::class(graph, dataset)) > 1;
    Ok(Judged { confidence, evidence, suggestion: open.then(|| suggestion(group, &members, rules)).flatten() })
}

/// Column names in lower case: types have other names in other engines.
fn columns(schema: &[u8]) -> Option<BTreeSet<String>> {
    let facet = Json::parse(schema).ok()?;
    let columns: BTreeSet<String> = facets::schema(&facet).fields.into_iter().map(|field| field.path.to_lowercase()).collect();
    (!columns.is_empty()).then_some(columns)
}

fn found(group: &Group, members: &[Member]) -> Vec<Evidence> {
    let host = group.kinds.contains(&Difference::Host);
    let namespaces: Vec<&str> = members.iter().map(|member| member.row.namespace.as_str()).collect();
    let mut found = Vec::new();
    let mut say = |kind, text: String| found.push(Evidence { kind, text });
    if let Some((kind, text)) = compare_columns(members) {
        say(kind, text);
    }
    let only_written = members.iter().find(|member| !member.writers.is_empty() && !member.read);
    let only_read = members.iter().find(|member| member.writers.is_empty() && member.read);
    if let (Some(written), Some(read)) = (only_written, only_read) {
        say(EvidenceKind::WrittenAndRead, format!("{} is only written, {} is only read", spell(&written.row), spell(&read.row)));
    }
    let mut writers = HashSet::new();
    if members.iter().flat_map(|member| &member.writers).any(|writer| !writers.insert(writer)) {
        say(EvidenceKind::OneJobWritesBoth, "one job writes several of them, so it tells them apart".into());
    }
    if host && namespaces.iter().all(|namespace| hosts_agree(namespaces[0], namespace)) {
        say(EvidenceKind::SameMachine, "the host names agree but for the domain, or mean the machine itself".into());
    }
    if host && group.shared > 1 {
        let text = format!("{} names are on these hosts alike: they are one server, or one is a copy of the other", group.shared);
        say(EvidenceKind::SharedNames, text);
    }
    found
}

fn compare_columns(members: &[Member]) -> Option<(EvidenceKind, String)> {
    let known: Vec<&BTreeSet<String>> = members.iter().filter_map(|member| member.columns.as_ref()).collect();
    let (first, others) = known.split_first().filter(|(_, others)| !others.is_empty())?;
    if others.iter().all(|other| other == first) {
        return Some((EvidenceKind::SameColumns, format!("{} schemas are known and have the same {} columns", known.len(), first.len())));
    }
    // Of the two furthest from each other only the first is compared: enough to warn.
    let apart = others.iter().any(|other| first.intersection(other).count() * 5 < first.union(other).count());
    apart.then(|| (EvidenceKind::OtherColumns, "their schemas have hardly a column in common".into()))
}

fn confidence(group: &Group, members: &[Member], evidence: &[Evidence]) -> Confidence {
    let has = |kind| i32::from(evidence.iter().any(|evidence| evidence.kind == kind));
    let case = group.kinds.contains(&Difference::Case);
    let keeps_case = case && members.iter().any(|member| keeps_case(&member.row.namespace));
    let starts = |member: &Member| member.row.name.starts_with('/');
    let rooted = group.kinds.contains(&Difference::Slash) && members.iter().any(starts) && !members.iter().all(starts);
    let name = match (group.kinds.contains(&Difference::Host) || keeps_case, case || rooted) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    let support = has(EvidenceKind::SameColumns) + has(EvidenceKind::WrittenAndRead) + has(EvidenceKind::SameMachine);
    let doubt = 2 * has(EvidenceKind::OtherColumns) + has(EvidenceKind::OneJobWritesBoth);
    match name + support.min(2) - doubt {
        ..=0 => Confidence::Low,
        1 => Confidence::Medium,
        _ => Confidence::High,
    }
}

/// Rules that join the group under the name of the member that is canonical already, written rather
/// than read, oldest, shortest, and in small letters.
fn suggestion(group: &Group, members: &[Member], rules: &Rules) -> Option<String> {
    let canonical = |row: &EntityRow| {
        let found = rules.canonical(&row.namespace, &row.name);
        found.map_or_else(|| (row.namespace.clone(), row.name.clone()), |it| (it.namespace, it.name))
    };
    let names: Vec<(String, String)> = members.iter().map(|member| canonical(&member.row)).collect();
    let order = |i: &usize| {
        let (row, name) = (&members[*i].row, &names[*i]);
        (
            (&row.namespace, &row.name) != (&name.0, &name.1),
            members[*i].writers.is_empty(),
            row.entity.span.map(|span| span.first),
            row.name.len(),
            Reverse((&row.name, &row.namespace)),
        )
    };
    let to = &names[(0..members.len()).min_by_key(order)?];
    let sent = members.iter().map(|member| (member.row.namespace.as_str(), member.row.name.as_str()));
    let made = names.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str()));
    let mut text = String::new();
    if group.kinds.contains(&Difference::Host) {
        text += "# For every dataset of these namespaces.\n";
        text += &join_namespaces(&to.0, sent.chain(made).map(|(namespace, _)| namespace));
    } else {
        text += &presets_instead(group, members, rules);
        text += &join_names((&to.0, &to.1), sent.chain(made));
    }
    if group.members.len() > members.len() {
        text += &format!("# {} more datasets look the same and are not in this rule.\n", group.members.len() - members.len());
    }
    Some(text)
}

/// A comment about presets that are off and would change one of these names, as they would all such names.
fn presets_instead(group: &Group, members: &[Member], rules: &Rules) -> String {
    let off = rules.presets().off();
    let changes = |preset: &str| {
        let (without, with) = (Rules::of(rules.presets().clone()), Rules::of(rules.presets().and(preset)));
        members.iter().any(|Member { row, .. }| {
            with.canonical(&row.namespace, &row.name).is_some_and(|found| {
                let before = without.canonical(&row.namespace, &row.name);
                before.is_none_or(|before| (before.namespace, before.name) != (found.namespace, found.name))
            })
        })
    };
    let presets: Vec<&str> =
        group.kinds.iter().flat_map(|kind| kind.presets()).copied().filter(|preset| off.contains(preset) && changes(preset)).collect();
    if presets.is_empty() {
        return String::new();
    }
    format!("# Presets that are off and may do this for all such names: {}\n", presets.join(", "))
}

fn spell(row: &EntityRow) -> String {
    format!("{} of {}", row.name, row.namespace)
}
