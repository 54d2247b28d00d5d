//! Proposed schemas as JSON: a list of datasets (or one) with `namespace`, `name` and an OpenLineage schema
//! facet, either in place (`fields`) or under `facets.schema`, as in events. `renamed: {"old": "new"}` says
//! what is a new name, `dropped: true` that there will be no such dataset, `complete: false` that columns that
//! are not listed stay.

use super::{Column, Edit, Proposal, Proposals, Unreadable};
use schema::json::Json;
use schema::openlineage::facets;

/// Reads a document. What stands in a list named `datasets`, `outputs` or `inputs` is read too, and an event's
/// `dataset`.
pub fn json(bytes: &[u8]) -> Result<Proposals, Unreadable> {
    let json = Json::parse(bytes).map_err(|error| Unreadable(format!("it is not JSON: {error}")))?;
    let mut proposals = Proposals::default();
    let listed = ["datasets", "outputs", "inputs"].into_iter().filter_map(|key| json.get(key).and_then(Json::as_array)).flatten();
    match (&json, json.as_array()) {
        (_, Some(items)) => items.iter().for_each(|item| dataset(item, &mut proposals)),
        (_, None) if json.get("name").is_some() => dataset(&json, &mut proposals),
        _ => listed.chain(json.get("dataset")).for_each(|item| dataset(item, &mut proposals)),
    }
    if proposals.datasets.is_empty() && proposals.notes.is_empty() {
        return Err(Unreadable(
            "it names no dataset: give {\"datasets\": [{\"namespace\": …, \"name\": …, \"fields\": [{\"name\": …, \"type\": …}]}]}".into(),
        ));
    }
    Ok(proposals)
}

fn dataset(item: &Json<'_>, proposals: &mut Proposals) {
    let Some(name) = item.text("name") else {
        proposals.notes.push("a dataset without a name was passed over".into());
        return;
    };
    let is = |key: &str, wanted: bool| item.get(key).is_some_and(|value| *value == Json::Bool(wanted));
    let facet = item.get("facets").and_then(|facets| facets.get("schema")).or_else(|| item.get("schema")).unwrap_or(item);
    let mut proposal = Proposal::of(item.text("namespace"), name);
    proposal.dropped = is("dropped", true);
    if facet.get("fields").is_some() {
        let columns = facets::schema(facet).fields.into_iter().map(|field| Column { path: field.path, data_type: field.data_type });
        proposal = proposal.with_all(columns.collect());
        proposal.complete = !is("complete", false);
    }
    // An empty list says that nothing is known, as in events; it does not drop every column.
    proposal.columns = proposal.columns.filter(|columns| !columns.is_empty());
    if proposal.columns.is_none() && !proposal.dropped && item.get("renamed").is_none() {
        proposals.notes.push(format!("{} has no fields and was passed over", proposal.name));
        return;
    }
    for (from, to) in item.get("renamed").and_then(Json::as_object).unwrap_or_default() {
        proposal.edits.extend(to.as_str().map(|to| Edit::Rename { from: from.to_string(), to: to.to_owned() }));
    }
    proposals.datasets.push(proposal);
}
