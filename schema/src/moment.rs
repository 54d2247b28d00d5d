//! Event times: microseconds since the Unix epoch, read leniently because emitters write them in
//! many ways (no zone, `+0000`, a space for `T`, comma decimals, nanoseconds), printed as RFC 3339.

use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Date, Month, OffsetDateTime};

/// A moment in UTC, in microseconds since 1970. Nanoseconds are cut: two events that differ only
/// there tie, and ties are broken by content hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads RFC 3339 and its usual deviations; a time without a zone is UTC (openlineage 1.3).
    pub fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor { rest: text.trim().as_bytes() };
        let year = cursor.number(4)?;
        cursor.expect(b"-")?;
        let month = cursor.number(2)?;
        cursor.expect(b"-")?;
        let day = cursor.number(2)?;
        let date = Date::from_calendar_date(year as i32, Month::try_from(month as u8).ok()?, day as u8).ok()?;
        let mut seconds = i64::from(date.to_julian_day() - UNIX_JULIAN_DAY) * 86_400;
        let mut micros = 0;
        if cursor.rest.is_empty() {
            return Some(Self(seconds * 1_000_000));
        }
        cursor.expect(b"Tt ")?;
        let (hour, minute, second) = cursor.clock()?;
        seconds += hour * 3600 + minute * 60 + second;
        if cursor.expect(b".,").is_some() {
            micros = cursor.fraction()?;
        }
        seconds -= cursor.offset()?;
        // A zone may push a time out of the calendar; nothing could print it.
        let within = (YEAR_ZERO..YEAR_TEN_THOUSAND).contains(&seconds);
        (cursor.rest.is_empty() && within).then_some(Self(seconds * 1_000_000 + micros))
    }

    /// True when a text that `parse` takes says its zone.
    pub fn has_zone(text: &str) -> bool {
        let clock = text.trim().get(10..).unwrap_or_default();
        clock.contains(['Z', 'z', '+', '-'])
    }

    /// Milliseconds from `earlier` to `self`, never negative.
    pub fn millis_since(self, earlier: Self) -> i64 {
        ((self.0 - earlier.0) / 1000).max(0)
    }
}

const UNIX_JULIAN_DAY: i32 = 2_440_588;
/// Seconds from 1970 to the first moment of the year 0 and of the year 10000.
const YEAR_ZERO: i64 = -62_167_219_200;
const YEAR_TEN_THOUSAND: i64 = 253_402_300_800;

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(t) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000) else {
            return write!(f, "{}us", self.0);
        };
        write!(f, "{:04}-{:02}-{:02}T", t.year(), u8::from(t.month()), t.day())?;
        write!(f, "{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())?;
        match t.microsecond() {
            0 => f.write_str("Z"),
            us if us % 1000 == 0 => write!(f, ".{:03}Z", us / 1000),
            us => write!(f, ".{us:06}Z"),
        }
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, tail) = self.rest.split_at_checked(digits)?;
        self.rest = tail;
        head.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
    }

    fn expect(&mut self, any_of: &[u8]) -> Option<u8> {
        let (&first, tail) = self.rest.split_first()?;
        any_of.contains(&first).then(|| {
            self.rest = tail;
            first
        })
    }

    /// Hours, minutes and, when given, seconds; a leap second counts as the next one.
    fn clock(&mut self) -> Option<(i64, i64, i64)> {
        let hour = self.number(2)?;
        self.expect(b":")?;
        let minute = self.number(2)?;
        let second = if self.expect(b":").is_some() { self.number(2)? } else { 0 };
        (hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second))
    }

    fn fraction(&mut self) -> Option<i64> {
        let digits = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let micros = (0..6).fold(0, |n, i| n * 10 + if i < digits { i64::from(self.rest[i] - b'0') } else { 0 });
        self.rest = &self.rest[digits..];
        (digits > 0).then_some(micros)
    }

    /// Seconds east of UTC; nothing at all means UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.expect(b"Zz").is_some() {
            return Some(0);
        }
        let sign = if self.expect(b"+-")? == b'+' { 1 } else { -1 };
        let hours = self.number(2)?;
        self.expect(b":");
        let minutes = if self.rest.is_empty() { 0 } else { self.number(2)? };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_emitters_write() {
        let cases = [
            ("2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z"),
            ("2026-11-20T03:00:00.000123+00:00", "2026-11-20T03:00:00.000123Z"),
            ("2026-11-20T03:00:00.123456789Z", "2026-11-20T03:00:00.123456Z"),
            ("2026-11-19T21:30:00-05:30", "2026-11-20T03:00:00Z"),
            ("2021-11-03T10:53:52.427343", "2021-11-03T10:53:52.427343Z"),
            ("2021-11-03 10:53:52,5+0000", "2021-11-03T10:53:52.500Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(Moment::parse(text).map(|m| m.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-02-30",
            "2026-01-01T25:00:00Z",
            "2026-01-01T00:00:00Zjunk",
            "20260101",
            "9999-12-31T23:59:59-12:00",
            "2026-01-01T00:00:00+99:99",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
