//! Does an event keep to the specification? Nothing is refused for it (openlineage 1.3: strict
//! validation is a report, not a gate). The projector asks this for every event, so the places are
//! only written out for who wants them.

use super::members::{self, Container, Shape};
use super::{Event, Facets, Finding, FindingCode, FindingCodes};
use crate::json::Json;
use crate::moment::Moment;
use crate::redact;
use std::borrow::Cow;
use std::fmt::Arguments;

/// An event from the future: clocks of sound machines differ by seconds, so minutes are a fault.
pub const AHEAD_MICROS: i64 = 5 * 60 * 1_000_000;
/// An event from the past: emitters retry and queue for minutes or hours, so a day is worth a word.
pub const BEHIND_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Every finding of an event that the log took at `received_at` (microseconds since 1970), with its place.
pub fn findings(json: &Json<'_>, event: &Event<'_>, received_at: i64) -> Vec<Finding> {
    let mut all = event.findings.clone();
    check(json, event, received_at, &mut |code, pointer| all.push(Finding { code, pointer: pointer.to_string() }));
    all
}

/// Only which codes there are: what the catalog counts. Cheap, since no place is written out.
pub fn codes(json: &Json<'_>, event: &Event<'_>, received_at: i64) -> FindingCodes {
    let mut all = FindingCodes::default();
    event.findings.iter().for_each(|finding| all.insert(finding.code));
    check(json, event, received_at, &mut |code, _| all.insert(code));
    all
}

