//! What a query asks for is counted before anything is done with it: validating visits every spread of a fragment, so a
//! query of a kilobyte could ask for years of work. Counts hold with fragments spread, and take no longer than reading the
//! text once. What answers cost in bytes is for `charge`.

mod count;
mod text;

use crate::config::Limits;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Pos, Request, ServerError, Variables};
use count::Counter;

/// JSON values of a request, its variables above all; each costs some 80 bytes.
pub const VALUES: usize = 100_000;
/// What introspection may answer with, reckoned with the usual lengths of its lists. GraphiQL's question is 250,000.
const INTROSPECTED: u64 = 600_000;
/// Lists of fields within fields: three of them are a picture of the whole schema for each field of it.
const LISTS: u32 = 2;
/// Errors of one answer, and bytes of one of them.
const ERRORS: usize = 20;
const ERROR: usize = 1000;

/// Reads the query of a request, once, and refuses it when it asks for more than it may.
pub fn read(request: &mut Request, limits: &Limits) -> Result<OperationType, ServerError> {
    text::check(&request.query, limits.query_tokens).map_err(too_complex)?;
    let document = async_graphql::parser::parse_query(&request.query).map_err(|error| syntax(&error.into()))?;
    count(&document, &request.variables, limits).map_err(too_complex)?;
    let kind = kind(&document, request.operation_name.as_deref());
    request.set_parsed_query(document);
    Ok(kind)
}

/// The first errors of an answer, each cut: a query of a megabyte may be wrong in a hundred thousand places.
pub fn few(errors: &mut Vec<ServerError>) {
    let all = errors.len();
    errors.truncate(ERRORS);
    let mut left = 4 * ERROR;
    errors.iter_mut().for_each(|error| {
        shorten(&mut error.message, ERROR.min(left));
        left -= error.message.len().min(left);
    });
    if all > ERRORS {
        // Its code and the request's id are those of the last one that is said.
        let extensions = errors.last().and_then(|error| error.extensions.clone());
        let mut more = ServerError::new(format!("and {} more errors", all - ERRORS), None);
        more.extensions = extensions;
        errors.push(more);
    }
}

fn shorten(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
}

/// The parser quotes the line that is wrong, however long.
fn syntax(error: &ServerError) -> ServerError {
    let place = error.locations.first().copied().unwrap_or(Pos { line: 1, column: 1 });
    if error.message.len() <= ERROR {
        return error.clone();
    }
    let why = error.message.rsplit_once("= ").map_or("the query cannot be read", |(_, why)| why);
    let mut message = format!("line {}, column {}: {}", place.line, place.column, why.trim());
    shorten(&mut message, ERROR);
    ServerError::new(message, Some(place))
}

fn too_complex(why: String) -> ServerError {
    super::error::ApiError::TooComplex(why).into_server_error()
}

fn count(document: &ExecutableDocument, variables: &Variables, limits: &Limits) -> Result<(), String> {
    let mut counter = Counter::new(document, variables);
    // Also what is not spread is validated. By name, so that of several faults the same one is said each time.
    let mut fragments: Vec<_> = document.fragments.keys().collect();
    fragments.sort_unstable();
    for name in fragments {
        counter.fragment(name)?;
    }
    let mut all = count::Count::default();
    let mut operations: Vec<_> = document.operations.iter().collect();
    operations.sort_unstable_by_key(|(name, _)| *name);
    for (_, operation) in operations {
        let found = counter.operation(&operation.node)?;
        let (roots, most) = (found.here, limits.query_roots);
        if roots > most as u64 {
            return Err(format!(
                "the query asks for {roots} fields of its root, and {most} may be asked for at once; send several requests"
            ));
        }
        all = all.and(found);
    }
    let most = limits.query_fields;
    if all.fields > most as u64 {
        let words = "lineage and its like count for 100, facets and bodies for 10";
        return Err(format!("the query asks for {} fields, fragments spread, and {most} may be asked for at once ({words})", all.fields));
    }
    if all.values > VALUES as u64 {
        return Err(format!("the query's arguments have {} values, variables put in, and {VALUES} may be given at once", all.values));
    }
    if all.introspected > INTROSPECTED || all.lists > LISTS {
        return Err("the query asks for too much of the schema at once; headwater schema prints the whole".into());
    }
    Ok(())
}

