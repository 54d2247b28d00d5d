//! Words that look like columns and are parts of a date: `datediff(day, a, b)`, `date_trunc(x, month)`.

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Value};

/// Functions that take a part, and with how many arguments at least.
const TAKE_A_PART: [(&str, usize); 24] = [
    ("dateadd", 3),
    ("date_add", 3),
    ("timestampadd", 3),
    ("datetime_add", 3),
    ("timestamp_add", 3),
    ("datediff", 3),
    ("datediff_big", 3),
    ("date_diff", 3),
    ("timestampdiff", 3),
    ("timestamp_diff", 3),
    ("datetime_diff", 3),
    ("time_diff", 3),
    ("datepart", 2),
    ("date_part", 2),
    ("datename", 2),
    ("date_bucket", 3),
    ("date_trunc", 2),
    ("datetrunc", 2),
    ("datetime_trunc", 2),
    ("timestamp_trunc", 2),
    ("time_trunc", 2),
    ("last_day", 2),
    ("trunc", 2),
    ("generate_date_array", 4),
];

const PARTS: [&str; 63] = [
    "year",
    "years",
    "yyyy",
    "yy",
    "y",
    "isoyear",
    "quarter",
    "quarters",
    "qq",
    "q",
    "month",
    "months",
    "mm",
    "mon",
    "mons",
    "m",
    "week",
    "weeks",
    "isoweek",
    "wk",
    "ww",
    "w",
    "day",
    "days",
    "dd",
    "d",
    "dayofweek",
    "dow",
    "weekday",
    "dw",
    "dayofweekiso",
    "isodow",
    "dayofyear",
    "doy",
    "dy",
    "hour",
    "hours",
    "hh",
    "h",
    "minute",
    "minutes",
    "mi",
    "min",
    "n",
    "second",
    "seconds",
    "ss",
    "s",
    "sec",
    "millisecond",
    "milliseconds",
    "ms",
    "microsecond",
    "microseconds",
    "us",
    "nanosecond",
    "nanoseconds",
    "ns",
    "epoch",
    "decade",
    "century",
    "millennium",
    "date",
];

/// What the arguments of a function are.
pub(super) enum Part {
    /// All values.
    None,
    /// The one at this place is a word.
    At(usize),
    /// One of two, and it cannot be told which.
    Unclear,
}

/// Which argument of a function is the part of a date.
pub(super) fn part(function: &str, args: &[FunctionArg]) -> Part {
    let takes = TAKE_A_PART.iter().any(|(name, least)| name.eq_ignore_ascii_case(function) && args.len() >= *least);
    if !takes {
        return Part::None;
    }
    let last = args.len() - 1;
    if said(&args[0]) || said(&args[last]) {
        return Part::None;
    }
    match (word(&args[0]), word(&args[last])) {
        (true, true) => Part::Unclear,
        (true, false) => Part::At(0),
        (false, true) => Part::At(last),
        (false, false) => Part::None,
    }
}

fn expr(arg: &FunctionArg) -> Option<&Expr> {
    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg { Some(expr) } else { None }
}

/// The part is given as text, so that no word is one.
fn said(arg: &FunctionArg) -> bool {
    let Some(Expr::Value(literal)) = expr(arg) else { return false };
    matches!(&literal.value, Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) if is_part(text) || text.len() <= 4)
}

fn word(arg: &FunctionArg) -> bool {
    match expr(arg) {
        Some(Expr::Identifier(ident)) => ident.quote_style.is_none() && is_part(&ident.value),
        // BigQuery: `date_trunc(d, week(monday))`.
        Some(Expr::Function(f)) => f.name.to_string().eq_ignore_ascii_case("week") && matches!(f.args, FunctionArguments::List(_)),
        _ => false,
    }
}

fn is_part(text: &str) -> bool {
    PARTS.iter().any(|part| part.eq_ignore_ascii_case(text)) || text.to_ascii_lowercase().starts_with("sql_tsi_")
}