/// The list or object in a facet that cannot be read because something else stands there.
pub fn unreadable(key: &str, facet: &Json<'_>) -> Option<&'static str> {
    let lists = members::known(key)?.members.iter().filter(|member| matches!(member.shape, Shape::List | Shape::Object));
    lists.filter(|member| facet.get(member.name).is_some_and(|value| !member.shape.fits(value))).map(|member| member.name).next()
}

fn check(json: &Json<'_>, event: &Event<'_>, received_at: i64, report: &mut impl FnMut(FindingCode, Arguments<'_>)) {
    check_head(json, event, received_at, report);
    for place in json.get(redact::MEMBER).and_then(Json::as_array).unwrap_or_default() {
        report(FindingCode::Credential, format_args!("{}", place.as_str().unwrap_or_default()));
    }
    if let Some(run) = &event.run {
        check_facets(run.facets, Container::Run, format_args!("/run/facets"), report);
        check_parent(event, report);
    }
    if let Some(job) = &event.job {
        check_facets(job.facets, Container::Job, format_args!("/job/facets"), report);
    }
    if let Some(dataset) = &event.dataset {
        check_facets(dataset.facets, Container::Dataset, format_args!("/dataset/facets"), report);
    }
    for (list, container, run_facets) in [("inputs", Container::Input, "inputFacets"), ("outputs", Container::Output, "outputFacets")] {
        for (i, dataset) in json.get(list).and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
            let facets = |key| dataset.get(key).and_then(Json::as_object).unwrap_or_default();
            check_facets(facets("facets"), Container::Dataset, format_args!("/{list}/{i}/facets"), report);
            check_facets(facets(run_facets), container, format_args!("/{list}/{i}/{run_facets}"), report);
            if event.run.is_some() && facets("facets").iter().any(|(key, facet)| key == "lineage" && *facet != Json::Null) {
                report(FindingCode::LineageOnRunDataset, format_args!("/{list}/{i}/facets/lineage"));
            }
        }
    }
}

fn check_head(json: &Json<'_>, event: &Event<'_>, received_at: i64, report: &mut impl FnMut(FindingCode, Arguments<'_>)) {
    if json.get("eventTime").and_then(Json::as_str).is_some_and(|text| !Moment::has_zone(text)) {
        report(FindingCode::TimeWithoutZone, format_args!("/eventTime"));
    }
    if event.time.0.saturating_sub(received_at) > AHEAD_MICROS {
        report(FindingCode::TimeAhead, format_args!("/eventTime"));
    } else if received_at.saturating_sub(event.time.0) > BEHIND_MICROS {
        report(FindingCode::TimeBehind, format_args!("/eventTime"));
    }
    if let Some(kind) = json.get("eventType")
        && event.run.is_some()
        && !kind.as_str().is_some_and(is_event_type)
    {
        report(FindingCode::UnknownEventType, format_args!("/eventType"));
    }
    let fragment = json.get("schemaURL").and_then(Json::as_str).and_then(|url| url.rsplit_once('/')).map(|(_, name)| name);
    let kinds = [
        ("RunEvent", event.run.is_some()),
        ("JobEvent", event.run.is_none() && event.job.is_some()),
        ("DatasetEvent", event.dataset.is_some()),
    ];
    if kinds.iter().any(|(name, is)| fragment == Some(name) && !is) {
        report(FindingCode::SchemaUrlDisagrees, format_args!("/schemaURL"));
    }
}

/// Any letter case, as the Java client reads it.
fn is_event_type(text: &str) -> bool {
    ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"].iter().any(|known| text.eq_ignore_ascii_case(known))
}

fn check_parent(event: &Event<'_>, report: &mut impl FnMut(FindingCode, Arguments<'_>)) {
    let (Some(run), Some(job)) = (&event.run, &event.job) else { return };
    let Some((key, facet)) = run.facets.iter().find(|(key, _)| key == "parent" || key == "parentRun") else { return };
    let is = |object: &str, member: &str, text: &str| facet.get(object).and_then(|json| json.get(member)?.as_str()) == Some(text);
    if is("run", "runId", run.id) && is("job", "namespace", job.namespace) && is("job", "name", job.name) {
        report(FindingCode::SelfParent, format_args!("/run/facets/{key}"));
    }
}

fn check_facets(facets: Facets<'_>, container: Container, at: Arguments<'_>, report: &mut impl FnMut(FindingCode, Arguments<'_>)) {
    // A null facet says nothing.
    for (key, facet) in facets.iter().filter(|(_, facet)| *facet != Json::Null) {
        let Some(members) = facet.as_object() else {
            report(FindingCode::FacetNotObject, format_args!("{at}/{key}"));
            continue;
        };
        let known = members::known(key);
        if known.is_some_and(|known| !known.places.contains(&container)) {
            report(FindingCode::FacetElsewhere, format_args!("{at}/{key}"));
        }
        let said = Said::of(members);
        // A removal needs no more than its flag.
        if said.deleted {
            continue;
        }
        if !said.producer {
            report(FindingCode::FacetWithoutProducer, format_args!("{at}/{key}"));
        }
        if !said.schema_url {
            report(FindingCode::FacetWithoutSchemaUrl, format_args!("{at}/{key}"));
        }
        for member in known.map_or(&[][..], |known| known.members) {
            match facet.get(member.name) {
                None if member.required => report(FindingCode::FacetIncomplete, format_args!("{at}/{key}/{}", member.name)),
                None => {}
                Some(value) if !member.shape.fits(value) => {
                    report(FindingCode::FacetUnreadable, format_args!("{at}/{key}/{}", member.name));
                }
                Some(value) => check_value(member.shape, value, format_args!("{at}/{key}/{}", member.name), report),
            }
        }
    }
}

/// What a facet says about itself, in one pass: this is asked for every facet that is projected.
#[derive(Default)]
struct Said {
    producer: bool,
    schema_url: bool,
    deleted: bool,
}

impl Said {
    fn of(members: &[(Cow<'_, str>, Json<'_>)]) -> Self {
        let mut said = Self::default();
        for (key, value) in members.iter().filter(|(key, value)| key.starts_with('_') && *value != Json::Null) {
            match key.as_ref() {
                "_producer" => said.producer = true,
                "_schemaURL" => said.schema_url = true,
                "_deleted" => said.deleted = matches!(value, Json::Bool(true)) || value.as_str() == Some("true"),
                _ => {}
            }
        }
        said
    }
}

fn check_value(shape: Shape, value: &Json<'_>, at: Arguments<'_>, report: &mut impl FnMut(FindingCode, Arguments<'_>)) {
    if let (Shape::OneOf(values), Json::String(text)) = (shape, value)
        && !values.contains(&text.as_ref())
    {
        report(FindingCode::InvalidValue, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_225_600_000_000;

    fn found(text: &str) -> Vec<String> {
        let json = Json::parse(text.as_bytes()).unwrap();
        let event = Event::read(&json).unwrap();
        let all = findings(&json, &event, NOW);
        let mut expected = FindingCodes::default();
        all.iter().for_each(|finding| expected.insert(finding.code));
        assert_eq!(codes(&json, &event, NOW), expected);
        all.iter().map(|finding| format!("{} {}", finding.code.name(), finding.pointer)).collect()
    }

    fn run(time: &str, rest: &str) -> String {
        format!(
            r#"{{"eventTime":"{time}","eventType":"START","producer":"p","schemaURL":"s/RunEvent",
               "run":{{"runId":"0190f3a8-0000-7000-8000-000000000001","facets":{{}}}},"job":{{"namespace":"n","name":"j"}}{rest}}}"#
        )
    }

    #[test]
    fn a_sound_event_has_none() {
        let facet = r#""_producer":"p","_schemaURL":"s""#;
        let io = format!(
            r#","inputs":[{{"namespace":"n","name":"d","facets":{{"schema":{{{facet},"fields":[]}},"custom":{{{facet}}}}},"inputFacets":{{"inputStatistics":{{{facet},"rowCount":1}}}}}}]"#
        );
        assert_eq!(found(&run("2026-01-01T00:00:00Z", &io)), [""; 0]);
        assert_eq!(found(&run("2026-01-01T00:04:59+00:00", "")), [""; 0]);
        assert_eq!(found(&run("2025-12-31T00:00:01Z", "")), [""; 0]);
    }

    #[test]
    fn clocks_zones_and_kinds() {
        assert_eq!(found(&run("2026-01-01T00:05:01Z", "")), ["EVENT_TIME_AHEAD /eventTime"]);
        assert_eq!(found(&run("2025-12-30T23:59:59Z", "")), ["EVENT_TIME_BEHIND /eventTime"]);
        assert_eq!(found(&run("2026-01-01T00:00:00", "")), ["EVENT_TIME_WITHOUT_ZONE /eventTime"]);
        assert_eq!(found(&run("2026-01-01T00:00:00Z", "").replace("START", "LATER")), ["UNKNOWN_EVENT_TYPE /eventType"]);
        assert_eq!(
            found(&run("2026-01-01T00:00:00Z", "").replace("s/RunEvent", "s#/definitions/JobEvent")),
            ["SCHEMA_URL_DISAGREES /schemaURL"]
        );
    }

    #[test]
    fn facets_one_by_one() {
        let io = r#","outputs":[{"name":"nameless"},{"namespace":"n","name":"d","facets":{"schema":{"_producer":"p","_schemaURL":"s","fields":"broken"},
            "sql":{"query":"q"},"symlinks":7,"columnLineage":{"_producer":"p","_schemaURL":"s"},"tags":null,"storage":{"_deleted":true},"lineage":{"_producer":"p","_schemaURL":"s"},
            "lifecycleStateChange":{"_producer":"p","_schemaURL":"s","lifecycleStateChange":"VANISH"}}}]"#;
        let expected = [
            "DATASET_WITHOUT_NAME /outputs/0/namespace",
            "FACET_INCOMPLETE /outputs/1/facets/columnLineage/fields",
            "INVALID_VALUE /outputs/1/facets/lifecycleStateChange/lifecycleStateChange",
            "FACET_UNREADABLE /outputs/1/facets/schema/fields",
            "FACET_IN_WRONG_PLACE /outputs/1/facets/sql",
            "FACET_WITHOUT_PRODUCER /outputs/1/facets/sql",
            "FACET_WITHOUT_SCHEMA_URL /outputs/1/facets/sql",
            "FACET_NOT_OBJECT /outputs/1/facets/symlinks",
            "LINEAGE_FACET_ON_RUN_DATASET /outputs/1/facets/lineage",
        ];
        assert_eq!(found(&run("2026-01-01T00:00:00Z", io)), expected);
    }

    #[test]
    fn a_run_is_not_its_own_parent() {
        let parent = r#""facets":{"parent":{"_producer":"p","_schemaURL":"s","run":{"runId":"0190f3a8-0000-7000-8000-000000000001"},"job":{"namespace":"n","name":"j"}}}"#;
        let text = run("2026-01-01T00:00:00Z", "").replacen(r#""facets":{}"#, parent, 1);
        assert_eq!(found(&text), ["SELF_PARENT /run/facets/parent"]);
        assert_eq!(found(&text.replacen(r#""name":"j"}}}"#, r#""name":"dag"}}}"#, 1)), [""; 0]);
    }
}
