//! Splits identifiers and prose into the words that people search by. Knows no index; `tokenizer.rs` adapts it.

use std::ops::Range;

/// Longer words are cut, on both sides of a comparison, so that terms stay far below the index's limit.
const WORD_CHARS: usize = 128;

/// A stretch without separators (`customerOrders2024`) and the words in it, as byte ranges of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub range: Range<usize>,
    pub parts: Vec<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    /// Every other letter, also of scripts without case.
    Letter,
    Digit,
    /// A word of its own: scripts without spaces, and pictures.
    Single,
    /// Belongs to whatever stands before it.
    Mark,
    Separator,
}

fn class(c: char) -> Class {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0f}' => Class::Mark,
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3ffff}' => Class::Single,
        _ if c.is_numeric() => Class::Digit,
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Separator,
    }
}

/// The runs of a text: `HTTPServerV2_orders` is `HTTP Server V 2` and `orders`.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut current: Option<Run> = None;
    let mut before = Class::Separator;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let now = class(c);
        // A mark without a letter to stand on separates like any other sign.
        if now == Class::Separator || (now == Class::Mark && current.is_none()) {
            runs.extend(current.take());
            before = Class::Separator;
            continue;
        }
        let next = chars.peek().map_or(Class::Separator, |&(_, c)| class(c));
        let end = at + c.len_utf8();
        extend(&mut current, at..end, starts_word(before, now, next));
        if now != Class::Mark {
            before = now;
        }
    }
    runs.extend(current);
    runs
}

fn extend(current: &mut Option<Run>, char: Range<usize>, new_word: bool) {
    let run = current.get_or_insert_with(|| Run { range: char.clone(), parts: Vec::new() });
    run.range.end = char.end;
    match run.parts.last_mut() {
        Some(part) if !new_word => part.end = char.end,
        _ => run.parts.push(char),
    }
}

fn starts_word(before: Class, now: Class, next: Class) -> bool {
    match (before, now) {
        (_, Class::Mark) => false,
        (_, Class::Single) | (Class::Single, _) => true,
        (Class::Digit, now) => now != Class::Digit,
        (before, Class::Digit) => before != Class::Digit,
        (Class::Letter, Class::Upper) => true,
        // The last capital of `HTTPServer` opens the next word.
        (Class::Upper, Class::Upper) => next == Class::Letter,
        _ => false,
    }
}

/// Lower case, character by character: with a rule that looks around (final sigma), a word that is still being typed
/// would be spelled differently from the finished one.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// A word as the index spells it.
pub(super) fn fold_word(word: &str) -> String {
    fold(word).chars().take(WORD_CHARS).collect()
}

/// Calls `found` with every word of the text, and with every run that consists of several words, so that both
/// `customer` and `customerorders` find `customerOrders`.
pub(super) fn each_word(text: &str, mut found: impl FnMut(String, Range<usize>)) {
    for run in runs(text) {
        for part in &run.parts {
            found(fold_word(&text[part.clone()]), part.clone());
        }
        if run.parts.len() > 1 {
            found(fold_word(&text[run.range.clone()]), run.range);
        }
    }
}
