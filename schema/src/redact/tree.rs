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

/// Commands whose password is a part of a flag. The others of the family are known by their beginning.
const CLIENTS: [&str; 8] =
    ["mysqldump", "mysqladmin", "mysqlimport", "mysqlshow", "mariadb-dump", "mariadb-admin", "mariadb-import", "mariadb-show"];

/// The command of a path.
fn command(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// A command line as a list, with one of these commands. `scan` knows them by their ends and what follows.
fn has_mysql(words: &[Json<'_>]) -> bool {
    words.windows(2).any(|pair| match (pair[0].as_str().map(command), pair[1].as_str()) {
        (Some(command), Some(next)) => CLIENTS.contains(&command) || next.starts_with('-') && matches!(command, "mysql" | "mariadb"),
        _ => false,
    })
}

/// `me:secret` of `curl -u`.
fn user_without_password(word: &str) -> Option<String> {
    let (user, password) = word.split_once(':').filter(|(_, password)| !text::is_placeholder(password))?;
    (!password.is_empty()).then(|| format!("{user}:{MASK}"))
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
    /// An object above it stands under the key of a secret.
    is_below_secret: bool,
    /// It belongs to tags, whose keys are words of people.
    is_tag: bool,
}

/// Where in an object under the key of a secret the secret itself stands; the other members say something about it.
const HELD_AS: [&str; 4] = ["value", "plaintext", "plain_text", "auth"];

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
            Json::Object(members) => self.object(members, context),
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

    fn object(&mut self, members: &mut Vec<(Cow<'_, str>, Json<'_>)>, above: Context) {
        let is_secret_pair = !above.is_tag && self.is_secret_pair(members);
        let is_below_secret = self.rules.keys && (above.is_secret || above.is_below_secret);
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
            let is_held = is_below_secret && HELD_AS.contains(&key.as_ref());
            let context = Context {
                is_secret: self.rules.is_secret(key) || is_secret_pair && key == "value" || is_held,
                is_name: key == "namespace" || key == "name",
                is_below_secret,
                is_tag: above.is_tag || key == "tags",
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
        let (mut follows_flag, mut follows_user) = (false, false);
        let is_client = self.rules.text && has_mysql(items);
        let command = if self.rules.text { items.first().and_then(Json::as_str).map_or("", command) } else { "" };
        let (is_ssh, is_curl) = (command == "sshpass", command == "curl");
        let is_property = self.rules.keys && self.is_property(items);
        for (i, item) in items.iter_mut().enumerate() {
            let flag = item.as_str().filter(|text| text.starts_with('-')).map(|text| text.trim_start_matches('-'));
            let is_value_next = |flag: &str| self.rules.text && keys::is_secret(flag) || is_ssh && flag == "p";
            let (is_flag, next_is_value) = (flag.is_some(), flag.is_some_and(is_value_next));
            let is_user_next = is_curl && flag.is_some_and(|flag| flag == "u" || flag == "user");
            self.path.push(i.to_string());
            let masked = match item.as_str() {
                Some(text) if is_client => flag_without_password(text),
                Some(text) if follows_user => user_without_password(text),
                _ => None,
            };
            if let Some(masked) = masked {
                *item = Json::String(masked.into());
                self.note();
            }
            let is_secret = context.is_secret || follows_flag && !is_flag || is_property && i == 1;
            self.value(item, Context { is_secret, ..context });
            self.path.pop();
            (follows_flag, follows_user) = (next_is_value, is_user_next);
        }
    }

    /// `["spark.hadoop.fs.s3a.secret.key", "x"]`: a property as a list of two. Names of columns stand in lists too, so the
    /// first must look like a property and the second must not.
    fn is_property(&self, items: &[Json<'_>]) -> bool {
        let [key, value] = items else { return false };
        let is_named = |text: &str| text.matches('.').count() >= 2 && self.rules.is_secret(text);
        key.as_str().is_some_and(is_named) && !value.as_str().is_some_and(is_named)
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
