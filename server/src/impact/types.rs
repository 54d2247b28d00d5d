//! Types of columns, as SQL dialects and file formats spell them, compared: does the new one hold every
//! value of the old one? A small table of families; what is not in it is not judged.

use super::Kind;
use serde::{Deserialize, Serialize};

/// How a new type relates to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TypeChange {
    /// Another spelling at most.
    Same,
    /// Holds every value of the old one.
    Widening,
    /// Does not.
    Narrowing,
    /// Values of another kind: text for numbers, a date for text.
    Conversion,
    /// One of them is not known here.
    Unknown,
}

impl From<TypeChange> for Kind {
    fn from(change: TypeChange) -> Self {
        match change {
            TypeChange::Same => Self::Same,
            TypeChange::Widening => Self::Widened,
            TypeChange::Narrowing | TypeChange::Conversion => Self::Narrowed,
            TypeChange::Unknown => Self::Retyped,
        }
    }
}

/// What values a type holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Boolean,
    /// Bits of a whole number, and whether it has a sign.
    Integer(u32, bool),
    /// Bits of a binary fraction.
    Float(u32),
    /// Digits before and after the point; `None` where the dialect decides.
    Decimal(Option<(u32, u32)>),
    /// Longest text; `None` is any.
    Text(Option<u32>),
    /// Longest run of bytes; `None` is any.
    Bytes(Option<u32>),
    Date,
    Time,
    /// Whether it knows its zone.
    Timestamp(bool),
    Uuid,
    Json,
}

/// Compares two types by their names, without regard to case and spaces.
pub fn compare(old: &str, new: &str) -> TypeChange {
    let (old, new) = (normal(old), normal(new));
    if old == new {
        return TypeChange::Same;
    }
    match (family(&old), family(&new)) {
        (Some(old), Some(new)) => relate(old, new),
        _ => TypeChange::Unknown,
    }
}

fn relate(old: Family, new: Family) -> TypeChange {
    use Family::{Bytes, Date, Decimal, Float, Integer, Text, Timestamp};
    let wider = |holds: bool| if holds { TypeChange::Widening } else { TypeChange::Narrowing };
    let longest = |old: Option<u32>, new: Option<u32>| new.is_none_or(|new| old.is_some_and(|old| old <= new));
    match (old, new) {
        (old, new) if old == new => match old {
            // The dialect decides how many digits: one spelling of it may be another type than the other.
            Decimal(None) => TypeChange::Unknown,
            _ => TypeChange::Same,
        },
        (Integer(a, signed), Integer(b, sign)) if signed == sign => wider(a <= b),
        (Integer(a, false), Integer(b, true)) => wider(a < b),
        (Integer(..), Integer(..)) => TypeChange::Narrowing,
        (Float(a), Float(b)) => wider(a <= b),
        (Text(a), Text(b)) | (Bytes(a), Bytes(b)) => wider(longest(a, b)),
        (Decimal(Some((a, after))), Decimal(Some((b, digits)))) => wider(a <= b && after <= digits),
        (Integer(bits, _), Decimal(Some((before, _)))) => wider(digits_of(bits) <= before),
        // A binary fraction holds whole numbers up to its mantissa.
        (Integer(bits, _), Float(float)) => wider(bits <= if float >= 64 { 32 } else { 16 }),
        (Integer(..), Decimal(None)) | (Decimal(None), Decimal(_)) | (Decimal(_), Decimal(None)) => TypeChange::Unknown,
        (Decimal(_) | Float(_), Integer(..)) | (Float(_), Decimal(_)) | (Decimal(_), Float(_)) => TypeChange::Narrowing,
        (Date, Timestamp(_)) => TypeChange::Widening,
        (Timestamp(_), Date) => TypeChange::Narrowing,
        _ => TypeChange::Conversion,
    }
}

/// Decimal digits of the largest whole number of so many bits.
fn digits_of(bits: u32) -> u32 {
    match bits {
        0..=8 => 3,
        9..=16 => 5,
        17..=24 => 8,
        25..=32 => 10,
        33..=64 => 20,
        65..=128 => 39,
        _ => 78,
    }
}

