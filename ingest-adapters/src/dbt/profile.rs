//! `profiles.yml` and `dbt_project.yml`: how the warehouse is reached, as far as names follow from it.
//! Passwords stand in the same file: nothing of it is kept but what is asked for, and nothing is printed.

use super::Environment;
use std::collections::BTreeMap;
use yaml_rust2::{Yaml, YamlLoader};

/// The settings of one target of one profile.
pub(super) struct Profile {
    /// The profile's name.
    pub name: String,
    settings: BTreeMap<String, Setting>,
}

/// A scalar of a target.
enum Setting {
    Text(String),
    /// A template that needs more than an environment variable that is set.
    Template,
}

impl Profile {
    /// A setting; the error is a phrase that says what is missing.
    pub fn get(&self, key: &str) -> Result<&str, String> {
        match self.settings.get(key) {
            Some(Setting::Text(text)) => Ok(text),
            Some(Setting::Template) => Err(format!("`{key}` of profile {} is a template whose variables are not set here", self.name)),
            None => Err(format!("profile {} has no `{key}`", self.name)),
        }
    }

    /// Reads the target `target` of profile `wanted`; without a name the only profile there is. The error is
    /// a phrase that says why not.
    pub fn read(bytes: &[u8], wanted: Option<&str>, target: Option<&str>, environment: Environment<'_>) -> Result<Self, String> {
        let file = document(bytes).ok_or("profiles.yml is not YAML with profiles in it")?;
        let names: Vec<&str> =
            file.as_hash().into_iter().flatten().filter_map(|(key, _)| key.as_str()).filter(|key| *key != "config").collect();
        let name = match (wanted, &names[..]) {
            (Some(wanted), _) if names.contains(&wanted) => wanted,
            (Some(wanted), _) => return Err(format!("profiles.yml has no profile {wanted}")),
            (None, [only]) => only,
            (None, _) => return Err("profiles.yml has several profiles, and nothing says which one is meant".to_owned()),
        };
        let profile = &file[name];
        let chosen =
            target.map(str::to_owned).or_else(|| render(profile["target"].as_str()?, environment)).unwrap_or_else(|| "default".to_owned());
        let output = profile["outputs"][chosen.as_str()].as_hash().ok_or_else(|| format!("profile {name} has no target {chosen}"))?;
        let setting = |(key, value): (&Yaml, &Yaml)| Some((key.as_str()?.to_owned(), setting(value, environment)?));
        Ok(Self { name: name.to_owned(), settings: output.iter().filter_map(setting).collect() })
    }
}

fn setting(value: &Yaml, environment: Environment<'_>) -> Option<Setting> {
    match value {
        Yaml::String(text) => Some(render(text, environment).map_or(Setting::Template, Setting::Text)),
        other => scalar(other).map(Setting::Text),
    }
}

/// The project's own settings, as far as they name things.
#[derive(Default)]
pub(super) struct Declared {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The profile it runs with.
    pub profile: Option<String>,
}

impl Declared {
    /// Reads `dbt_project.yml`; what is not there or a template stays unknown.
    pub fn read(bytes: &[u8], environment: Environment<'_>) -> Self {
        let Some(file) = document(bytes) else { return Self::default() };
        let get = |key: &str| scalar(&file[key]).and_then(|text| render(&text, environment));
        Self { name: get("name"), version: get("version"), profile: get("profile") }
    }
}

fn document(bytes: &[u8]) -> Option<Yaml> {
    let text = std::str::from_utf8(bytes).ok()?;
    YamlLoader::load_from_str(text).ok()?.into_iter().next().filter(|document| document.as_hash().is_some())
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        Yaml::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Text with `{{ env_var('NAME', 'default') }}` filled in; `None` when a template asks for anything else
/// or for a variable that is not set and has no default.
fn render(text: &str, environment: Environment<'_>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (expression, tail) = after.split_once("}}")?;
        out.push_str(before);
        out.push_str(&evaluate(expression, environment)?);
        rest = tail;
    }
    out.push_str(rest);
    (!rest.contains("{%")).then_some(out)
}

/// `env_var('NAME')` or `env_var('NAME', 'default')`; a filter after it (`| as_number`) changes no name.
fn evaluate(expression: &str, environment: Environment<'_>) -> Option<String> {
    let call = expression.split('|').next()?.trim();
    let arguments = call.strip_prefix("env_var")?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let mut arguments = arguments.splitn(2, ',').map(str::trim);
    let name = quoted(arguments.next()?)?;
    environment(name).or_else(|| arguments.next().and_then(quoted).map(str::to_owned))
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        (name == "HOST").then(|| "db.example.org".to_owned())
    }

    const FILE: &str = "
config: {send_anonymous_usage_stats: false}
shop:
  target: \"{{ env_var('TARGET', 'dev') }}\"
  outputs:
    dev: {type: postgres, host: \"{{ env_var('HOST') }}\", port: \"{{ env_var(\\\"PORT\\\", '5433') | as_number }}\", password: \"{{ env_var('SECRET') }}\"}
    prod: {type: postgres, host: prod, port: 5432}
";

    #[test]
    fn templates_are_filled_in_from_the_environment() {
        let profile = Profile::read(FILE.as_bytes(), None, None, &environment).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((profile.get("host"), profile.get("port")), (Ok("db.example.org"), Ok("5433")));
        assert_eq!(profile.get("password"), Err("`password` of profile shop is a template whose variables are not set here".to_owned()));
        assert_eq!(profile.get("dbname"), Err("profile shop has no `dbname`".to_owned()));
        let prod = Profile::read(FILE.as_bytes(), Some("shop"), Some("prod"), &environment).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((prod.get("host"), prod.get("port")), (Ok("prod"), Ok("5432")));
    }

    #[test]
    fn what_is_missing_is_said() {
        let why = |file: &str, profile, target| Profile::read(file.as_bytes(), profile, target, &environment).err();
        assert_eq!(why(FILE, Some("other"), None).as_deref(), Some("profiles.yml has no profile other"));
        assert_eq!(why(FILE, None, Some("test")).as_deref(), Some("profile shop has no target test"));
        assert_eq!(
            why("a: {}\nb: {}", None, None).as_deref(),
            Some("profiles.yml has several profiles, and nothing says which one is meant")
        );
        assert_eq!(why("- no profile", None, None).as_deref(), Some("profiles.yml is not YAML with profiles in it"));
        assert_eq!(why("a: [", None, None).as_deref(), Some("profiles.yml is not YAML with profiles in it"));
    }
}
