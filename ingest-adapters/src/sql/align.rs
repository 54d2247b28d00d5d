//! From the columns of a query to the columns of the table that it fills: by name, or by position.

use super::Reason;
use super::names::{key, same};
use super::relation::{Column, Relation};
use super::value::Value;
use std::collections::HashMap;

/// Columns of the target with their values, and why some are missing.
pub(super) struct Aligned {
    pub(super) columns: Vec<(String, Value)>,
    pub(super) gap: Option<Reason>,
}

/// By name: the target gets the columns that the query has (CREATE TABLE AS, a view, a model).
pub(super) fn by_name(relation: &Relation, schema: Option<&[&str]>) -> Aligned {
    let mut times: HashMap<String, usize> = HashMap::new();
    for name in relation.columns.iter().filter_map(|c| c.name.as_ref()) {
        *times.entry(key(name)).or_default() += 1;
    }
    let mut gap = relation.uncounted();
    let placed = places(relation, schema).unwrap_or_default();
    let mut columns = Vec::new();
    for (at, column) in relation.columns.iter().enumerate() {
        match &column.name {
            Some(name) if times[&key(name)] > 1 => columns.push((name.clone(), Value::unproven(Reason::AmbiguousColumn))),
            Some(name) => columns.push((name.clone(), column.value.clone())),
            None => match placed.get(at) {
                Some(name) => columns.push((name.clone(), column.value.clone())),
                None => gap = gap.or(Some(Reason::Unsupported("a column without a name"))),
            },
        }
    }
    Aligned { columns, gap }
}

/// Names of columns that have none, from a schema that agrees with all that have one.
fn places(relation: &Relation, schema: Option<&[&str]>) -> Option<Vec<String>> {
    let schema = schema.filter(|schema| schema.len() == relation.columns.len() && relation.uncounted().is_none())?;
    let agree = relation.columns.iter().zip(schema).all(|(c, name)| c.name.as_ref().is_none_or(|own| same(own, name)));
    agree.then(|| schema.iter().map(|name| (*name).to_owned()).collect())
}

/// By position into columns that the statement or its own DDL lists.
pub(super) fn by_position(relation: &Relation, names: &[String]) -> Aligned {
    match relation.uncounted() {
        Some(reason) => Aligned { columns: Vec::new(), gap: Some(reason) },
        None if names.len() != relation.columns.len() => Aligned { columns: Vec::new(), gap: Some(Reason::AmbiguousColumn) },
        None => {
            let place = |(name, column): (&String, &Column)| (name.clone(), column.placed(name).value);
            Aligned { columns: names.iter().zip(&relation.columns).map(place).collect(), gap: None }
        }
    }
}

/// By position into a table of the event: its schema may list columns in another order, which a column
/// that bears the name of another place gives away.
pub(super) fn by_schema(relation: &Relation, schema: Option<&[&str]>) -> Aligned {
    let Some(schema) = schema else { return Aligned { columns: Vec::new(), gap: Some(Reason::NoTargetSchema) } };
    if relation.uncounted().is_none() && schema.len() != relation.columns.len() {
        return Aligned { columns: Vec::new(), gap: Some(Reason::NoTargetSchema) };
    }
    let names: Vec<String> = schema.iter().map(|name| (*name).to_owned()).collect();
    let keys: HashMap<String, usize> = names.iter().enumerate().map(|(at, name)| (key(name), at)).collect();
    let mut aligned = by_position(relation, &names);
    for (at, (column, place)) in relation.columns.iter().zip(&mut aligned.columns).enumerate() {
        let elsewhere = column.name.as_ref().and_then(|own| keys.get(&key(own))).is_some_and(|&other| other != at);
        if elsewhere {
            place.1 = Value::unproven(Reason::NoTargetSchema);
        }
    }
    aligned
}
