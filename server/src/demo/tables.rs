//! Reads the tables of the estate from text.
//!
//! A line at the margin starts a dataset: `name [team:x user:y tag:value tag] What it is.` Lines below it:
//! `column type flags What it holds.`, or `from alias key`, `join a.x b.y`, `where a.x`, `group a.x`,
//! `copy alias -column`. Flags: `!` after the type marks a key, `{email}` personal data, `+12` added twelve days
//! ago, `-20` dropped twenty days ago, `<16:float` retyped sixteen days ago, `=sum(a.x,b.y)` where it comes from.

use super::model::{Column, Dataset, Estate, How, Origin, Platform, Why};

/// Where the datasets of a text live.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) platform: Platform,
    pub(super) namespace: &'a str,
    /// Put before the name in the catalog.
    pub(super) prefix: &'a str,
    /// Put before the name in the tables.
    pub(super) key: &'a str,
}

/// Adds every dataset of the text; returns their indices.
pub(super) fn read(estate: &mut Estate, home: Home, text: &str) -> Vec<usize> {
    let mut added = Vec::new();
    let mut open: Option<(String, Dataset)> = None;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("  ") {
            match &mut open {
                Some((_, dataset)) => detail(estate, dataset, rest),
                None => estate.mistakes.push(format!("no dataset for {line}")),
            }
            continue;
        }
        if let Some((key, dataset)) = open.take() {
            added.push(estate.add(&key, dataset));
        }
        open = Some(header(home, line));
    }
    if let Some((key, dataset)) = open {
        added.push(estate.add(&key, dataset));
    }
    added
}

fn header(home: Home, line: &str) -> (String, Dataset) {
    let (name, rest) = line.split_once(" [").unwrap_or((line, ""));
    let (labels, about) = rest.split_once("] ").unwrap_or((rest, ""));
    let mut owners = Vec::new();
    let mut tags = Vec::new();
    for label in labels.split(' ') {
        match label.split_once(':') {
            Some(("team" | "user", _)) => owners.push(label.to_owned()),
            Some((tag, value)) => tags.push((tag.to_owned(), value.to_owned())),
            None => tags.push((label.to_owned(), "true".to_owned())),
        }
    }
    let dataset = Dataset {
        namespace: home.namespace.to_owned(),
        name: format!("{}{name}", home.prefix),
        platform: home.platform,
        about: about.to_owned(),
        owners,
        tags,
        columns: Vec::new(),
        sources: Vec::new(),
        deciders: Vec::new(),
        alias: None,
    };
    (format!("{}{name}", home.key), dataset)
}

fn detail(estate: &mut Estate, dataset: &mut Dataset, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["from", alias, key] => {
            if let Some(source) = estate.find(key) {
                dataset.sources.push(((*alias).to_owned(), source));
            }
        }
        ["join", fields @ ..] => decide(estate, dataset, Why::Join, fields),
        ["where", fields @ ..] => decide(estate, dataset, Why::Filter, fields),
        ["group", fields @ ..] => decide(estate, dataset, Why::Group, fields),
        ["copy", alias, without @ ..] => copy(estate, dataset, alias, without),
        [name, kind, rest @ ..] => {
            let column = column(estate, dataset, name, kind, rest);
            dataset.columns.push(column);
        }
        _ => estate.mistakes.push(format!("cannot read {line}")),
    }
}

fn decide(estate: &mut Estate, dataset: &mut Dataset, why: Why, fields: &[&str]) {
    for field in fields {
        if let Some(origin) = origin(estate, dataset, field, How::Same) {
            dataset.deciders.push((why, origin.dataset, origin.column));
        }
    }
}

fn copy(estate: &mut Estate, dataset: &mut Dataset, alias: &str, without: &[&str]) {
    let Some(&(_, source)) = dataset.sources.iter().find(|(other, _)| other == alias) else {
        estate.mistakes.push(format!("{} copies unknown {alias}", dataset.name));
        return;
    };
    for column in &estate.datasets[source].columns {
        if !without.iter().any(|name| name.strip_prefix('-') == Some(&column.name)) {
            dataset.columns.push(same(source, column, format!("{alias}.{}", column.name)));
        }
    }
}

/// A column taken over as it is, with its history.
pub(super) fn same(source: usize, column: &Column, expression: String) -> Column {
    let origin = Origin { dataset: source, column: column.name.clone(), how: How::Same };
    Column { expression: Some(expression), origins: vec![origin], ..column.clone() }
}

fn column(estate: &mut Estate, dataset: &Dataset, name: &str, kind: &str, rest: &[&str]) -> Column {
    let bare = kind.strip_suffix('!').unwrap_or(kind);
    let mut column = Column { name: name.to_owned(), kind: bare.to_owned(), key: bare != kind, ..Column::default() };
    let mut flags = 0;
    for word in rest {
        if !flag(estate, dataset, &mut column, word) {
            break;
        }
        flags += 1;
    }
    column.about = rest[flags..].join(" ");
    column
}

/// Takes one word as a flag, or says that it is none.
fn flag(estate: &mut Estate, dataset: &Dataset, column: &mut Column, word: &str) -> bool {
    let age = |text: &str| text.parse::<i64>().ok();
    if let Some(tag) = word.strip_prefix('{') {
        column.tag = Some(tag.trim_end_matches('}').to_owned());
    } else if let Some(days) = word.strip_prefix('+').and_then(age) {
        column.added = Some(days);
    } else if let Some(days) = word.strip_prefix('-').and_then(age) {
        column.dropped = Some(days);
    } else if let Some((days, before)) = word.strip_prefix('<').and_then(|change| change.split_once(':')) {
        column.retyped = age(days).map(|days| (days, before.to_owned()));
    } else if let Some(expression) = word.strip_prefix('=') {
        column.expression = Some(expression.to_owned());
        column.origins = origins(estate, dataset, expression);
    } else {
        return false;
    }
    true
}

fn origins(estate: &mut Estate, dataset: &Dataset, expression: &str) -> Vec<Origin> {
    let (how, fields) = match expression.split_once('(') {
        None => (How::Same, expression),
        Some((function, fields)) => (how(function), fields.trim_end_matches(')')),
    };
    fields.split(',').filter_map(|field| origin(estate, dataset, field, how)).collect()
}

fn how(function: &str) -> How {
    match function {
        "sum" | "count" | "count_distinct" | "avg" | "min" | "max" | "listagg" => How::Aggregated,
        "hash" => How::Masked,
        _ => How::Computed,
    }
}

/// Resolves `alias.column`.
fn origin(estate: &mut Estate, dataset: &Dataset, field: &str, how: How) -> Option<Origin> {
    let found = field.split_once('.').and_then(|(alias, column)| {
        let (_, source) = dataset.sources.iter().find(|(other, _)| other == alias)?;
        let known = estate.datasets[*source].columns.iter().any(|other| other.name == column);
        known.then(|| Origin { dataset: *source, column: column.to_owned(), how })
    });
    if found.is_none() {
        estate.mistakes.push(format!("{} names unknown {field}", dataset.name));
    }
    found
}
