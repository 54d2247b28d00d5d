//! Turns a question into a tantivy query: what must match, and what each match is worth.
//!
//! Weights are fixed whole numbers, not BM25. Term statistics depend on segments and on deleted documents, so the
//! same catalog would rank differently after another history; and sums of whole numbers are exact in `f32`
//! (below 2^24), so equal relevance is equal, and paging is stable.

use tantivy::Term as IndexTerm;
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, RegexQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{Fields, cut};
use super::text::{Term, TermRun, Text};
use super::tokenizer::EDGE_CHARS;
use super::words::fold;
use super::{Kind, SearchQuery};

// A name that is all of the text beats any sum below it, and the last segments of a name beat any sum of words.
const EXACT: f32 = 4_194_304.0;
const EXACT_FOLDED: f32 = 2_097_152.0;
const TAIL: f32 = 16_384.0;
const WORD: f32 = 32.0;
const EDGE: f32 = 20.0;
const TAG: f32 = 12.0;
const OWNER: f32 = 10.0;
const DATASET: f32 = 10.0;
const COLUMN: f32 = 8.0;
const NAMESPACE: f32 = 6.0;
const DESCRIPTION: f32 = 4.0;
/// On top of a word: the name, or a last segment of it, begins like the term. Less than any step above.
const STARTS: f32 = 3.0;

type Clause = Box<dyn Query>;

/// The query for a question whose text has been read as `text`.
pub(super) fn build(fields: &Fields, question: &SearchQuery, text: &Text) -> Clause {
    let mut must = vec![matching(fields, text)];
    let kinds: Vec<&str> = question.kinds.iter().copied().map(Kind::as_str).collect();
    must.extend(filter(fields.kind, &kinds));
    must.extend(filter(fields.namespace, &question.namespaces));
    must.extend(filter(fields.tag, &question.tags));
    must.extend(filter(fields.owner, &question.owners));
    all(must)
}

fn filter(field: Field, values: &[impl AsRef<str>]) -> Option<Clause> {
    let terms = values.iter().map(|value| IndexTerm::from_field_text(field, cut(value.as_ref())));
    (!values.is_empty()).then(|| worth(0.0, Box::new(TermSetQuery::new(terms))))
}

fn matching(fields: &Fields, text: &Text) -> Clause {
    let base = if text.terms.is_empty() {
        worth(0.0, Box::new(AllQuery))
    } else {
        all(text.terms.iter().map(|term| term_query(fields, term)).collect())
    };
    if text.whole.is_empty() {
        return base;
    }
    let folded = fold(&text.whole);
    let mut clauses = vec![base, exactly(fields.exact, cut(&text.whole), EXACT), exactly(fields.exact_folded, cut(&folded), EXACT_FOLDED)];
    // A name may have blanks in it.
    if text.terms.len() != 1 {
        clauses.push(exactly(fields.tail, cut(&folded), TAIL));
    }
    any(clauses)
}

fn term_query(fields: &Fields, term: &Term) -> Clause {
    let runs = term.runs.iter().map(|run| run_query(fields, run)).collect();
    let mut clauses = vec![all(runs), exactly(fields.tail, &term.folded, TAIL)];
    if term.folded.chars().count() <= EDGE_CHARS {
        clauses.push(exactly(fields.starts, &term.folded, STARTS));
    }
    any(clauses)
}

fn run_query(fields: &Fields, run: &TermRun) -> Clause {
    let words = all(run.words.iter().map(|word| word_query(fields, word)).collect());
    match &run.joined {
        // Spelled apart here and in one there: `customerOrders` finds `customerorders`.
        Some(joined) => any(vec![words, exactly(fields.words, joined, WORD)]),
        None => words,
    }
}

/// A word is worth what its best field is worth: being in many fields does not make it a better name.
fn word_query(fields: &Fields, word: &str) -> Clause {
    let places = [
        (fields.words, WORD),
        (fields.tag_words, TAG),
        (fields.owner_words, OWNER),
        (fields.dataset_words, DATASET),
        (fields.column_words, COLUMN),
        (fields.namespace_words, NAMESPACE),
        (fields.description_words, DESCRIPTION),
    ];
    let mut clauses: Vec<Clause> = places.map(|(field, weight)| exactly(field, word, weight)).into();
    clauses.extend(beginning(fields, word));
    Box::new(DisjunctionMaxQuery::new(clauses))
}

fn beginning(fields: &Fields, word: &str) -> Option<Clause> {
    if word.chars().count() <= EDGE_CHARS {
        return Some(exactly(fields.edges, word, EDGE));
    }
    // So long a beginning is rare in the dictionary, and a word holds letters and digits only: no regex syntax.
    let regex = RegexQuery::from_pattern(&format!("{word}.*"), fields.words).ok()?;
    Some(worth(EDGE, Box::new(regex)))
}

fn exactly(field: Field, term: &str, weight: f32) -> Clause {
    let term = IndexTerm::from_field_text(field, term);
    worth(weight, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
}

fn worth(weight: f32, query: Clause) -> Clause {
    Box::new(ConstScoreQuery::new(query, weight))
}

fn all(clauses: Vec<Clause>) -> Clause {
    join(Occur::Must, clauses)
}

fn any(clauses: Vec<Clause>) -> Clause {
    join(Occur::Should, clauses)
}

fn join(occur: Occur, mut clauses: Vec<Clause>) -> Clause {
    if clauses.len() == 1 {
        return clauses.remove(0);
    }
    Box::new(BooleanQuery::new(clauses.into_iter().map(|clause| (occur, clause)).collect()))
}