/// What kind of operation is asked for. Of several without a name none is, which is answered later.
fn kind(document: &ExecutableDocument, name: Option<&str>) -> OperationType {
    match &document.operations {
        DocumentOperations::Single(operation) => operation.node.ty,
        DocumentOperations::Multiple(operations) => {
            let named = operations.iter().find(|(known, _)| Some(known.as_str()) == name);
            named.or_else(|| operations.iter().next()).map_or(OperationType::Query, |(_, operation)| operation.node.ty)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<OperationType, String> {
        super::read(&mut Request::new(query), &Limits::default()).map_err(|error| error.message)
    }

    fn doubling(n: usize, at: &str) -> String {
        let fragments = (0..n).map(|i| format!(" fragment F{i} on Query {{ ...F{} ...F{} }}", i + 1, i + 1));
        format!("{at}{} fragment F{n} on Query {{ __typename }}", fragments.collect::<String>())
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        assert!(read(&doubling(7, "{ ...F0 }")).is_err_and(|why| why.contains("root")));
        assert!(read(&doubling(25, "{ status { ...F0 } }")).is_err_and(|why| why.contains("fields, fragments spread")));
        assert!(read(&doubling(25, "{ ...F25 }")).is_ok_and(|kind| kind == OperationType::Query), "what is not spread costs nothing");
        assert!(read("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }").is_err_and(|why| why.contains("itself")));
        let chain: String = (0..500).map(|i| format!(" fragment F{i} on Query {{ ...F{} }}", i + 1)).collect();
        assert!(read(&format!("{{ a }} {chain} fragment F500 on Query {{ a }}")).is_err_and(|why| why.contains("deep")));
    }

    #[test]
    fn many_fields_are_too_many() {
        let aliases = |n: usize, field: &str| (0..n).map(|i| format!("a{i}: {field} ")).collect::<String>();
        assert!(read(&format!("{{ {} }}", aliases(101, "status { logSeq }"))).is_err());
        assert!(read(&format!("{{ {} }}", aliases(100, "status { logSeq }"))).is_ok());
        assert!(read(&format!("{{ {} }}", aliases(60, "lineage { totalCount }"))).is_err());
        assert!(read(&format!("{{ status {{ {} }} }}", aliases(5000, "logSeq"))).is_err());
        assert!(read(&format!("{{ a {} }}", "@skip(if: false) ".repeat(5000))).is_err());
        assert!(read(&format!("{{ {} }}", "... { ".repeat(50) + "a" + &" }".repeat(50))).is_err(), "nested too deep for anything useful");
        assert!(read(&"{ a }".repeat(20_000)).is_err());
    }

    #[test]
    fn variables_count_wherever_they_are_used() {
        let query = format!("query($v: [ID!]) {{ {} }}", (0..50).map(|i| format!("a{i}: f(a: $v) ")).collect::<String>());
        let with = |n: usize| {
            let variables = Variables::from_json(serde_json::json!({ "v": vec![0; n] }));
            super::read(&mut Request::new(query.as_str()).variables(variables), &Limits::default())
        };
        assert!(with(1000).is_ok() && with(10_000).is_err());
    }

    #[test]
    fn introspection_is_counted() {
        assert!(read(include_str!("bounds/introspection.graphql")).is_ok());
        assert!(read("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }").is_err());
        let aliases: String = (0..40).map(|i| format!("a{i}: types {{ fields {{ name type {{ name }} args {{ name }} }} }} ")).collect();
        assert!(read(&format!("{{ __schema {{ {aliases} }} }}")).is_err());
    }

    #[test]
    fn errors_are_short() {
        let long = format!("{{ a(b: \"{}\" }} !", "x".repeat(1 << 20));
        let why = read(&long).unwrap_err();
        assert!(why.len() < 2000 && why.contains("line 1"), "{why}");
        assert!(read(&format!("{{ {} }}", "x".repeat(300))).is_err_and(|why| why.len() < 200));
        assert!(read("{ a ").is_err_and(|why| why.contains("-->")), "a short query is quoted");
        let mut errors = vec![ServerError::new("ü".repeat(4000), None); 50_000];
        few(&mut errors);
        assert!(errors.len() == 21 && errors.iter().map(|error| error.message.len()).sum::<usize>() < 4500, "{errors:?}");
    }
}
