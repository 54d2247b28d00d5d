//! The word splitter in the shape that tantivy wants. What a word is, `words.rs` decides.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::words::{each_word, fold};

/// Counted up whenever the same text would yield other terms: an index of another version is rebuilt.
pub(super) const VERSION: u32 = 1;

/// Beginnings are indexed up to this length; a longer one is looked up in the term dictionary.
pub(super) const EDGE_CHARS: usize = 15;

/// What to make of a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Identifier {
    /// Its words.
    Words,
    /// The beginnings of its words.
    Edges,
    /// The beginnings of the whole text.
    Starts,
}

impl Identifier {
    const ALL: [Self; 3] = [Self::Words, Self::Edges, Self::Starts];

    /// Name that the index schema refers to.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Edges => "edges",
            Self::Starts => "starts",
        }
    }
}

/// Makes the tokenizers known; every opened index needs that anew.
pub(super) fn register(manager: &TokenizerManager) {
    for shape in Identifier::ALL {
        manager.register(shape.name(), TextAnalyzer::from(shape));
    }
}

impl Tokenizer for Identifier {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Tokens::default();
        match self {
            Self::Words => each_word(text, |word, range| tokens.push(word, range.start, range.end)),
            Self::Edges => each_word(text, |word, range| tokens.push_edges(&word, range.start, range.end)),
            Self::Starts => tokens.push_edges(&fold(text), 0, text.len()),
        }
        tokens
    }
}

/// Tokens that are all known at once: texts are short.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
    /// One past the current token.
    next: usize,
}

impl Tokens {
    fn push(&mut self, text: String, offset_from: usize, offset_to: usize) {
        let position = self.tokens.len();
        self.tokens.push(Token { offset_from, offset_to, position, text, position_length: 1 });
    }

    fn push_edges(&mut self, word: &str, from: usize, to: usize) {
        for (at, c) in word.char_indices().take(EDGE_CHARS) {
            self.push(word[..at + c.len_utf8()].to_owned(), from, to);
        }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}
