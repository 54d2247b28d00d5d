//! One rule of a rules file: patterns that must match the whole namespace and the whole name, and
//! templates for what to call the dataset instead.

use super::presets::Spelling;
use crate::encoding::Encoding;
use regex::{Captures, Regex, RegexBuilder};

/// Bytes that a compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;

/// A rule that is ready to be applied.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub name: String,
    namespace: Regex,
    dataset: Option<Regex>,
    to_namespace: Option<Template>,
    to_name: Option<Template>,
}

/// A part of a rule that is wrong, with the sentence that says why.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Namespace(String),
    Dataset(String),
    To(String),
}

/// The texts of a rule.
pub(super) struct Texts<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
    pub dataset: Option<&'a str>,
    pub to_namespace: Option<&'a str>,
    pub to_name: Option<&'a str>,
}

#[derive(Clone, Debug)]
struct Template(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// A group of the namespace's pattern.
    Namespace(usize),
    /// A group of the name's pattern.
    Dataset(usize),
}

impl Rule {
    pub fn new(texts: &Texts<'_>) -> Result<Self, Fault> {
        let namespace = whole(texts.namespace).map_err(Fault::Namespace)?;
        let dataset = texts.dataset.map(whole).transpose().map_err(Fault::Dataset)?;
        if let Some(twice) = names(&namespace).find(|&name| dataset.iter().flat_map(names).any(|other| other == name)) {
            return Err(Fault::Dataset(format!("the group `{twice}` is in both patterns; give one of them another name")));
        }
        if texts.to_namespace.is_none() && texts.to_name.is_none() {
            return Err(Fault::To("`to` needs a namespace, a name, or both".into()));
        }
        let template =
            |text: Option<&str>| text.map(|text| Template::new(text, &namespace, dataset.as_ref())).transpose().map_err(Fault::To);
        let (to_namespace, to_name) = (template(texts.to_namespace)?, template(texts.to_name)?);
        Ok(Self { name: texts.name.into(), namespace, dataset, to_namespace, to_name })
    }

    /// Adds everything that decides what the rule does.
    pub fn encode(&self, to: &mut Encoding) {
        let Self { name, namespace, dataset, to_namespace, to_name } = self;
        to.text(name).text(namespace.as_str()).optional(dataset.as_ref().map(Regex::as_str));
        for template in [to_namespace, to_name] {
            to.flag(template.is_some());
            template.iter().for_each(|template| template.encode(to));
        }
    }

    /// What the rule makes of a spelling; `None` when it does not match, or would leave no name.
    pub fn apply(&self, at: &Spelling) -> Option<Spelling> {
        let namespace = self.namespace.captures(&at.namespace)?;
        let name = match &self.dataset {
            Some(pattern) => Some(pattern.captures(&at.name)?),
            None => None,
        };
        let fill = |template: &Option<Template>, before: &str| {
            template.as_ref().map_or_else(|| before.to_owned(), |template| template.fill(&namespace, name.as_ref()))
        };
        let next = Spelling { namespace: fill(&self.to_namespace, &at.namespace), name: fill(&self.to_name, &at.name) };
        (!next.namespace.is_empty() && !next.name.is_empty()).then_some(next)
    }
}

/// A pattern for the whole text: a name is opaque, a match somewhere inside it means nothing.
fn whole(pattern: &str) -> Result<Regex, String> {
    // Alone first: what is wrong is said in terms of what was written.
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build();
    let wrong = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(limit) => format!("the pattern is too large (over {limit} bytes compiled)"),
        error => format!("the pattern is wrong: {error}"),
    };
    build(pattern).map_err(wrong)?;
    build(&format!(r"\A(?:{pattern})\z")).map_err(wrong)
}

fn names(pattern: &Regex) -> impl Iterator<Item = &str> {
    pattern.capture_names().flatten()
}

impl Template {
    /// `$1` and `${1}` are groups by number, those of the namespace first; `${name}` by name; `$$` is a dollar.
    fn new(text: &str, namespace: &Regex, dataset: Option<&Regex>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            parts.push(Part::Text(before.into()));
            let (group, after) = reference(after).ok_or_else(|| {
                format!("in `{text}` a `$` stands alone: write $1, ${{1}} or ${{name}} for a group, $$ for a dollar sign")
            })?;
            parts.push(match group {
                "$" => Part::Text("$".into()),
                group => part(group, namespace, dataset).ok_or_else(|| {
                    let groups = namespace.captures_len() - 1 + dataset.map_or(0, |pattern| pattern.captures_len() - 1);
                    format!("`{text}` uses the group `{group}`, which is not in the patterns; they have {groups}")
                })?,
            });
            rest = after;
        }
        parts.push(Part::Text(rest.into()));
        Ok(Self(parts))
    }

    fn encode(&self, to: &mut Encoding) {
        to.number(self.0.len() as u64);
        for part in &self.0 {
            match part {
                Part::Text(text) => to.number(0).text(text),
                Part::Namespace(group) => to.number(1).number(*group as u64),
                Part::Dataset(group) => to.number(2).number(*group as u64),
            };
        }
    }

    fn fill(&self, namespace: &Captures<'_>, dataset: Option<&Captures<'_>>) -> String {
        let mut text = String::new();
        for part in &self.0 {
            text.push_str(match part {
                Part::Text(text) => text,
                // A group that took no part in the match is empty.
                Part::Namespace(i) => namespace.get(*i).map_or("", |group| group.as_str()),
                Part::Dataset(i) => dataset.and_then(|name| name.get(*i)).map_or("", |group| group.as_str()),
            });
        }
        text
    }
}

/// What follows a `$`, and the text after it.
fn reference(after: &str) -> Option<(&str, &str)> {
    if let Some(rest) = after.strip_prefix('$') {
        return Some(("$", rest));
    }
    if let Some(braced) = after.strip_prefix('{') {
        return braced.split_once('}');
    }
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    (end > 0).then(|| after.split_at(end))
}

fn part(group: &str, namespace: &Regex, dataset: Option<&Regex>) -> Option<Part> {
    let own = namespace.captures_len() - 1;
    if let Ok(number) = group.parse::<usize>() {
        let other = dataset.map_or(0, |pattern| pattern.captures_len() - 1);
        return match number {
            0 => None,
            number if number <= own => Some(Part::Namespace(number)),
            number if number <= own + other => Some(Part::Dataset(number - own)),
            _ => None,
        };
    }
    let place = |pattern: &Regex| pattern.capture_names().position(|name| name == Some(group));
    place(namespace).map(Part::Namespace).or_else(|| dataset.and_then(place).map(Part::Dataset))
}
