//! A check from its request to its answer: each proposal is compared with the catalog, each change is
//! judged, and everything is named.

use super::compare::{Difference, compare};
use super::judge::{Concerned, JudgeError, by_owner, fields_of, judge, owners_of, settle};
use super::name::Names;
use super::wire::{Affected, Answer, Change, Field, Owner, Proposed, Request, Totals, Unknown, What};
use crate::app::App;
use crate::catalog::read::EntityRow;
use crate::completeness::{Completeness, Settled};
use crate::graph::Graph;
use crate::impact::{self, Counts, Impact, Item, Kind, Point, Trust, TypeChange, Verdict, compare_types};
use schema::id;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One change and what it does.
struct Judged {
    change: Change,
    impact: Option<Impact>,
}

/// Checks proposals on one snapshot of the graph, which holds for what was settled at least.
pub async fn check(app: &App, settled: Settled, request: Request) -> Result<Answer, JudgeError> {
    let graph = app.graph();
    let trust = Trust { inferred: request.trust_inferred, complete: request.assume_complete };
    let rows = rows_of(app, &graph, &request.datasets).await?;
    let (mut judged, mut unknown, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let known: BTreeSet<u32> = rows.values().map(|row| row.number).collect();
    let fields = fields_of(app, &graph, &known, None).await?;
    for proposed in &request.datasets {
        let refused = |reason: String| Unknown { namespace: proposed.namespace.clone(), name: proposed.name.clone(), reason };
        let Some(row) = rows.get(&id::dataset(&proposed.namespace, &proposed.name)) else {
            unknown.push(refused("the catalog knows no dataset of this name".into()));
            continue;
        };
        let before = judged.len();
        if proposed.dropped {
            judged.push((Change::of(row, What::DropDataset), Some(impact::Change::Dataset(row.number))));
        } else {
            let current = current(&graph, row, fields.get(&row.number));
            if current.is_empty() {
                unknown.push(refused("neither schema nor lineage says which columns it has".into()));
                continue;
            }
            let (differences, odd) = compare(&current, proposed);
            unknown.extend(odd.into_iter().map(refused));
            judged.extend(differences.into_iter().filter_map(|difference| told(row, difference)));
        }
        unchanged += usize::from(judged.len() == before);
    }
    let mut done = Vec::new();
    for (change, asked) in judged {
        let impact = match asked {
            Some(asked) => Some(judge(app, (&graph, None), asked, trust).await?),
            None => None,
        };
        done.push(Judged { change, impact });
    }
    answer((app, &graph, Completeness::of(settled)), done, unknown, unchanged, request.limit).await
}

/// What is proposed, by derived id; what is not known is left out.
async fn rows_of(app: &App, graph: &Graph, proposed: &[Proposed]) -> Result<HashMap<uuid::Uuid, Arc<EntityRow>>, JudgeError> {
    let ids: Vec<uuid::Uuid> = proposed.iter().map(|proposed| id::dataset(&proposed.namespace, &proposed.name)).collect();
    let found = app.catalog.datasets_by_id(&ids).await?;
    let classes: BTreeSet<Vec<u32>> = found.iter().map(|row| graph.members(&row.number).to_vec()).collect();
    let whole = app.catalog.whole_datasets(&classes.into_iter().collect::<Vec<_>>()).await?;
    let by_member: HashMap<u32, Arc<EntityRow>> =
        whole.into_iter().map(Arc::new).flat_map(|row| row.members.clone().into_iter().map(move |member| (member, row.clone()))).collect();
    let known = |row: &EntityRow| by_member.get(&row.number).filter(|whole| whole.entity.span.is_some()).cloned();
    Ok(found.iter().filter_map(|row| Some((row.id, known(row)?))).collect())
}

/// Columns of today: of the schema; without one, those that lineage names.
fn current(graph: &Graph, row: &EntityRow, fields: Option<&Vec<schema::openlineage::facets::Field>>) -> Vec<Field> {
    let listed = fields.into_iter().flatten().map(|field| Field { name: field.path.clone(), data_type: field.data_type.clone() });
    let listed: Vec<Field> = listed.collect();
    if !listed.is_empty() {
        return listed;
    }
    graph.columns_of(row.number).into_iter().map(|(name, ..)| Field { name: name.to_string(), data_type: None }).collect()
}

/// The change with the question that it makes; none when it changes nothing.
fn told(row: &EntityRow, difference: Difference) -> Option<(Change, Option<impact::Change>)> {
    let Difference { what, column, to, old_type, new_type } = difference;
    let types = (what == What::RetypeColumn).then(|| match (&old_type, &new_type) {
        (Some(old), Some(new)) => compare_types(old, new),
        _ => TypeChange::Unknown,
    });
    if types == Some(TypeChange::Same) {
        return None;
    }
    let kind = types.map_or(Kind::Gone, Kind::from);
    let asked = (what != What::AddColumn).then(|| impact::Change::Column { dataset: row.number, name: column.clone(), kind });
    let change = Change { column: Some(column), to, old_type, new_type, type_change: types, ..Change::of(row, what) };
    Some((change, asked))
}

impl Change {
    fn of(row: &EntityRow, change: What) -> Self {
        Self {
            change,
            namespace: row.namespace.clone(),
            name: row.name.clone(),
            column: None,
            to: None,
            old_type: None,
            new_type: None,
            type_change: None,
            verdict: Verdict::Safe,
            totals: Totals::default(),
            affected: Vec::new(),
            unlisted: 0,
        }
    }
}

impl From<[Counts; 3]> for Totals {
    fn from([datasets, jobs, columns]: [Counts; 3]) -> Self {
        Self { datasets, jobs, columns }
    }
}

async fn answer(
    (app, graph, rests_on): (&App, &Graph, Completeness),
    judged: Vec<Judged>,
    unknown: Vec<Unknown>,
    unchanged: usize,
    limit: usize,
) -> Result<Answer, JudgeError> {
    let (worst, totals) = worst_of(&judged);
    for impact in judged.iter().filter_map(|judged| judged.impact.as_ref()) {
        let items: Vec<Item> = affected(impact).take(limit).collect();
        settle(app, (graph, None), impact, &items).await?;
    }
    let names = Names::load(app, graph, listed(&judged, limit).iter()).await?;
    let owners = owners_of(app, graph, worst.keys()).await?;
    let mut changes = Vec::new();
    for Judged { mut change, impact } in judged {
        if let Some(impact) = impact {
            change.verdict = impact.verdict();
            change.totals = impact.counts().into();
            let counts = impact.counts().iter().map(|counts| counts.breaks + counts.risky + counts.unknown).sum::<u64>() as usize;
            change.unlisted = counts.saturating_sub(limit);
            change.affected = affected(&impact).take(limit).filter_map(|item| names.affected(&impact, &item, &change, &owners)).collect();
            // Numbers are the catalog's own; people read names.
            change.affected.sort_by(|a, b| (Reverse(a.verdict), a.distance, a.place()).cmp(&(Reverse(b.verdict), b.distance, b.place())));
        }
        changes.push(change);
    }
    changes.sort_by_key(|change| Reverse(change.verdict));
    let verdict = changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::Safe);
    let owners = rolled_up(by_owner(worst.iter().map(|(point, verdict)| (point, *verdict)), &owners));
    let (graph_version, totals) = (graph.seq(), totals.into());
    let (complete, truncated_because) = (rests_on.is_complete(), rests_on.sentence());
    let incomplete_reason = rests_on.reason().map(|reason| reason.word().to_owned());
    Ok(Answer { verdict, graph_version, complete, truncated_because, incomplete_reason, totals, owners, changes, unchanged, unknown })
}

