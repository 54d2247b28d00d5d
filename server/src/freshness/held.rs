//! Last writes and reads of the whole catalog, kept between questions: after the first only runs with news are read. What
//! they were at an earlier moment is read anew for each moment, and the newest answer kept.

use super::activity::Activity;
use crate::catalog::CatalogError;
use crate::catalog::read::{Kind, Reader, RunAt};
use crate::fold::run::RunState;
use schema::json::Json;
use schema::openlineage::facets;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Last writes and reads, kept between questions.
#[derive(Default)]
pub struct Freshness {
    now: Mutex<Held>,
    /// Of the moment that was asked about last.
    past: Mutex<Option<(Moment, Arc<Activity>)>>,
}

/// Log sequence, the moment, and since when streaming runs must have been heard of.
type Moment = (u64, i64, i64);

#[derive(Default)]
struct Held {
    /// Log sequence that `activity` holds for; none before the first question.
    seq: Option<u64>,
    activity: Arc<Activity>,
}

impl Freshness {
    /// What is known now. A streaming run counts as going on while it was heard of after `heard_since`, microseconds
    /// since 1970; after that its newest event is its last write.
    pub async fn activity(&self, reader: &Reader, heard_since: i64) -> Result<Arc<Activity>, CatalogError> {
        let activity = self.completed(reader).await?;
        let streaming = reader.with_facet(Kind::Job, "jobType", is_streaming).await?;
        if streaming.is_empty() {
            return Ok(activity);
        }
        let runs = reader.open_runs(Some(&streaming)).await?;
        let mut activity = Activity::clone(&activity);
        let mut streams = Vec::new();
        for row in runs {
            let Some(last) = row.run.span.map(|span| span.last) else { continue };
            for dataset in row.run.io(true) {
                if last >= heard_since { streams.push((dataset, last)) } else { activity.wrote(dataset, last, row.number) }
            }
        }
        Ok(Arc::new(activity.with_streams(streams.into_iter())))
    }

    /// What was known by the events up to `moment`: runs that had ended by then are writes, a streaming run that had not
    /// counts as going on while it was heard of after `heard_since`. All microseconds since 1970.
    pub async fn activity_at(&self, reader: &Reader, moment: i64, heard_since: i64) -> Result<Arc<Activity>, CatalogError> {
        let mut past = self.past.lock().await;
        let asked = (reader.holds().await?, moment, heard_since);
        if let Some((_, activity)) = past.as_ref().filter(|(known, _)| *known == asked) {
            return Ok(activity.clone());
        }
        let activity = Arc::new(everything_by(reader, moment, heard_since).await?);
        *past = Some((asked, activity.clone()));
        Ok(activity)
    }

    /// Completed runs, and reads.
    async fn completed(&self, reader: &Reader) -> Result<Arc<Activity>, CatalogError> {
        let mut held = self.now.lock().await;
        let seq = reader.holds().await?;
        match held.seq {
            Some(known) if known == seq => {}
            Some(known) if known < seq => follow(Arc::make_mut(&mut held.activity), reader, known, seq).await?,
            // The first question, or a catalog that is built anew.
            _ => held.activity = Arc::new(everything(reader).await?),
        }
        held.seq = Some(seq);
        Ok(held.activity.clone())
    }
}

async fn everything(reader: &Reader) -> Result<Activity, CatalogError> {
    let mut activity = Activity::default();
    for row in reader.good_writes(i64::MAX).await? {
        activity.wrote(row.dataset, row.at, row.run);
    }
    for (dataset, at) in reader.last_reads(i64::MAX).await? {
        activity.has_read(dataset, at);
    }
    for row in reader.open_runs(None).await? {
        let last = row.run.span.map_or(0, |span| span.last);
        row.run.io(false).into_iter().for_each(|dataset| activity.has_read(dataset, last));
    }
    Ok(activity)
}

/// Everything that had happened by a moment.
async fn everything_by(reader: &Reader, moment: i64, heard_since: i64) -> Result<Activity, CatalogError> {
    let mut activity = Activity::default();
    for row in reader.good_writes(moment).await? {
        activity.wrote(row.dataset, row.at, row.run);
    }
    for (dataset, at) in reader.last_reads(moment).await? {
        activity.has_read(dataset, at);
    }
    let streaming = reader.with_facet_by(Kind::Job, "jobType", moment, is_streaming).await?;
    let mut streams = Vec::new();
    for run in reader.under_way_at(moment).await? {
        let RunAt { row, state, ended_at, last } = run;
        row.run.io(false).into_iter().for_each(|dataset| activity.has_read(dataset, ended_at.unwrap_or(last)));
        let streams_on = matches!(state, RunState::Start | RunState::Running) && streaming.binary_search(&row.job).is_ok();
        for dataset in row.run.io(true) {
            match ended_at {
                // It has ended another way since, or once more.
                Some(at) if state == RunState::Complete => activity.wrote(dataset, at, row.number),
                None if streams_on && last >= heard_since => streams.push((dataset, last)),
                None if streams_on => activity.wrote(dataset, last, row.number),
                _ => {}
            }
        }
    }
    Ok(activity.with_streams(streams.into_iter()))
}

/// Takes in the runs that have news. A completed run may turn out to have failed: then who wrote last is looked up anew.
async fn follow(activity: &mut Activity, reader: &Reader, after: u64, until: u64) -> Result<(), CatalogError> {
    let mut doubtful = Vec::new();
    for row in reader.runs_heard_of(after, until).await? {
        let last = row.run.ended_at().or(row.run.span.map(|span| span.last)).unwrap_or(0);
        row.run.io(false).into_iter().for_each(|dataset| activity.has_read(dataset, last));
        for dataset in row.run.io(true) {
            match row.run.ended_at().filter(|_| row.run.state() == RunState::Complete) {
                Some(at) => activity.wrote(dataset, at, row.number),
                None if activity.run_of_name(dataset) == Some(row.number) => doubtful.push(dataset),
                None => {}
            }
        }
    }
    doubtful.iter().for_each(|&dataset| activity.forget_write(dataset));
    for row in reader.good_writes_of(&doubtful).await? {
        activity.wrote(row.dataset, row.at, row.run);
    }
    Ok(())
}

fn is_streaming(body: &[u8]) -> bool {
    let kind = Json::parse(body).ok().map(|json| facets::job_type(&json));
    kind.and_then(|kind| kind.processing_type).is_some_and(|kind| kind.eq_ignore_ascii_case("STREAMING"))
}
