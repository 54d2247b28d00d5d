//! The `subset` facet (1-0-0): which part of a dataset a run read or wrote, as one condition to read.

use crate::json::Json;

/// Conditions within conditions; deeper ones are not read.
const DEPTH: usize = 32;
/// Locations and partitions that a condition spells out; the others are counted.
const SPELLED: usize = 20;

/// The condition in words, or nothing when the facet has none that can be read.
pub fn subset(facet: &Json<'_>) -> Option<String> {
    let condition = facet.get("inputCondition").or_else(|| facet.get("outputCondition"))?;
    said(condition, 0)
}

fn said(condition: &Json<'_>, depth: usize) -> Option<String> {
    if depth > DEPTH {
        return Some("…".into());
    }
    if let Some(locations) = condition.get("locations").and_then(Json::as_array) {
        return Some(format!("location in ({})", list(locations.iter().filter_map(Json::as_str).map(str::to_owned).collect())));
    }
    if condition.get("partitions").is_some() {
        let partitions = condition.objects("partitions").map(partition).collect();
        return Some(list_with(partitions, " or "));
    }
    if let Some(name) = condition.text("field") {
        return Some(name);
    }
    if let Some(value) = condition.get("value").filter(|value| **value != Json::Null) {
        return Some(value.as_str().map_or_else(|| String::from_utf8_lossy(&value.canonical()).into_owned(), |text| format!("'{text}'")));
    }
    let side = |key: &str| said(condition.get(key)?, depth + 1);
    let (left, right) = (side("left")?, side("right")?);
    if let Some(operator) = condition.text("operator") {
        return Some(format!("({left} {} {right})", operator.to_lowercase()));
    }
    Some(format!("{left} {} {right}", comparison(&condition.text("comparison")?)))
}

fn partition(partition: &Json<'_>) -> String {
    let dimensions = partition.get("dimensions").and_then(Json::as_object).unwrap_or_default();
    let pair = |(key, value): &(std::borrow::Cow<'_, str>, Json<'_>)| {
        format!("{key} = {}", value.as_str().map_or_else(|| String::from_utf8_lossy(&value.canonical()).into_owned(), str::to_owned))
    };
    let pairs: Vec<String> = dimensions.iter().map(pair).collect();
    match (pairs.is_empty(), partition.text("identifier")) {
        (false, _) => pairs.join(" and "),
        (true, identifier) => identifier.unwrap_or_default(),
    }
}

fn comparison(name: &str) -> String {
    match name.to_ascii_uppercase().as_str() {
        "EQUAL" => "=".into(),
        "NOT_EQUAL" => "≠".into(),
        "GREATER_THAN" => ">".into(),
        "GREATER_EQUAL_THAN" | "GREATER_EQUAL" => "≥".into(),
        "LESS_THAN" => "<".into(),
        "LESS_EQUAL_THAN" | "LESS_EQUAL" => "≤".into(),
        _ => name.to_lowercase(),
    }
}

fn list(items: Vec<String>) -> String {
    list_with(items, ", ")
}

fn list_with(mut items: Vec<String>, between: &str) -> String {
    let more = items.len().saturating_sub(SPELLED);
    items.truncate(SPELLED);
    let mut text = items.join(between);
    if more > 0 {
        text += &format!("{between}{more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        subset(&Json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_condition_reads_as_a_sentence() {
        let compared = |left: &str, how: &str, value: &str| {
            format!(
                r#"{{"type":"compare","left":{{"type":"field","field":"{left}"}},"right":{{"type":"literal","value":"{value}"}},"comparison":"{how}"}}"#
            )
        };
        let both = format!(
            r#"{{"inputCondition":{{"type":"binary","left":{},"right":{},"operator":"AND"}}}}"#,
            compared("day", "GREATER_EQUAL_THAN", "2026-01-01"),
            compared("region", "EQUAL", "eu")
        );
        assert_eq!(read(&both).unwrap(), "(day ≥ '2026-01-01' and region = 'eu')");
        assert_eq!(
            read(r#"{"outputCondition":{"type":"partition","partitions":[{"dimensions":{"day":"1","hour":3}},{"identifier":"p2"}]}}"#)
                .unwrap(),
            "day = 1 and hour = 3 or p2"
        );
        assert_eq!(read(r#"{"inputCondition":{"type":"location","locations":["a","b"]}}"#).unwrap(), "location in (a, b)");
        assert_eq!(read(r#"{"inputCondition":{"type":"binary","left":7}}"#), None);
        let deep = format!("{}{}{}", r#"{"inputCondition":"#, r#"{"operator":"OR","right":{"field":"x"},"left":"#.repeat(60), "1")
            + &"}".repeat(61);
        assert!(read(&deep).is_none_or(|text| text.contains('…')));
    }
}
