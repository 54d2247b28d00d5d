//! Names of columns and tables as they are compared: folded by the dialect, then without case.

use super::dialect::Dialect;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

/// A column's or alias's name as the database keeps it.
pub(crate) fn name(dialect: &Dialect, ident: &Ident) -> String {
    dialect.fold(&ident.value, ident.quote_style.is_some())
}

/// The parts of a table's name; `None` when one is computed.
pub(crate) fn path(dialect: &Dialect, object: &ObjectName) -> Option<Vec<String>> {
    object.0.iter().map(|part| if let ObjectNamePart::Identifier(ident) = part { Some(name(dialect, ident)) } else { None }).collect()
}

/// The last part of a name (`a.b.c`: `c`).
pub(super) fn last(dialect: &Dialect, object: &ObjectName) -> Option<String> {
    path(dialect, object)?.pop()
}

/// By which names are first found; the exact spelling then decides.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// Equal but for case.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || (!(left.is_ascii() && right.is_ascii()) && key(left) == key(right))
}

/// Splits a dataset's name at dots outside of quotes (`"db"."s.x"."t"`), and drops the quotes.
pub(super) fn split(name: &str) -> Vec<String> {
    let (mut parts, mut part, mut quote) = (Vec::new(), String::new(), None);
    for c in name.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '.') => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    parts
}

/// True when the shorter path is the end of the longer.
pub(super) fn ends_with(long: &[String], short: &[String]) -> bool {
    !short.is_empty() && long.len() >= short.len() && long[long.len() - short.len()..].iter().zip(short).all(|(a, b)| same(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_in_quotes_do_not_split() {
        assert_eq!(split(r#""smdb"."a.b".`orders`"#), ["smdb", "a.b", "orders"]);
        assert_eq!(split("shop.[public].t"), ["shop", "public", "t"]);
    }
}
