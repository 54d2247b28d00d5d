//! Text to a syntax tree, within limits that hold before and while it is built: dropping a tree is
//! recursive too, so that a long chain of operators must be refused before it is parsed.

use super::Reason;
use super::dialect::Dialect;
use sqlparser::ast::Statement;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};

/// Bytes of text.
const MAX_BYTES: usize = 1 << 20;
/// Levels of the parser's recursive descent.
const MAX_DEPTH: usize = 50;
/// Operators that may lie on one path through the tree: each is a level that the descent does not count.
const MAX_OPERATORS: usize = 4_000;

/// Parses a script.
pub(crate) fn parse(query: &str, dialect: &Dialect) -> Result<Vec<Statement>, Reason> {
    if query.len() > MAX_BYTES {
        return Err(Reason::TooLarge);
    }
    let parser = dialect.parser.as_ref();
    let tokens = Tokenizer::new(parser, query)
        .tokenize_with_location()
        .map_err(|error| Reason::NotParsed { line: error.location.line, column: error.location.column })?;
    if let Some(at) = template(tokens.iter().map(|token| &token.token)) {
        let start = tokens[at].span.start;
        return Err(Reason::NotParsed { line: start.line, column: start.column });
    }
    if operators(tokens.iter().map(|token| &token.token)) > MAX_OPERATORS {
        return Err(Reason::TooLarge);
    }
    Parser::new(parser)
        .with_recursion_limit(MAX_DEPTH)
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| refused(&error))
}

fn refused(error: &ParserError) -> Reason {
    match error {
        ParserError::RecursionLimitExceeded => Reason::TooLarge,
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => {
            let number =
                |label: &str| text.rsplit_once(label).and_then(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
            Reason::NotParsed { line: number("Line: ").unwrap_or(0), column: number("Column: ").unwrap_or(0) }
        }
    }
}

/// Where a template (`{{ ref('x') }}`, `{% if %}`) was left in the text.
fn template<'t>(tokens: impl Iterator<Item = &'t Token>) -> Option<usize> {
    let mut open = false;
    for (at, token) in tokens.enumerate() {
        match token {
            Token::LBrace if open => return Some(at),
            Token::Mod if open => return Some(at),
            other => open = *other == Token::LBrace,
        }
    }
    None
}

/// One level of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    operators: usize,
    set_operators: usize,
}

/// The most operators that may lie on one path through the tree: those of one list element and of the
/// elements that enclose it. Counted from above, never from below.
fn operators<'t>(tokens: impl Iterator<Item = &'t Token>) -> usize {
    let (mut outer, mut level, mut path, mut most) = (Vec::new(), Level::default(), 0, 0);
    for token in tokens {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                path += level.operators + level.set_operators;
                outer.push(std::mem::take(&mut level));
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                level = outer.pop().unwrap_or_default();
                path = path.saturating_sub(level.operators + level.set_operators);
                // `a[1][2]` grows leftwards, each by one.
                level.operators += 1;
            }
            Token::Comma => level.operators = 0,
            Token::SemiColon => level = Level::default(),
            Token::Whitespace(_) | Token::Period | Token::Number(..) | Token::EOF => {}
            Token::Word(word) => match word.value.to_ascii_uppercase().as_str() {
                "SELECT" => level.operators = 0,
                "UNION" | "EXCEPT" | "INTERSECT" | "MINUS" => level.set_operators += 1,
                word if OPERATOR_WORDS.contains(&word) => level.operators += 1,
                _ => {}
            },
            _ => level.operators += 1,
        }
        most = most.max(path + level.operators + level.set_operators);
    }
    most
}

const OPERATOR_WORDS: [&str; 24] = [
    "AND", "OR", "XOR", "IS", "IN", "NOT", "LIKE", "ILIKE", "BETWEEN", "AT", "COLLATE", "DIV", "MOD", "OVERLAPS", "REGEXP", "RLIKE",
    "SIMILAR", "ISNULL", "NOTNULL", "MEMBER", "OPERATOR", "GLOB", "MATCH", "PRIOR",
];
