//! Reads the words that somebody typed. It is plain text: no sign in it has a meaning beyond separating words.

use super::words::{fold, fold_word, runs};

/// More terms than this are ignored; nobody reads so far.
const TERMS: usize = 32;
/// A longer term is cut.
const TERM_CHARS: usize = 256;
/// More words than this, over all terms, are ignored: each is looked up in every field.
const WORDS: usize = 64;

/// What was typed, ready to be looked up.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// All of it, without the blanks around it.
    pub whole: String,
    /// Every one of them must be found. Terms without letters and digits ask for nothing and are left out.
    pub terms: Vec<Term>,
}

/// A stretch without blanks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// All of it in lower case.
    pub folded: String,
    /// Every one of them must be found.
    pub runs: Vec<TermRun>,
}

/// A stretch of a term without separators.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TermRun {
    /// Its words; every one must be found, or else `joined`.
    pub words: Vec<String>,
    /// The run as one word, where it has several.
    pub joined: Option<String>,
}

impl Text {
    pub(super) fn parse(text: &str) -> Self {
        let whole = text.trim().to_owned();
        let mut terms: Vec<Term> = Vec::new();
        let mut budget = WORDS;
        for typed in whole.split_whitespace() {
            if terms.len() == TERMS {
                break;
            }
            let term = Term::parse(typed, &mut budget);
            if !term.runs.is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        }
        Self { whole, terms }
    }

    /// Every word that may be matched.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let runs = self.terms.iter().flat_map(|term| &term.runs);
        runs.flat_map(|run| run.words.iter().chain(&run.joined)).map(String::as_str)
    }
}

impl Term {
    fn parse(typed: &str, budget: &mut usize) -> Self {
        let cut = typed.char_indices().nth(TERM_CHARS).map_or(typed.len(), |(at, _)| at);
        let typed = &typed[..cut];
        let mut found = Vec::new();
        for run in runs(typed) {
            let words: Vec<String> = run.parts.iter().take(*budget).map(|part| fold_word(&typed[part.clone()])).collect();
            *budget -= words.len();
            if words.is_empty() {
                break;
            }
            let joined = (run.parts.len() > 1).then(|| fold_word(&typed[run.range]));
            found.push(TermRun { words, joined });
        }
        Self { folded: fold(typed), runs: found }
    }
}
