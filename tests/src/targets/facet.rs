//! Facets of any shape under any reader: nothing is so odd that it takes more than itself.

use schema::json::Json;
use schema::openlineage::facets;

pub(super) fn run(bytes: &[u8]) {
    let Ok(json) = Json::parse(bytes) else { return };
    // The keys of a folder of facets, or the facet itself.
    let members = json.as_object().unwrap_or_default().iter().map(|(_, facet)| facet);
    for facet in members.chain(std::iter::once(&json)) {
        dataset(facet);
        job(facet);
        run_facet(facet);
    }
}

fn dataset(facet: &Json<'_>) {
    let schema = facets::schema(facet);
    let mut paths: Vec<_> = schema.fields.iter().map(|field| &field.path).collect();
    let all = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), all, "a column is there twice");
    let _ = (facets::data_source(facet), facets::symlinks(facet), facets::lifecycle(facet), facets::version(facet));
    let _ = (facets::column_lineage(facet), facets::dataset_lineage(facet), facets::subset(facet));
    let _ = (facets::storage(facet), facets::dataset_kind(facet), facets::hierarchy(facet), facets::catalog(facet));
    let _ = (facets::statistics(facet), facets::assertions(facet), facets::metrics(facet));
    let _ = (facets::owners(facet), facets::tags(facet), facets::documentation(facet), facets::documentation_type(facet));
    let _ = facets::properties(facet, "");
}

fn job(facet: &Json<'_>) {
    let _ = (facets::job_lineage(facet), facets::job_type(facet), facets::sql(facet));
    let _ = (facets::source_code(facet), facets::source_code_location(facet));
}

fn run_facet(facet: &Json<'_>) {
    let _ = (facets::parent(facet), facets::nominal_time(facet), facets::error_message(facet), facets::processing_engine(facet));
    let _ = (facets::external_query(facet), facets::extraction_errors(facet), facets::environment(facet));
    let _ = (facets::parameters(facet), facets::tests(facet), facets::dependencies(facet));
}
