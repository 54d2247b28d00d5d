//! Time as microseconds since 1970, and chance without a clock: both depend only on what they are given.

use time::OffsetDateTime;

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// RFC 3339, UTC, with microseconds.
pub(super) fn text(micros: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, micro) = at.to_hms_micro();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z", u8::from(month))
}

/// Pseudo-random numbers: a SplitMix64 started from a name and a number, so that what happens to one run does
/// not depend on how many others were made before it.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(name: &str, number: i64) -> Self {
        // FNV-1a, because the standard library does not promise that its hash stays the same.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash ^ number.cast_unsigned())
    }

    /// A number from zero to `limit` - 1.
    pub(super) fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 1).cast_signed() % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_with_microseconds() {
        assert_eq!(text(1_700_000_000_000_042), "2023-11-14T22:13:20.000042Z");
    }

    #[test]
    fn dice_are_fair_enough_and_the_same_each_time() {
        let mut dice = Dice::new("orders", 7);
        let rolls: Vec<i64> = (0..6000).map(|_| dice.below(6)).collect();
        assert!((0..6).all(|side| (900..1100).contains(&rolls.iter().filter(|&&roll| roll == side).count())));
        assert_eq!(Dice::new("orders", 7).below(6), rolls[0]);
    }
}
