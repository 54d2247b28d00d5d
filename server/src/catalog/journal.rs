//! The journal of a batch: a row per event, and sums per producer. Everything is a count, a maximum or
//! a union, so that order and batches do not matter; what does not change costs no row.

use super::bulk::{self, Bind};
use super::{CatalogError, Writer};
use crate::fold::{Note, Span};
use hashbrown::HashMap;
use schema::log::ContentHash;
use schema::openlineage::{EventType, FindingCode};
use sqlx::{Sqlite, Transaction};

/// Rows waiting for the commit.
#[derive(Default)]
pub(super) struct Journal {
    events: Vec<[Bind; 10]>,
    new_producers: HashMap<u32, String>,
    producers: HashMap<u32, (i64, Span)>,
    findings: HashMap<(u32, FindingCode), Tally>,
    said: HashMap<(u32, u32), u8>,
}

/// Events of one producer with one finding.
struct Tally {
    events: i64,
    span: Span,
    /// The newest of them: time, content, number.
    example: (i64, ContentHash, u64),
}

/// The number that an event type is stored under.
pub(crate) fn type_code(event_type: EventType) -> i64 {
    EventType::ALL.iter().position(|known| *known == event_type).unwrap_or_default() as i64
}

impl Writer {
    /// Notes an event that `absorb` has seen.
    pub fn note(&mut self, note: &Note<'_>) {
        let producer = self.producer(note.producer);
        let span = Span { first: note.time, last: note.time };
        let job = note.job.and_then(|id| self.names.jobs.get(&id).copied());
        let run = note.run.zip(job).and_then(|key| self.runs.get(&key)).map(|(id, _)| *id);
        let dataset = note.dataset.and_then(|id| self.names.datasets.get(&id).copied());
        let number = |number: Option<u32>| Bind::from(number.map(i64::from));
        let journal = &mut self.batch.journal;
        journal.events.push([
            Bind::Int(note.seq as i64),
            Bind::Int(note.time),
            Bind::Int(note.received_at),
            Bind::Int(note.kind.code()),
            note.event_type.map(type_code).into(),
            Bind::Int(i64::from(producer)),
            number(job),
            run.into(),
            number(dataset),
            Bind::Int(i64::from(note.findings.0)),
        ]);
        let sum = journal.producers.entry(producer).or_insert((0, span));
        sum.0 += 1;
        sum.1.widen(span);
        for code in note.findings.iter() {
            let example = (note.time, note.hash, note.seq);
            let tally = journal.findings.entry((producer, code)).or_insert(Tally { events: 0, span, example });
            tally.events += 1;
            tally.span.widen(span);
            tally.example = tally.example.max(example);
        }
        for (dataset, said) in &note.said {
            let Some(&dataset) = self.names.datasets.get(dataset) else { continue };
            let known = self.known_said.entry((producer, dataset)).or_default();
            if *known | said != *known {
                *known |= said;
                *journal.said.entry((producer, dataset)).or_default() |= said;
            }
        }
    }

    fn producer(&mut self, uri: &str) -> u32 {
        if let Some(&id) = self.names.producers.get(uri) {
            return id;
        }
        let id = self.names.producers.len() as u32;
        self.names.producers.insert(uri.to_owned(), id);
        self.batch.journal.new_producers.insert(id, uri.to_owned());
        id
    }
}

pub(super) async fn write(tx: &mut Transaction<'_, Sqlite>, mut journal: Journal) -> Result<(), CatalogError> {
    let head = "INSERT INTO event (seq, time, received, kind, type, producer, job, run, dataset, findings)";
    bulk::write(tx, head, journal.events, "").await?;
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for (id, (events, span)) in journal.producers {
        let [id_bind, events, first, last] = [i64::from(id), events, span.first, span.last].map(Bind::Int);
        match journal.new_producers.remove(&id) {
            Some(uri) => new.push([id_bind, Bind::Text(uri), events, first, last]),
            None => known.push([id_bind, events, first, last]),
        }
    }
    bulk::write(tx, "INSERT INTO producer (id, uri, events, first, last)", new, "").await?;
    let tail = ") UPDATE producer SET events = events + sum.column2, first = min(first, sum.column3), last = max(last, sum.column4) \
                FROM sum WHERE producer.id = sum.column1";
    bulk::write(tx, "WITH sum AS (", known, tail).await?;
    let row = |((producer, code), tally): ((u32, FindingCode), Tally)| {
        let (_, hash, seq) = tally.example;
        let [producer, code, events, first, last, seq] =
            [i64::from(producer), i64::from(code.number()), tally.events, tally.span.first, tally.span.last, seq as i64].map(Bind::Int);
        [producer, code, events, first, last, Bind::Blob(hash.0.to_vec()), seq]
    };
    let tail = "ON CONFLICT (producer, code) DO UPDATE SET events = events + excluded.events, first = min(first, excluded.first), \
                seq = CASE WHEN (excluded.last, excluded.hash) > (last, hash) THEN excluded.seq ELSE seq END, \
                hash = CASE WHEN (excluded.last, excluded.hash) > (last, hash) THEN excluded.hash ELSE hash END, last = max(last, excluded.last)";
    let rows = journal.findings.into_iter().map(row).collect();
    bulk::write(tx, "INSERT INTO finding (producer, code, events, first, last, hash, seq)", rows, tail).await?;
    let row = |((producer, dataset), said): ((u32, u32), u8)| [i64::from(producer), i64::from(dataset), i64::from(said)].map(Bind::Int);
    let rows = journal.said.into_iter().map(row).collect();
    let tail = "ON CONFLICT (producer, dataset) DO UPDATE SET said = said | excluded.said";
    Ok(bulk::write(tx, "INSERT INTO producer_dataset (producer, dataset, said)", rows, tail).await?)
}
