//! Numbers that most readers of JSON cannot hold: beyond a double they are answered as text, digit by digit, so that one of
//! them does not make a whole answer unreadable.

use std::borrow::Cow;

/// Shorter numbers without an exponent always fit a double.
const ALWAYS_FITS: usize = 300;

/// The same JSON, with numbers beyond a double in quotes. `text` is JSON; most of it comes back as it is.
pub fn readable(text: &str) -> Cow<'_, str> {
    let mut changed: Option<String> = None;
    // Up to here `changed` has everything.
    let mut done = 0;
    let mut rest = text.bytes().enumerate().peekable();
    let mut within = false;
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'\\' if within => drop(rest.next()),
            b'"' => within = !within,
            b'-' | b'0'..=b'9' if !within => {
                let mut end = at + 1;
                while let Some((next, _)) = rest.next_if(|(_, byte)| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                    end = next + 1;
                }
                let number = &text[at..end];
                if !fits(number) {
                    let changed = changed.get_or_insert_with(|| String::with_capacity(text.len() + 2));
                    changed.push_str(&text[done..at]);
                    changed.extend(["\"", number, "\""]);
                    done = end;
                }
            }
            _ => {}
        }
    }
    match changed {
        None => Cow::Borrowed(text),
        Some(changed) => Cow::Owned(changed + &text[done..]),
    }
}

fn fits(number: &str) -> bool {
    let is_plain = number.len() < ALWAYS_FITS && !number.contains(['e', 'E']);
    is_plain || number.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::readable;
    use proptest::prelude::*;

    #[test]
    fn only_what_no_double_holds_is_text() {
        let long = "9".repeat(400);
        let text = format!(r#"{{"a":[1e400,-2.5E+999,{long},1e-999,9007199254740993,0.1],"b":"1e400 \" 1e400","c\\":3e5}}"#);
        let expected = format!(r#"{{"a":["1e400","-2.5E+999","{long}",1e-999,9007199254740993,0.1],"b":"1e400 \" 1e400","c\\":3e5}}"#);
        assert_eq!(readable(&text), expected);
        assert_eq!(readable("1e400"), "\"1e400\"");
    }

    proptest! {
        #[test]
        fn what_can_be_read_is_left_alone(text: String, number: f64, whole: i64) {
            let json = serde_json::json!({ text.clone(): [number, whole, text] }).to_string();
            prop_assert_eq!(readable(&json), json.as_str());
        }
    }
}
