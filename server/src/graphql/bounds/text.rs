//! The text of a query before it is parsed: how many tokens, how long their names, how deep their brackets. Reads it once
//! and makes nothing of it.

/// Deepest nesting of brackets; the parser goes one call deeper for each.
const DEPTH: usize = 64;
/// Bytes of a name: errors compare it with every name of the schema.
const NAME: usize = 200;

/// Refuses what would be dear to parse.
pub fn check(text: &str, most: usize) -> Result<(), String> {
    let mut rest = text.as_bytes();
    let (mut tokens, mut depth) = (0_usize, 0_usize);
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len()),
            b'"' => string(rest),
            b'.' => rest.iter().take(3).take_while(|byte| **byte == b'.').count(),
            byte if is_name(byte) => rest.iter().take_while(|byte| is_name(**byte)).count(),
            _ => 1,
        };
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            byte if is_name(byte) && length > NAME => {
                return Err(format!("a name of the query has {length} characters, and may have {NAME}"));
            }
            _ => {}
        }
        tokens += 1;
        if tokens > most {
            return Err(format!("the query has more than {most} names, strings, numbers and marks; give lists as variables"));
        }
        if depth > DEPTH {
            return Err(format!("the query is nested more than {DEPTH} levels deep"));
        }
        rest = &rest[length..];
    }
    Ok(())
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a string or a block of text; what is not closed ends with the text, which the parser refuses.
fn string(text: &[u8]) -> usize {
    let is_block = text.starts_with(b"\"\"\"");
    let mut at = if is_block { 3 } else { 1 };
    while at < text.len() {
        match text[at] {
            b'\\' if is_block && text[at..].starts_with(b"\\\"\"\"") => at += 4,
            b'\\' if !is_block => at += 2,
            b'"' if !is_block => return at + 1,
            b'"' if text[at..].starts_with(b"\"\"\"") => return at + 3,
            b'\n' if !is_block => return at,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn counts_tokens() {
        let text = "query { a(b: \"x, y # { \\\" z\", c: \"\"\"block \\\"\"\" \" { \"\"\") # { comment\n ...F }";
        // query { a ( b : "" c : """""" ) # ... F }
        assert!(check(text, 15).is_ok() && check(text, 14).is_err());
        assert!(check(&"(".repeat(65), 100).is_err() && check(&"()".repeat(65), 200).is_ok());
        for text in ["\"", "\"\\", "\"\"\"", "\"\"\"\\", "é", "\u{feff}{a}", "\"a\nb\""] {
            assert!(check(text, 10).is_ok(), "{text}");
        }
    }
}
