//! Bytes of a string that end nothing and escape nothing, looked at eight at a time: most of an event is such bytes.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Which of eight bytes is a quote, a backslash or a control character: the high bit of the first one is set, of later ones
/// perhaps.
fn marks(eight: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(eight);
    // A borrow goes upwards from a byte that is marked, so the lowest mark is right.
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    is_zero(word ^ (ONES * u64::from(b'"'))) | is_zero(word ^ (ONES * u64::from(b'\\'))) | control
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// How many bytes come before the first that is a quote, a backslash or a control character.
pub(super) fn length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        match marks(*eight) {
            0 => at += 8,
            marks => return at + (marks.trailing_zeros() / 8) as usize,
        }
    }
    at + bytes[at..].iter().take_while(|byte| !is_mark(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stops_where_a_look_at_each_byte_stops(bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x1e..0x24_u8, 0x5a..0x5e_u8, Just(b'a')], 0..40)) {
            prop_assert_eq!(length(&bytes), bytes.iter().take_while(|byte| !is_mark(**byte)).count());
        }
    }
}
