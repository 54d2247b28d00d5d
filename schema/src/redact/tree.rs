//! A JSON tree without its credentials, with the places where they were.

use super::text::{self, Place};
use super::{MASK, MEMBER, Rules, keys};
use crate::json::Json;
use std::borrow::Cow;

/// Places that one event lists, and bytes of them: an event may hold a hundred thousand.
const MOST: usize = 100;
const MOST_BYTES: usize = 16 << 10;

/// Takes them out; true when there were any. The root, when it is an object, then lists where.
pub fn redact(rules: &Rules, root: &mut Json<'_>) -> bool {
    let mut walk = Walk { rules, path: Vec::new(), found: Vec::new(), bytes: 0, any: false };
    walk.value(root, Context::default());
    let (any, mut found) = (walk.any, walk.found);
    if let Json::Object(members) = root
        && any
    {
        let place = members.binary_search_by(|(key, _)| key.as_ref().cmp(MEMBER));
        if let Ok(at) = place
            && let Json::Array(before) = &members[at].1
        {
            found.extend(before.iter().filter_map(|pointer| pointer.as_str().map(str::to_owned)));
        }
        found.sort();
        found.dedup();
        found.truncate(MOST);
        let list = Json::Array(found.into_iter().map(|pointer| Json::String(pointer.into())).collect());
        match place {
            Ok(at) => members[at].1 = list,
            Err(at) => members.insert(at, (MEMBER.into(), list)),
        }
    }
    any
}

/// A command line as a list, with one of the commands whose passwords are part of a flag. `scan` knows them by these ends.
fn has_mysql(words: &[Json<'_>]) -> bool {
    words.windows(2).any(|pair| match (pair[0].as_str(), pair[1].as_str()) {
        (Some(command), Some(next)) => {
            let is_tool = ["mysqldump", "mysqladmin", "mariadb-dump", "mariadb-admin"].iter().any(|tool| command.ends_with(tool));
            is_tool || next.starts_with('-') && ["mysql", "mariadb"].iter().any(|client| command.ends_with(client))
        }
        _ => false,
    })
}

/// `-psecret` of these commands.
fn flag_without_password(word: &str) -> Option<String> {
    let password = word.strip_prefix("-p").filter(|password| !text::is_placeholder(password))?;
    (!password.is_empty()).then(|| format!("-p{MASK}"))
}

/// What is known of a value by where it stands.
#[derive(Clone, Copy, Default)]
struct Context {
    /// Its key says that it is a secret.
    is_secret: bool,
    /// It is a namespace or a name.
    is_name: bool,
}

struct Walk<'r> {
    rules: &'r Rules,
    path: Vec<String>,
    found: Vec<String>,
    bytes: usize,
    any: bool,
}

impl Walk<'_> {
    fn value(&mut self, json: &mut Json<'_>, context: Context) {
        match json {
            Json::Object(members) => self.object(members),
            Json::Array(items) => self.array(items, context),
            Json::String(text) => {
                let masked = if context.is_secret && !text::is_placeholder(text) {
                    Some(MASK.to_owned())
                } else {
                    text::masked(self.rules, text, if context.is_name { Place::Name } else { Place::Value })
                };
                if let Some(masked) = masked {
                    *text = Cow::Owned(masked);
                    self.note();
                }
            }
            Json::Number(_) if context.is_secret => {
                *json = Json::String(MASK.into());
                self.note();
            }
            Json::Number(_) | Json::Bool(_) | Json::Null => {}
        }
    }

    fn object(&mut self, members: &mut Vec<(Cow<'_, str>, Json<'_>)>) {
        let is_secret_pair = self.is_secret_pair(members);
        let mut is_renamed = false;
        for (key, value) in members.iter_mut() {
            if self.path.is_empty() && key == MEMBER {
                continue;
            }
            if let Some(masked) = text::masked(self.rules, key, Place::Value) {
                *key = Cow::Owned(masked);
                is_renamed = true;
                self.note();
            }
            let context = Context {
                is_secret: self.rules.is_secret(key) || is_secret_pair && key == "value",
                is_name: key == "namespace" || key == "name",
            };
            self.path.push(key.replace('~', "~0").replace('/', "~1"));
            self.value(value, context);
            self.path.pop();
        }
        if is_renamed {
            members.sort_by(|a, b| a.0.cmp(&b.0));
            members.dedup_by(|later, kept| later.0 == kept.0);
        }
    }

    /// `{"name": "AWS_SECRET_ACCESS_KEY", "value": "…"}`: an environment variable or property.
    fn is_secret_pair(&self, members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
        let text = |wanted: &str| members.iter().find(|(key, _)| key == wanted).and_then(|(_, value)| value.as_str());
        let name = ["name", "key", "property"].into_iter().find_map(text);
        name.is_some_and(|name| self.rules.is_secret(name)) && members.iter().any(|(key, _)| key == "value")
    }

    fn array(&mut self, items: &mut [Json<'_>], context: Context) {
        let mut follows_flag = false;
        let is_client = self.rules.text && has_mysql(items);
        for (i, item) in items.iter_mut().enumerate() {
            let flag = item.as_str().filter(|text| text.starts_with('-')).map(|text| text.trim_start_matches('-'));
            let (is_flag, next_is_value) = (flag.is_some(), flag.is_some_and(|flag| self.rules.text && keys::is_secret(flag)));
            self.path.push(i.to_string());
            if is_client && let Some(masked) = item.as_str().and_then(flag_without_password) {
                *item = Json::String(masked.into());
                self.note();
            }
            let is_secret = context.is_secret || follows_flag && !is_flag;
            self.value(item, Context { is_secret, ..context });
            self.path.pop();
            follows_flag = next_is_value;
        }
    }

    fn note(&mut self) {
        self.any = true;
        let length = self.path.iter().map(|part| part.len() + 1).sum::<usize>();
        if self.found.len() < MOST && self.bytes + length <= MOST_BYTES {
            self.bytes += length;
            self.found.push(self.path.iter().fold(String::with_capacity(length), |all, part| all + "/" + part));
        }
    }
}
