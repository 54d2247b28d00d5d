//! Identifiers as SQL quotes them, `"smdb"."stg"."orders"`, without the quotes: sqlmesh is seen to
//! quote what it reads and not what it writes, so that no graph holds together.

/// The name without quotes, or `None` when nothing is quoted or the quotes mean something: a part that
/// holds a dot or a quote needs them to be told apart.
pub(super) fn unquoted(name: &str, brackets: bool) -> Option<String> {
    let quotes: &[char] = if brackets { &['"', '`', '['] } else { &['"', '`'] };
    if !name.contains(quotes) {
        return None;
    }
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    let mut quoted = false;
    loop {
        let (part, after, quotes) = part(rest, brackets)?;
        if part.is_empty() || part.contains(['"', '`', '.']) || (brackets && part.contains(['[', ']'])) {
            return None;
        }
        quoted |= quotes;
        plain.push_str(part);
        if after.is_empty() {
            return quoted.then_some(plain);
        }
        rest = after.strip_prefix('.')?;
        plain.push('.');
    }
}

/// The first part of a dotted name: its text, what follows, and whether it was quoted.
fn part(text: &str, brackets: bool) -> Option<(&str, &str, bool)> {
    let close = match text.chars().next()? {
        quote @ ('"' | '`') => quote,
        '[' if brackets => ']',
        _ => {
            let end = text.find('.').unwrap_or(text.len());
            return Some((&text[..end], &text[end..], false));
        }
    };
    let end = text[1..].find(close)? + 1;
    Some((&text[1..end], &text[end + 1..], true))
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn quotes_go_where_they_say_nothing() {
        for (name, plain) in [
            (r#""smdb"."stg"."orders""#, Some("smdb.stg.orders")),
            (r#"DB."Sch ema".T%1"#, Some("DB.Sch ema.T%1")),
            ("`p-1`.`d`.t", Some("p-1.d.t")),
            ("[shop].[dbo].[orders]", Some("shop.dbo.orders")),
            ("shop.dbo.orders", None),
            (r#""a.b"."c""#, None),
            (r#""a""b"."c""#, None),
            (r#""a"#, None),
            (r#""a"b"#, None),
            (r#"""."c""#, None),
            (r#"a."b"."#, None),
            ("", None),
        ] {
            assert_eq!(unquoted(name, true).as_deref(), plain, "{name}");
        }
        assert_eq!(unquoted("[shop].[orders]", false), None);
    }
}
