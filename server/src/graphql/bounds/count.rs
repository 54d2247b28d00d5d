//! Counts what the selections of a document ask for, with fragments spread. Each fragment is counted once, whoever spreads
//! it, and sums do not overflow: two to the power of a thousand fields are only very many.

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::{ConstValue, Value};
use std::collections::HashMap;

/// Selections within selections, fragments spread; the deepest useful query has half of that.
const DEPTH: u32 = 32;
/// Answers of these are found by walking the graph, or compare everything.
const WALKS: [&str; 16] = [
    "lineage",
    "impact",
    "paths",
    "provenance",
    "lineageDiff",
    "lineageScene",
    "lineageChanged",
    "staleness",
    "staleDatasets",
    "rootCauses",
    "backfillPlan",
    "deadDatasets",
    "deadColumns",
    "singlePointsOfFailure",
    "namespaceMatrix",
    "stitching",
];
/// These are as long as whoever sent them liked.
const BODIES: [&str; 5] = ["facets", "body", "facetHistory", "value", "events"];

/// What is asked for.
#[derive(Clone, Copy, Default)]
pub struct Count {
    /// Fields, fragments and directives; some count for many.
    pub fields: u64,
    /// Fields of the same level.
    pub here: u64,
    /// Levels.
    pub depth: u32,
    /// Values of arguments, variables put in.
    pub values: u64,
    /// As much of the schema would be answered with, were this all of introspection.
    pub introspecting: u64,
    /// The same, of what is introspection.
    pub introspected: u64,
    /// Lists of the schema within lists of it, were this introspection;
    pub listing: u32,
    /// the same, of what is.
    pub lists: u32,
}

impl Count {
    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            here: self.here.saturating_add(other.here),
            depth: self.depth.max(other.depth),
            values: self.values.saturating_add(other.values),
            introspecting: self.introspecting.saturating_add(other.introspecting),
            introspected: self.introspected.saturating_add(other.introspected),
            listing: self.listing.max(other.listing),
            lists: self.lists.max(other.lists),
        }
    }

    fn fields(fields: u64) -> Self {
        Self { fields, ..Self::default() }
    }
}

/// Counts in one document.
pub struct Counter<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    /// None while it is being counted.
    fragments: HashMap<&'a str, Option<Count>>,
    /// Values of variables, by name.
    sizes: HashMap<Name, u64>,
}

impl<'a> Counter<'a> {
    /// Of a document that is asked with variables.
    pub fn new(document: &'a ExecutableDocument, variables: &'a Variables) -> Self {
        Self { document, variables, fragments: HashMap::new(), sizes: HashMap::new() }
    }

    /// An operation with everything that it spreads.
    pub fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Count, String> {
        let directives = Count::fields(operation.directives.len() as u64);
        Ok(self.set(&operation.selection_set.node, 0)?.and(directives))
    }

    /// A fragment, by name.
    pub fn fragment(&mut self, name: &'a str) -> Result<Count, String> {
        self.spread(name, 0)
    }

    fn spread(&mut self, name: &'a str, depth: u32) -> Result<Count, String> {
        if let Some(known) = self.fragments.get(name) {
            return known.ok_or_else(|| format!("the fragment {name} spreads itself"));
        }
        // What is not there is said later.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Count::default()) };
        self.fragments.insert(name, None);
        let directives = Count::fields(fragment.node.directives.len() as u64);
        let found = self.set(&fragment.node.selection_set.node, depth)?.and(directives);
        self.fragments.insert(name, Some(found));
        Ok(found)
    }

    /// `depth` is that of the walk, which begins at any fragment; `Count::depth` that of what it finds, wherever it began.
    fn set(&mut self, set: &'a SelectionSet, depth: u32) -> Result<Count, String> {
        let mut all = Count::default();
        if depth <= DEPTH {
            for selection in &set.items {
                all = all.and(self.selection(selection, depth + 1)?);
            }
        }
        if depth > DEPTH || all.depth > DEPTH {
            return Err(format!("the query is nested more than {DEPTH} levels deep, fragments spread"));
        }
        Ok(Count { depth: all.depth + u32::from(!set.items.is_empty()), ..all })
    }

    fn selection(&mut self, selection: &'a Positioned<Selection>, depth: u32) -> Result<Count, String> {
        let directives = selection.node.directives();
        let mut found = Count::fields(directives.len() as u64);
        for directive in directives {
            found.values = found.values.saturating_add(self.arguments(&directive.node.arguments));
        }
        Ok(found.and(match &selection.node {
            Selection::Field(field) => self.field(&field.node, depth)?,
            Selection::FragmentSpread(spread) => Count::fields(1).and(self.spread(spread.node.fragment_name.node.as_str(), depth)?),
            Selection::InlineFragment(inline) => Count::fields(1).and(self.set(&inline.node.selection_set.node, depth)?),
        }))
    }

    fn field(&mut self, field: &'a Field, depth: u32) -> Result<Count, String> {
        let within = self.set(&field.selection_set.node, depth)?;
        let name = field.name.node.as_str();
        let introspecting = within.introspecting.saturating_add(1).saturating_mul(usual_length(name));
        let is_root = matches!(name, "__schema" | "__type");
        let listing = within.listing + u32::from(matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes"));
        Ok(Count {
            depth: within.depth,
            fields: within.fields.saturating_add(weight(name)),
            here: 1,
            values: within.values.saturating_add(self.arguments(&field.arguments)),
            introspecting,
            introspected: within.introspected.saturating_add(if is_root { introspecting } else { 0 }),
            listing,
            lists: if is_root { within.lists.max(listing) } else { within.lists },
        })
    }

    fn arguments(&mut self, arguments: &'a [(Positioned<Name>, Positioned<Value>)]) -> u64 {
        arguments.iter().fold(0, |sum, (_, value)| sum.saturating_add(self.value(&value.node)))
    }

    /// Brackets of the text are not nested deep enough to make this go deep.
    fn value(&mut self, value: &Value) -> u64 {
        let sum = |sum: u64, more: u64| sum.saturating_add(more);
        match value {
            Value::List(items) => items.iter().map(|item| self.value(item)).fold(1, sum),
            Value::Object(members) => members.values().map(|member| self.value(member)).fold(1, sum),
            Value::Variable(name) => self.variable(name),
            _ => 1,
        }
    }

    fn variable(&mut self, name: &Name) -> u64 {
        if let Some(&known) = self.sizes.get(name) {
            return known;
        }
        let size = self.variables.get(name).map_or(1, constant);
        self.sizes.insert(name.clone(), size);
        size
    }
}

/// Values in a variable: JSON of at most 128 levels.
fn constant(value: &ConstValue) -> u64 {
    match value {
        ConstValue::List(items) => items.iter().map(constant).fold(1, u64::saturating_add),
        ConstValue::Object(members) => members.values().map(constant).fold(1, u64::saturating_add),
        _ => 1,
    }
}

fn weight(name: &str) -> u64 {
    match name {
        name if WALKS.contains(&name) => 100,
        name if BODIES.contains(&name) => 10,
        _ => 1,
    }
}

/// How many there are of a list of introspection, in this schema.
fn usual_length(name: &str) -> u64 {
    match name {
        "types" => 300,
        "fields" => 8,
        "inputFields" => 3,
        "args" | "enumValues" => 2,
        "directives" => 5,
        _ => 1,
    }
}