/// Lower case, single spaces, none around brackets and commas.
fn normal(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut text = words.join(" ").to_lowercase();
    for mark in ["(", ")", ",", "<", ">"] {
        text = text.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    text
}

fn family(name: &str) -> Option<Family> {
    use Family::{Boolean, Bytes, Date, Decimal, Float, Integer, Json, Text, Time, Timestamp, Uuid};
    let (base, sizes) = split(name)?;
    let size = sizes.first().copied();
    if base.starts_with("time") && size.is_some() {
        // Digits of a second: not judged.
        return None;
    }
    let unsigned = base.ends_with(" unsigned") || base.starts_with('u');
    Some(match base.trim_end_matches(" unsigned") {
        "boolean" | "bool" | "bit" if size.is_none_or(|bits| bits == 1) => Boolean,
        "tinyint" | "byte" | "int8_t" | "utinyint" | "uint8" => Integer(8, !unsigned),
        "smallint" | "int2" | "short" | "int16" | "usmallint" | "uint16" | "smallserial" => Integer(16, !unsigned),
        "mediumint" => Integer(24, !unsigned),
        "int" | "integer" | "int4" | "int32" | "uinteger" | "uint32" | "serial" => Integer(32, !unsigned),
        // `int8` has 8 bits in one dialect and 64 in another.
        "bigint" | "long" | "int64" | "ubigint" | "uint64" | "bigserial" => Integer(64, !unsigned),
        "hugeint" | "int128" => Integer(128, true),
        "float4" | "real" | "float32" => Float(32),
        // `float` is 32 bits here and 64 there: only its own spelling equals it.
        "double" | "double precision" | "float8" | "float64" => Float(64),
        "decimal" | "numeric" | "number" | "dec" | "bignumeric" => match sizes[..] {
            [] => Decimal(None),
            [precision] => Decimal(Some((precision, 0))),
            [precision, scale, ..] => Decimal(Some((precision.saturating_sub(scale), scale))),
        },
        "varchar" | "character varying" | "nvarchar" | "varchar2" | "nvarchar2" => Text(size),
        "char" | "character" | "nchar" | "bpchar" => Text(Some(size.unwrap_or(1))),
        "text" | "string" | "clob" | "longtext" | "utf8" | "large_string" => Text(None),
        "binary" | "varbinary" => Bytes(size),
        "bytes" | "bytea" | "blob" => Bytes(None),
        "date" | "date32" => Date,
        "time" | "time without time zone" => Time,
        "timestamp" | "timestamp without time zone" | "timestamp_ntz" | "timestampntz" | "datetime" | "datetime2" => Timestamp(false),
        "timestamptz" | "timestamp with time zone" | "timestamp_tz" | "timestamp_ltz" | "datetimeoffset" => Timestamp(true),
        "uuid" | "uniqueidentifier" => Uuid,
        "json" | "jsonb" => Json,
        _ => return None,
    })
}

/// `numeric(10,2)` is `numeric` and its numbers; `varchar(max)` has none. Nested types are not split.
fn split(name: &str) -> Option<(String, Vec<u32>)> {
    let Some((base, rest)) = name.split_once('(') else {
        return (!name.contains('<')).then(|| (name.to_owned(), Vec::new()));
    };
    let (inside, after) = rest.split_once(')')?;
    let sizes: Option<Vec<u32>> = inside.split(',').filter(|part| *part != "max").map(|part| part.trim().parse().ok()).collect();
    Some((format!("{base} {after}").trim().to_owned(), sizes?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_related() {
        let cases = [
            ("VARCHAR", "varchar", TypeChange::Same),
            ("decimal(10, 2)", "NUMERIC(10,2)", TypeChange::Same),
            ("int", "BIGINT", TypeChange::Widening),
            ("bigint", "integer", TypeChange::Narrowing),
            ("int unsigned", "int", TypeChange::Narrowing),
            ("int unsigned", "bigint", TypeChange::Widening),
            ("varchar(10)", "varchar(20)", TypeChange::Widening),
            ("varchar(20)", "varchar(10)", TypeChange::Narrowing),
            ("varchar(20)", "text", TypeChange::Widening),
            ("text", "varchar(20)", TypeChange::Narrowing),
            ("varchar(max)", "text", TypeChange::Same),
            ("decimal(10,2)", "decimal(12,2)", TypeChange::Widening),
            ("decimal(10,2)", "decimal(12,4)", TypeChange::Widening),
            ("decimal(10,2)", "decimal(10,4)", TypeChange::Narrowing),
            ("int", "decimal(10,0)", TypeChange::Widening),
            ("bigint", "decimal(10,0)", TypeChange::Narrowing),
            ("int", "double", TypeChange::Widening),
            ("bigint", "double", TypeChange::Narrowing),
            ("double", "real", TypeChange::Narrowing),
            ("decimal(38,9)", "double", TypeChange::Narrowing),
            ("date", "timestamp", TypeChange::Widening),
            ("timestamp", "date", TypeChange::Narrowing),
            ("timestamp", "timestamptz", TypeChange::Conversion),
            ("int", "varchar(20)", TypeChange::Conversion),
            ("text", "uuid", TypeChange::Conversion),
            ("decimal", "number", TypeChange::Unknown),
            ("float", "double", TypeChange::Unknown),
            ("struct<a:int>", "struct<a:int,b:int>", TypeChange::Unknown),
            ("STRUCT< a : int >", "struct<a : int>", TypeChange::Same),
            ("geometry", "geography", TypeChange::Unknown),
            ("time zone", "int(", TypeChange::Unknown),
            ("timestamp(6)", "timestamp(3)", TypeChange::Unknown),
            ("int8", "bigint", TypeChange::Unknown),
        ];
        for (old, new, expected) in cases {
            assert_eq!(compare(old, new), expected, "{old} to {new}");
        }
    }
}
