//! The items of a JSON array, one at a time: the tree of one is gone before the next is made, and one that is nested too
//! deep, too long or has too many values costs only itself.

use super::parse::Parser;
use super::{Bounds, Json, JsonError};

/// An item of an array, with its text.
#[derive(Debug)]
pub enum Item<'a> {
    /// A value.
    Value(Json<'a>, &'a [u8]),
    /// What has more levels, values or bytes than are taken; where it ends is known by its marks alone.
    Refused(JsonError, &'a [u8]),
}

/// The items of an array. An error ends them: what is no JSON has no items that could be told apart.
pub struct Items<'a> {
    parser: Parser<'a>,
    bounds: Bounds,
    place: Place,
}

#[derive(PartialEq, Eq)]
enum Place {
    First,
    Later,
    End,
}

impl<'a> Items<'a> {
    /// Of text that is an array; none when it begins otherwise. The bounds are those of one item.
    pub fn of(bytes: &'a [u8], bounds: Bounds) -> Option<Result<Self, JsonError>> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        (text.trim_ascii_start().first() == Some(&b'[')).then(|| {
            let mut parser = Parser::new(bytes)?;
            parser.peek();
            parser.at += 1;
            Ok(Self { parser, bounds, place: Place::First })
        })
    }

    /// True when a text is one array or object by its brackets, and nothing after it.
    pub fn is_whole(bytes: &[u8]) -> bool {
        Parser::new(bytes)
            .is_ok_and(|mut parser| matches!(parser.peek(), Some(b'[' | b'{')) && parser.skip().is_ok() && parser.end().is_ok())
    }

    fn step(&mut self) -> Result<Option<Item<'a>>, JsonError> {
        match (self.parser.peek(), &self.place) {
            (Some(b']'), Place::First | Place::Later) => {
                self.parser.at += 1;
                self.parser.end()?;
                return Ok(None);
            }
            (_, Place::First) => {}
            (Some(b','), _) => {
                self.parser.at += 1;
                self.parser.peek();
            }
            _ => return self.parser.fail("expected ',' or ']'"),
        }
        self.place = Place::Later;
        self.item().map(Some)
    }

    /// Levels, values and bytes are counted from the item.
    fn item(&mut self) -> Result<Item<'a>, JsonError> {
        let start = self.parser.at;
        self.parser.bound(self.bounds);
        match self.parser.bounded() {
            Ok(value) => Ok(Item::Value(value, self.parser.between(start, self.parser.at))),
            Err(error) if error.is_too_large() => {
                self.parser.at = start;
                self.parser.skip()?;
                Ok(Item::Refused(error, self.parser.between(start, self.parser.at)))
            }
            Err(error) => Err(error),
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>, JsonError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.place == Place::End {
            return None;
        }
        let step = self.step().transpose();
        if !matches!(step, Some(Ok(_))) {
            self.place = Place::End;
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, values: usize) -> Result<Vec<Result<String, String>>, JsonError> {
        read_within(text, Bounds { values, ..Bounds::NONE })
    }

    fn read_within(text: &str, bounds: Bounds) -> Result<Vec<Result<String, String>>, JsonError> {
        let items = Items::of(text.as_bytes(), bounds).unwrap()?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let one = |item: Item<'_>| match item {
            Item::Value(_, written) => Ok(text(written)),
            Item::Refused(_, written) => Err(text(written)),
        };
        items.map(|item| item.map(one)).collect()
    }

    #[test]
    fn an_item_that_is_too_large_costs_only_itself() {
        let deep = format!("{}\"]}}\\\"\"{}", "[".repeat(101), "]".repeat(101));
        let deepest = format!("{}0{}", "[".repeat(100), "]".repeat(100));
        let wide = "{\"a\":[1,2,3]}";
        let text = format!("\u{feff} [ {{\"b\":0}} , {deep},{wide} ,{deepest}, 1] ");
        let found = read(&text, 101).unwrap();
        assert_eq!(found, [Ok("{\"b\":0}".into()), Err(deep), Ok(wide.into()), Ok(deepest), Ok("1".into())]);
        assert_eq!(read(&format!("[0,{wide}]"), 4).unwrap(), [Ok("0".into()), Err(wide.into())]);
    }

    #[test]
    fn an_item_that_is_too_long_costs_only_itself() {
        let bounds = Bounds { bytes: 12, ..Bounds::NONE };
        let long = ["1234567890.123", "\"abcdefghijk\"", "\"\\nbcdefghij\"", "[1,2,3,4,5,6]", "{\"a\":       1}", "{\"\\n0123456789\":1}"];
        let text = format!("[ \"abcdefghij\" ,{}, \"\\nabcdefgh\"]", long.join(","));
        let found = read_within(&text, bounds).unwrap();
        let mut expected = vec![Ok("\"abcdefghij\"".to_owned())];
        expected.extend(long.map(|text| Err(text.to_owned())));
        expected.push(Ok("\"\\nabcdefgh\"".into()));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_json_has_no_items() {
        assert!(Items::of(b"{}", Bounds::NONE).is_none() && Items::of(b"", Bounds::NONE).is_none());
        for text in ["[", "[1", "[1 2]", "[1,]", "[,]", "[1]]", "[1] x", "[tru]", &format!("[{}", "[".repeat(200))] {
            assert!(read(text, 9).is_err(), "{text}");
        }
        assert_eq!(read("[]", 9).unwrap(), []);
    }

    proptest! {
        #[test]
        fn takes_what_parsing_the_whole_takes(text in r#"\[[\[\]{}:,"a1\\ ]{0,20}"#) {
            prop_assert_eq!(read(&text, 1000).is_ok(), Json::parse(text.as_bytes()).is_ok());
        }
    }
}
