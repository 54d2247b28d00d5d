//! A rules file (TOML) read and checked as a whole, each fault with its line and rule.

use super::presets::{Fold, Presets, folds};
use super::rule::{Fault, Rule, Texts};
use super::{Rules, RulesError};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use toml::Spanned;

/// Bytes of a rules file.
const FILE_BYTES: usize = 1 << 20;
/// Rules of a file: each is tried for every dataset.
const RULES: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    #[serde(default)]
    presets: PresetsText,
    #[serde(default)]
    rule: Vec<Spanned<RuleText>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PresetsText {
    defaults: Option<bool>,
    scheme_aliases: Option<bool>,
    host_case: Option<bool>,
    kafka_brokers: Option<bool>,
    default_ports: Option<bool>,
    file_forms: Option<bool>,
    trailing_slash: Option<bool>,
    quoting: Option<bool>,
    leading_slash: Option<bool>,
    bucket_in_name: Option<bool>,
    fold_case: Option<Spanned<BTreeMap<String, Fold>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    name: Spanned<String>,
    kind: Option<Spanned<String>>,
    namespace: Spanned<String>,
    dataset: Option<Spanned<String>>,
    to: Spanned<ToText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToText {
    namespace: Option<String>,
    name: Option<String>,
}

/// Where something is wrong.
struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn error(&self, span: Range<usize>, rule: Option<&str>, message: impl Into<String>) -> RulesError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        RulesError { file: self.file.into(), line, rule: rule.map(Into::into), message: message.into() }
    }
}

/// Reads rules; `file` is what errors call the text.
pub(super) fn read(file: &str, text: &str) -> Result<Rules, RulesError> {
    let place = Place { file, text };
    if text.len() > FILE_BYTES {
        return Err(place.error(0..0, None, format!("the file is larger than {FILE_BYTES} bytes")));
    }
    let read: FileText = toml::from_str(text).map_err(|e| place.error(e.span().unwrap_or_default(), None, e.message()))?;
    if let Some(over) = read.rule.get(RULES) {
        return Err(place.error(over.span(), None, format!("there are more than {RULES} rules; let patterns say more at once")));
    }
    let presets = presets(read.presets, &place)?;
    let mut known = HashSet::new();
    let mut rules = Vec::with_capacity(read.rule.len());
    for text in &read.rule {
        let text = text.get_ref();
        let name = text.name.get_ref();
        check_name(name, &mut known).map_err(|message| place.error(text.name.span(), Some(name), message))?;
        rules.push(rule(text, &place)?);
    }
    Ok(Rules { presets, rules })
}

fn check_name<'a>(name: &'a str, known: &mut HashSet<&'a str>) -> Result<(), &'static str> {
    if name.trim().is_empty() {
        return Err("a rule needs a name, by which the preview tells what it did");
    }
    if name.starts_with("preset:") {
        return Err("names that begin with `preset:` are those of the presets");
    }
    if known.insert(name) { Ok(()) } else { Err("another rule has this name already") }
}

fn rule(text: &RuleText, place: &Place<'_>) -> Result<Rule, RulesError> {
    let name = text.name.get_ref();
    if let Some(kind) = text.kind.as_ref().filter(|kind| kind.get_ref() != "dataset") {
        let message = format!("kind `{}` is unknown; rules are for kind `dataset`, which may be left out", kind.get_ref());
        return Err(place.error(kind.span(), Some(name), message));
    }
    let to = text.to.get_ref();
    let texts = Texts {
        name,
        namespace: text.namespace.get_ref(),
        dataset: text.dataset.as_ref().map(|pattern| pattern.get_ref().as_str()),
        to_namespace: to.namespace.as_deref(),
        to_name: to.name.as_deref(),
    };
    Rule::new(&texts).map_err(|fault| {
        let (key, span, message) = match fault {
            Fault::Namespace(message) => ("namespace: ", text.namespace.span(), message),
            Fault::Dataset(message) => ("dataset: ", text.dataset.as_ref().map_or(0..0, Spanned::span), message),
            Fault::To(message) => ("", text.to.span(), message),
        };
        place.error(span, Some(name), format!("{key}{message}"))
    })
}

fn presets(text: PresetsText, place: &Place<'_>) -> Result<Presets, RulesError> {
    let base = if text.defaults == Some(false) { Presets::none() } else { Presets::default() };
    let fold_case = match text.fold_case {
        None => BTreeMap::new(),
        Some(schemes) => {
            if let Some(unknown) = schemes.get_ref().keys().find(|scheme| !folds(scheme)) {
                let message =
                    format!("fold_case: `{unknown}` is no scheme with identifiers; write it as in `{unknown}://`, for instance snowflake");
                return Err(place.error(schemes.span(), None, message));
            }
            schemes.into_inner()
        }
    };
    Ok(Presets {
        scheme_aliases: text.scheme_aliases.unwrap_or(base.scheme_aliases),
        host_case: text.host_case.unwrap_or(base.host_case),
        kafka_brokers: text.kafka_brokers.unwrap_or(base.kafka_brokers),
        default_ports: text.default_ports.unwrap_or(base.default_ports),
        file_forms: text.file_forms.unwrap_or(base.file_forms),
        trailing_slash: text.trailing_slash.unwrap_or(base.trailing_slash),
        quoting: text.quoting.unwrap_or(base.quoting),
        leading_slash: text.leading_slash.unwrap_or(base.leading_slash),
        bucket_in_name: text.bucket_in_name.unwrap_or(base.bucket_in_name),
        fold_case,
        fold_all: false,
    })
}
