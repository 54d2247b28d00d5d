//! Naming rules: which other name a dataset is known under, because emitters write one name in
//! several ways (issue 3, item 4). Pure data and functions: nothing that was sent is rewritten, the
//! canonical name is an alias that goes when the rule goes. Who joins aliases is the graph's business.

mod address;
mod alike;
mod file;
mod platform;
mod presets;
mod quoting;
mod rule;
mod suggest;
#[cfg(test)]
mod tests;

pub use alike::{Alike, Difference, alike, alike_in_case, differences, host_family, hosts_agree, keeps_case};
pub use presets::{Fold, Presets};
pub use suggest::{join_names, join_namespaces};

use crate::encoding::Encoding;
use crate::log::ContentHash;
use presets::Spelling;
use rule::Rule;

/// A commented rules file, as `headwater naming example` prints it. A test keeps it valid.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Rounds after which rules that still change a name are taken not to settle.
const ROUNDS: usize = 16;
/// Bytes of a name that rules may make; more comes only of rules that feed on what they made.
const NAME_BYTES: usize = 1 << 16;

/// Rules of a file and the presets. `default()` is what holds without a file.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    presets: Presets,
    rules: Vec<Rule>,
}

/// The name that rules give to a dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canonical {
    /// Canonical namespace.
    pub namespace: String,
    /// Canonical name.
    pub name: String,
    /// Names of the rules that changed something, in the order in which they first did; presets as `preset:default_ports`.
    pub rules: Vec<String>,
}

/// A rules file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}{}: {message}", .rule.as_ref().map(|rule| format!(", rule `{rule}`")).unwrap_or_default())]
pub struct RulesError {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Name of the rule, where it has one.
    pub rule: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl Rules {
    /// Reads a rules file (TOML); `file` is what errors call it.
    pub fn read(file: &str, text: &str) -> Result<Self, RulesError> {
        file::read(file, text)
    }

    /// Presets alone.
    pub fn of(presets: Presets) -> Self {
        Self { presets, rules: Vec::new() }
    }

    /// The presets and whether they apply.
    pub fn presets(&self) -> &Presets {
        &self.presets
    }

    /// What tells these rules from others: equal rules have an equal mark, in every release. What is taken out of names for
    /// being a credential is one of them.
    pub fn mark(&self) -> ContentHash {
        let mut encoding = Encoding::new("naming rules 1");
        encoding.number(crate::redact::VERSION.into());
        self.presets.encode(&mut encoding);
        encoding.number(self.rules.len() as u64);
        self.rules.iter().for_each(|rule| rule.encode(&mut encoding));
        encoding.hash()
    }

    /// Rules besides the presets.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// True when there are none besides the presets.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The canonical name of a dataset; `None` when it is the name itself. Idempotent: the canonical
    /// name of a canonical name is itself.
    ///
    /// The rules of the file come first and in their order, each on what the one before made, then the
    /// presets; again until nothing changes. Rules that never come to rest on a name do not apply to it.
    pub fn canonical(&self, namespace: &str, name: &str) -> Option<Canonical> {
        match self.settle(namespace, name) {
            Settled::At(canonical) => Some(canonical),
            Settled::Same | Settled::Never(_) => None,
        }
    }

    /// Names of the rules that chase each other round and round on this name; empty when all is well.
    pub fn unsettled(&self, namespace: &str, name: &str) -> Vec<String> {
        match self.settle(namespace, name) {
            Settled::Never(rules) => rules,
            Settled::Same | Settled::At(_) => Vec::new(),
        }
    }

    fn settle(&self, namespace: &str, name: &str) -> Settled {
        // What has no name is not to be joined with others that have none.
        if namespace.is_empty() || name.is_empty() {
            return Settled::Same;
        }
        let mut at = Spelling { namespace: namespace.into(), name: name.into() };
        let mut applied: Vec<&str> = Vec::new();
        for _ in 0..ROUNDS {
            let before = at.clone();
            self.round(&mut at, &mut applied);
            if at == before {
                let changed = at.namespace != namespace || at.name != name;
                let rules = applied.into_iter().map(Into::into).collect();
                return if changed { Settled::At(Canonical { namespace: at.namespace, name: at.name, rules }) } else { Settled::Same };
            }
            if at.namespace.len() + at.name.len() > NAME_BYTES.max(namespace.len() + name.len()) {
                break;
            }
        }
        Settled::Never(applied.into_iter().map(Into::into).collect())
    }

    fn round<'a>(&'a self, at: &mut Spelling, applied: &mut Vec<&'a str>) {
        let mut note = |name: &'a str| {
            if !applied.contains(&name) {
                applied.push(name);
            }
        };
        for rule in &self.rules {
            if let Some(next) = rule.apply(at).filter(|next| next != at) {
                *at = next;
                note(&rule.name);
            }
        }
        self.presets.apply(at, &mut |name| note(name));
    }
}

enum Settled {
    Same,
    At(Canonical),
    Never(Vec<String>),
}
