//! What a script wrote, as the server takes it: by output, with columns spelled as the event spells
//! them.

use super::names::same;
use super::resolver::Resolver;
use super::script::{Output, Script};
use super::value::Source;
use super::{Gap, Inferred, Reason};
use schema::openlineage::facets::{ColumnSource, Transformation};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Edges of one answer.
const MAX_EDGES: usize = 100_000;

/// The answer, or the first reason why there is none.
pub(super) fn answer(resolver: &Resolver<'_>, script: &Script) -> Result<Vec<Inferred>, Reason> {
    let edges: usize =
        script.outputs.values().map(|o| o.effects.sources.len() + o.columns.values().map(|c| c.sources.len()).sum::<usize>()).sum();
    if resolver.is_spent() || edges > MAX_EDGES {
        return Err(Reason::TooLarge);
    }
    let mut all = Vec::new();
    for (&dataset, output) in &script.outputs {
        if let Some(at) = resolver.datasets.output(dataset) {
            all.push(one(resolver, script, at, output, resolver.datasets.table(dataset).columns.as_deref()));
        }
    }
    let reason = all.iter().flat_map(|inferred| &inferred.gaps).map(|gap| gap.reason).next();
    all.retain(|inferred| !inferred.sources.is_empty() || !inferred.columns.is_empty());
    all.sort_by_key(|inferred| inferred.output);
    if all.is_empty() {
        return Err(reason.or(script.unfollowed.first().copied()).or(script.missed).unwrap_or(Reason::NoOutput));
    }
    Ok(all)
}

fn one(resolver: &Resolver<'_>, script: &Script, at: usize, output: &Output, schema: Option<&[&str]>) -> Inferred {
    let mut gaps: BTreeSet<Gap> = BTreeSet::new();
    let whole = output.gaps.iter().chain(&output.effects.doubts).chain(&script.unfollowed).chain(&script.missed);
    // A table that is no output of the event is none of its business.
    let whole = whole.filter(|reason| **reason != Reason::NoOutput);
    gaps.extend(whole.map(|reason| Gap { column: None, reason: *reason }));
    let mut sources = edges(resolver, None, &output.effects.sources);
    let mut columns = BTreeSet::new();
    let spelled = Spelling::of(schema);
    for (name, written) in &output.columns {
        let name = spelled.of_column(name);
        gaps.extend(written.doubts.iter().map(|reason| Gap { column: Some(name.clone()), reason: *reason }));
        sources.extend(edges(resolver, Some(&name), &written.sources));
        columns.insert(name);
    }
    for gap in &gaps {
        gap.column.as_ref().map(|name| columns.remove(name));
    }
    sources.sort();
    sources.dedup();
    Inferred { output: at, columns: columns.into_iter().collect(), sources, gaps: gaps.into_iter().collect() }
}

/// The spelling of an output's schema.
struct Spelling<'a>(HashMap<String, Vec<&'a str>>);

impl<'a> Spelling<'a> {
    fn of(schema: Option<&[&'a str]>) -> Spelling<'a> {
        let mut names: HashMap<String, Vec<&str>> = HashMap::new();
        schema.unwrap_or_default().iter().for_each(|name| names.entry(super::names::key(name)).or_default().push(name));
        Spelling(names)
    }

    /// Exact, or else the only one that differs by case.
    fn of_column(&self, name: &str) -> String {
        match self.0.get(&super::names::key(name)).map(Vec::as_slice) {
            Some([only]) if same(only, name) => (*only).to_owned(),
            _ => name.to_owned(),
        }
    }
}

fn edges(resolver: &Resolver<'_>, target: Option<&str>, sources: &BTreeSet<Source>) -> Vec<ColumnSource> {
    let mut by_origin: BTreeMap<u32, Vec<Transformation>> = BTreeMap::new();
    for source in sources {
        by_origin.entry(source.origin).or_default().push(Transformation {
            kind: if source.via.is_direct() { "DIRECT" } else { "INDIRECT" }.to_owned(),
            subtype: Some(source.via.subtype().to_owned()),
            description: None,
            masking: source.masking,
        });
    }
    let edge = |(origin, mut transformations): (u32, Vec<Transformation>)| {
        let (dataset, field) = resolver.column_of(origin);
        let table = resolver.datasets.table(dataset);
        transformations.sort();
        ColumnSource {
            target: target.map(str::to_owned),
            namespace: table.namespace.to_owned(),
            name: table.name.to_owned(),
            field,
            transformations,
        }
    };
    by_origin.into_iter().map(edge).collect()
}
