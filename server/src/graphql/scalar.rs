//! Scalars: moments, 64-bit integers, facets.

use super::numbers::readable;
use async_graphql::{InputValueError, InputValueResult, Name, Number, Scalar, ScalarType, Value};
use async_graphql_value::RAW_VALUE_TOKEN;
use schema::moment::Moment;

/// A moment in UTC, RFC 3339 with up to microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub Moment);

impl From<i64> for DateTime {
    fn from(micros: i64) -> Self {
        Self(Moment(micros))
    }
}

#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Moment::parse(text).map(Self).ok_or_else(|| InputValueError::custom("not an RFC 3339 date and time")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A 64-bit integer, written as a JSON number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Long(pub i64);

impl From<u64> for Long {
    fn from(value: u64) -> Self {
        Self(value as i64)
    }
}

#[Scalar]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or_else(|| InputValueError::custom("not a 64-bit integer")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// Any JSON as it was sent, digit by digit, and never as a tree: a body of many small values takes ten times its length as
/// one. Numbers beyond a double are text.
pub struct AnyJson(String);

/// A scalar that can represent any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for AnyJson {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.to_string()))
    }

    fn to_value(&self) -> Value {
        Value::Object([(Name::new(RAW_VALUE_TOKEN), Value::String(self.0.clone()))].into_iter().collect())
    }
}

impl AnyJson {
    /// How many bytes it adds to an answer.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Canonical bytes as JSON for an answer.
pub fn json(bytes: &[u8]) -> AnyJson {
    AnyJson(std::str::from_utf8(bytes).map_or_else(|_| "null".into(), |text| readable(text).into_owned()))
}

/// An object of canonical bodies.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> AnyJson {
    let mut text = String::from("{");
    for (key, body) in members {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&serde_json::Value::from(key.as_str()).to_string());
        text.push(':');
        text.push_str(&readable(std::str::from_utf8(body).unwrap_or("null")));
    }
    text.push('}');
    AnyJson(text)
}

/// A count for an answer. One run may have billions of edges, so it is a `Long`.
pub fn count(value: impl TryInto<i64>) -> Long {
    Long(value.try_into().unwrap_or(i64::MAX))
}

/// A distance, a depth or a place in a list, which GraphQL's Int holds.
pub fn small(value: impl TryInto<i32>) -> i32 {
    value.try_into().unwrap_or(i32::MAX)
}