/// Of what several changes reach, the worst: of datasets and jobs what becomes of each, of everything how many.
fn worst_of(judged: &[Judged]) -> (BTreeMap<Point, Verdict>, [Counts; 3]) {
    let impacts: Vec<&Impact> = judged.iter().filter_map(|judged| judged.impact.as_ref()).collect();
    let mut worst: BTreeMap<Point, Verdict> = BTreeMap::new();
    let mut put = |item: &Item| {
        let known = worst.entry(item.point.clone()).or_insert(item.verdict);
        *known = item.verdict.max(*known);
    };
    impacts.iter().flat_map(|impact| impact.items.nodes()).for_each(&mut put);
    let totals = match impacts[..] {
        [impact] => impact.counts(),
        _ => {
            // Columns are many; only what several changes reach must be told apart.
            let mut columns: HashMap<(u32, u32), Verdict> = HashMap::new();
            for impact in &impacts {
                impact.items.each_column(|dataset, name, verdict| {
                    columns.entry((dataset, name)).and_modify(|known| *known = verdict.max(*known)).or_insert(verdict);
                });
            }
            let mut totals = [Counts::default(); 3];
            worst.iter().for_each(|(point, verdict)| totals[point.sort()].add(*verdict));
            columns.values().for_each(|verdict| totals[2].add(*verdict));
            totals
        }
    };
    (worst, totals)
}

/// What is affected, the worst first.
fn affected(impact: &Impact) -> impl Iterator<Item = Item> + '_ {
    // What is safe comes last.
    impact.items.each().take_while(|item| item.verdict > Verdict::Safe)
}

/// Everything that the answer names.
fn listed(judged: &[Judged], limit: usize) -> BTreeSet<Point> {
    let mut points = BTreeSet::new();
    for impact in judged.iter().filter_map(|judged| judged.impact.as_ref()) {
        for item in affected(impact).take(limit) {
            points.insert(item.point.clone());
            points.extend(impact.proof(&item).into_iter().flat_map(|step| {
                let job = step.link.edge.job(step.link.owner).map(Point::Job);
                [Some(step.from), Some(step.to), job].into_iter().flatten()
            }));
        }
    }
    points
}

impl Affected {
    /// Datasets, jobs, columns; then by name.
    fn place(&self) -> (Option<usize>, &str, &str, Option<&str>) {
        (["dataset", "job", "column"].iter().position(|kind| *kind == self.kind), &self.namespace, &self.name, self.column.as_deref())
    }
}

/// The most that breaks first.
fn rolled_up(concerned: Concerned) -> Vec<Owner> {
    let mut owners: Vec<Owner> = concerned.into_iter().map(|(name, [datasets, jobs])| Owner { name, datasets, jobs }).collect();
    owners.sort_by_key(|owner| Reverse((owner.datasets.breaks + owner.jobs.breaks, owner.datasets.risky + owner.jobs.risky)));
    owners
}
