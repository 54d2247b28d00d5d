//! Where in a canonical text an object stands that was read from it: whoever needs the bytes of a part has them already
//! and need not write them anew. Strings and numbers borrow from the text, and nothing stands between values but the one
//! byte that the grammar asks for, so that a few of them tell the place of all.

use super::Json;
use std::borrow::Cow;

/// The part of `text` that is `object`, when enough of it borrows from the text to tell.
pub(super) fn part<'t>(object: &Json<'_>, text: &'t [u8]) -> Option<&'t [u8]> {
    let Json::Object(_) = object else { return None };
    let start = start(object, text)?;
    let part = text.get(start..end(object, start, text)?)?;
    (part.first() == Some(&b'{') && part.last() == Some(&b'}')).then_some(part)
}

fn start(value: &Json<'_>, text: &[u8]) -> Option<usize> {
    match value {
        Json::Number(number) => place(number, text),
        Json::String(string) => borrowed(string, text)?.checked_sub(1),
        Json::Array(items) => start(items.first()?, text)?.checked_sub(1),
        Json::Object(members) => borrowed(&members.first()?.0, text)?.checked_sub(2),
        Json::Null | Json::Bool(_) => None,
    }
}

/// The end of a value that begins at `start`.
fn end(value: &Json<'_>, start: usize, text: &[u8]) -> Option<usize> {
    Some(match value {
        Json::Null | Json::Bool(true) => start + 4,
        Json::Bool(false) => start + 5,
        Json::Number(number) => start + number.len(),
        Json::String(string) => borrowed(string, text)? + string.len() + 1,
        Json::Array(items) => match items.last() {
            None => start + 2,
            Some(item) => end(item, self::start(item, text)?, text)? + 1,
        },
        Json::Object(members) => match members.last() {
            None => start + 2,
            // The key's closing quote and the colon.
            Some((key, member)) => end(member, borrowed(key, text)? + key.len() + 2, text)? + 1,
        },
    })
}

#[expect(clippy::ptr_arg, reason = "whether it borrows is the question")]
fn borrowed(string: &Cow<'_, str>, text: &[u8]) -> Option<usize> {
    if let Cow::Borrowed(string) = string { place(string, text) } else { None }
}

/// Where a string begins that borrows from the text.
fn place(string: &str, text: &[u8]) -> Option<usize> {
    let place = string.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    (place + string.len() <= text.len()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &[u8]) -> usize {
        fn all(json: &Json<'_>, text: &[u8]) -> usize {
            let found = part(json, text);
            if let Some(found) = found {
                assert_eq!(found, json.canonical());
            }
            let inner: usize = match json {
                Json::Array(items) => items.iter().map(|item| all(item, text)).sum(),
                Json::Object(members) => members.iter().map(|(_, member)| all(member, text)).sum(),
                _ => 0,
            };
            inner + usize::from(found.is_some())
        }
        let canonical = Json::parse(text).unwrap().canonical();
        all(&Json::parse(&canonical).unwrap(), &canonical)
    }

    #[test]
    fn parts_are_found_unless_their_ends_are_escaped_or_say_nothing() {
        assert_eq!(check(br#"{"a":{"b":[1,{"c":null}],"d":{}},"e":{"f":"x\n","g":""}}"#), 4);
        assert_eq!(check(br#"{"a":{"b":"x\n"},"c":{"\n":1},"d":{"e":[true]},"f":{"g":[[],[[2.5]]]}}"#), 2);
        assert_eq!(check(b"{}") + check(b"[]") + check(b"7"), 0);
    }

    proptest! {
        #[test]
        fn a_part_is_what_would_be_written(text in r#"\{"[a-c\\n]{0,2}":(\{"[a-c]?":(\[(1,?|true,?|"x",?){0,2}null\]|"é\\n"|-2\.50|null|\{\})\}|7)\}"#) {
            if Json::parse(text.as_bytes()).is_ok() {
                check(text.as_bytes());
            }
        }
    }

    #[test]
    fn of_another_text_nothing_is_found() {
        let (one, other) = (br#"{"a":{"b":1}}"#.to_vec(), br#"{"a":{"b":1}}"#.to_vec());
        let json = Json::parse(&one).unwrap();
        assert!(part(&json, &other).is_none_or(|part| part == one));
        assert_eq!(part(&json, &one), Some(&one[..]));
    }
}
