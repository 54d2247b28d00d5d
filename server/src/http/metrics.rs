//! Prometheus metrics, read off the running app at each scrape.

pub mod machine;
pub mod requests;

use super::Web;
use crate::health::{Health, Part, Severity};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::sync::atomic::{AtomicU64, Ordering};

/// Everything as text.
pub async fn metrics(State(web): State<Web>) -> Response {
    let quarantine = web.app().log.quarantine_size().await.ok();
    // Sizes of files are asked of the file system.
    let text = tokio::task::spawn_blocking(move || written(&web, quarantine)).await.ok().flatten().unwrap_or_else(|| {
        tracing::error!("metrics could not be written");
        String::new()
    });
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}

fn written(web: &Web, quarantine: Option<(u64, u64)>) -> Option<String> {
    let (mut ours, mut process) = (Registry::with_prefix("headwater"), Registry::with_prefix("process"));
    let app = web.app();
    ours.register_collector(Box::new(Reading::take(web)));
    web.requests.register(&mut ours);
    machine::register_folder(&mut ours, &app.data);
    register_health(&mut ours, &app.health);
    // Left out while it cannot be read: a zero would be no alarm.
    if let Some((entries, bytes)) = quarantine {
        ours.register("quarantine_entries", "Refused bodies that are kept", ConstGauge::new(entries as i64));
        ours.register("quarantine_bytes", "Bytes of refused bodies that are kept, compressed", ConstGauge::new(bytes as i64));
    }
    ours.register("build", "The running program", Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]));
    machine::register_process(&mut process, web.started as f64 / 1e6);
    let mut text = String::new();
    encode_registry(&mut text, &ours).ok()?;
    encode_registry(&mut text, &process).ok()?;
    encode_eof(&mut text).ok()?;
    Some(text)
}

/// Values of one scrape.
#[derive(Debug)]
struct Reading {
    log_failures: Vec<(&'static str, u64)>,
    broken: Vec<(&'static str, i64)>,
    counters: Vec<(&'static str, &'static str, u64)>,
    gauges: Vec<(&'static str, &'static str, i64)>,
}

impl Reading {
    fn take(web: &Web) -> Self {
        let app = web.app();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let head = *app.writer.head().borrow();
        let held = *app.progress.catalog.borrow();
        let graph = app.graph();
        let counters = vec![
            ("events_accepted", "Events taken for the first time", read(&app.intake.accepted)),
            ("events_repeated", "Events that the log had already", read(&app.intake.repeated)),
            ("events_quarantined", "Bodies that could not be understood", read(&app.intake.quarantined)),
            ("events_refused_not_kept", "Bodies refused and not kept, being too many in one request", read(&app.intake.dropped)),
            ("events_shed", "Requests told to come back because of overload", read(&app.intake.shed)),
            ("findings", "Oddities in events that were kept", read(&app.intake.findings)),
            ("log_commits", "Group commits of the event log", app.writer.commits()),
            ("projected_events", "Events folded into catalog and graph", read(&app.effort.events)),
            ("projected_batches", "Batches committed to the catalog", read(&app.effort.batches)),
            ("projection_cpu_microseconds", "Processor time of the projector's thread", read(&app.effort.cpu_micros)),
        ];
        let gauge = |value: u64| value as i64;
        let gauges = vec![
            ("log_seq", "Newest acknowledged log entry", gauge(head)),
            ("catalog_seq", "Log entry that the catalog holds for", gauge(held.seq)),
            ("graph_seq", "Log entry that the graph holds for", gauge(graph.seq())),
            ("search_seq", "Log entry that search holds for", gauge(*app.progress.search.borrow())),
            ("projection_lag", "Acknowledged entries not yet in catalog and graph", gauge(head.saturating_sub(held.seq))),
            ("datasets", "Datasets in the catalog", gauge(held.datasets)),
            ("jobs", "Jobs in the catalog", gauge(held.jobs)),
            ("runs", "Runs in the catalog", gauge(held.runs)),
            ("columns", "Columns of current schemas", gauge(held.columns)),
            ("edges", "Lineage edges that hold now", gauge(graph.edge_count())),
            ("column_edges", "Column lineage edges", gauge(graph.column_edge_count())),
        ];
        let log_failures = app.writer.failures().map(|(cause, count)| (cause.label(), count)).collect();
        let is_broken = |part: Part| i64::from(app.health.broken_because(part).is_some());
        let broken = Part::ALL.map(|part| (part.name(), is_broken(part))).into();
        Self { log_failures, broken, counters, gauges }
    }
}

impl Collector for Reading {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for &(name, help, value) in &self.counters {
            let metric = ConstCounter::new(value);
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
        }
        let help = "Attempts to write the event log that failed, by cause";
        let mut family = encoder.encode_descriptor("log_failures", help, None, ConstCounter::new(0_u64).metric_type())?;
        for &(cause, count) in &self.log_failures {
            ConstCounter::new(count).encode(family.encode_family(&[("cause", cause)])?)?;
        }
        let help = "1 while a part of the server does not work; /readyz says why";
        let mut family = encoder.encode_descriptor("broken", help, None, ConstGauge::new(0_i64).metric_type())?;
        for &(part, value) in &self.broken {
            ConstGauge::new(value).encode(family.encode_family(&[("part", part)])?)?;
        }
        for &(name, help, value) in &self.gauges {
            let metric = ConstGauge::new(value);
            metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
        }
        Ok(())
    }
}

/// For how long each part of the server has not worked; whether it works is among the readings.
fn register_health(registry: &mut Registry, health: &Health) {
    let failing: Family<[(&str, &str); 1], Gauge> = Family::default();
    let faults = health.faults();
    for part in Part::ALL {
        let fault = faults.iter().find(|fault| fault.part == part && fault.severity == Severity::Broken);
        failing.get_or_create(&[("part", part.name())]).set(fault.map_or(0, |fault| fault.since.elapsed().as_secs() as i64));
    }
    registry.register("broken_seconds", "For how long a part of the server has been broken; 0 when it works", failing);
}
