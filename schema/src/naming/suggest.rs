//! Rules to paste: the text of a rules file that joins names which a person says are one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Names that one suggestion spells out; more would be no text to read.
const SPELLED: usize = 100;

/// Rules that give `to` to each of these names and to nothing else. `to` has to be a name at which the
/// rules in force come to rest, or they would undo each other.
pub fn join_names<'a>(to: (&str, &str), names: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut by_namespace: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (namespace, name) in names.into_iter().filter(|&name| name != to) {
        by_namespace.entry(namespace).or_default().insert(name);
    }
    let (mut text, mut left) = (String::new(), SPELLED);
    let mut more = 0;
    for (namespace, names) in by_namespace {
        let spelled: Vec<String> = names.iter().take(left).map(|name| pattern(name)).collect();
        more += names.len() - spelled.len();
        left -= spelled.len();
        if spelled.is_empty() {
            continue;
        }
        let title = format!("{} of {namespace} is {} of {}", names.iter().take(3).copied().collect::<Vec<_>>().join(", "), to.1, to.0);
        let _ = writeln!(text, "[[rule]]\nname = {}", quoted(&title));
        let _ = writeln!(text, "namespace = {}", quoted(&pattern(namespace)));
        let _ = writeln!(text, "dataset = {}", quoted(&spelled.join("|")));
        let _ = writeln!(text, "to = {{ namespace = {}, name = {} }}", quoted(&literal(to.0)), quoted(&literal(to.1)));
    }
    if more > 0 {
        let _ = writeln!(text, "# {more} more names are not spelled out here: a pattern would say it shorter.");
    }
    text
}

/// A rule that gives the namespace `to` to everything in these namespaces.
pub fn join_namespaces<'a>(to: &str, namespaces: impl IntoIterator<Item = &'a str>) -> String {
    let others: BTreeSet<&str> = namespaces.into_iter().filter(|&namespace| namespace != to).collect();
    let spelled: Vec<String> = others.iter().take(SPELLED).map(|namespace| pattern(namespace)).collect();
    let title = format!("{} is {to}", others.iter().take(3).copied().collect::<Vec<_>>().join(", "));
    let mut text = format!("[[rule]]\nname = {}\n", quoted(&title));
    let _ = writeln!(text, "namespace = {}", quoted(&spelled.join("|")));
    let _ = writeln!(text, "to = {{ namespace = {} }}", quoted(&literal(to)));
    if others.len() > spelled.len() {
        let _ = writeln!(text, "# {} more namespaces are not spelled out here.", others.len() - spelled.len());
    }
    text
}

/// Text as a pattern that matches itself. Hyphens and their like need no backslash outside of a class,
/// and names are full of them.
fn pattern(text: &str) -> String {
    regex::escape(text).replace(r"\-", "-").replace(r"\#", "#").replace(r"\&", "&").replace(r"\~", "~")
}

/// Text as a template that means itself.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// Text as a TOML string, plain where that is possible: patterns are full of backslashes.
fn quoted(text: &str) -> String {
    if !text.contains(|c: char| c == '\'' || c.is_control()) {
        return format!("'{text}'");
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
