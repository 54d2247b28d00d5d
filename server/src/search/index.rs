//! The index itself: one writer at a time, and an immutable view that searches read without waiting for it.
//!
//! A writer that met an error is dropped at once: tantivy's would take and commit further documents as if nothing
//! were missing. What it had not committed is lost with it, so whoever feeds the index goes on from what was.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tantivy::indexer::{LogMergePolicy, UserOperation};
use tantivy::query::AllQuery;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};
use uuid::Uuid;

use super::collect::{Candidate, Ranking};
use super::fields::{Fields, normalise};
use super::matched::matched;
use super::open::{Place, Trust};
use super::record::{self, Digest};
use super::text::Text;
use super::{Document, Hit, SearchAnswer, SearchError, SearchQuery, query, tokenizer};

/// Documents are buffered up to this size between commits.
const WRITER_BYTES: usize = 50_000_000;
/// A replaced document keeps its space until its segment is merged; renewing a third of a segment is reason enough.
const STALE_SHARE: f32 = 0.3;

/// A search index. Share it by `Arc`; every method takes `&self`.
///
/// An error of [`replace`](Self::replace), [`clear`](Self::clear) or [`commit`](Self::commit) means that everything
/// since the last commit is lost and nothing is taken any more: [`reopen`](Self::reopen) it and go on from the
/// sequence that it returns. Searches are answered all the while from what was committed.
pub struct SearchIndex {
    fields: Fields,
    place: Place,
    /// None after an error.
    writer: Mutex<Option<Writer>>,
    view: ArcSwap<View>,
}

/// The writing half.
struct Writer {
    /// Dropping a writer abandons its merges, so there is one, kept.
    tantivy: IndexWriter,
    reader: IndexReader,
    /// What it has committed.
    committed: Searcher,
    /// Entities with documents that are not committed yet.
    pending: HashSet<Uuid>,
}

/// What searches see: a commit and the log sequence it holds for, swapped together.
struct View {
    searcher: Searcher,
    seq: u64,
}

impl Writer {
    /// A writer of an index, and the log sequence of its newest commit.
    fn new(index: &Index) -> Result<(Self, u64), SearchError> {
        tokenizer::register(index.tokenizers());
        let tantivy = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(STALE_SHARE);
        tantivy.set_merge_policy(Box::new(policy));
        // The payload is read while the writer's lock keeps everybody else from committing.
        let seq = index.load_metas()?.payload.and_then(|seq| seq.parse().ok()).unwrap_or(0);
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let committed = reader.searcher();
        Ok((Self { tantivy, reader, committed, pending: HashSet::new() }, seq))
    }

    fn replace(&mut self, stale: Term, entity: Uuid, mut operations: Vec<UserOperation>) -> Result<(), SearchError> {
        // Every deletion is looked up in every segment later on; a rebuild has a million that would find nothing.
        let known = self.pending.contains(&entity) || self.committed.doc_freq(&stale)? > 0;
        if operations.is_empty() {
            // tantivy's batch may not consist of a deletion alone.
            if known {
                self.tantivy.delete_term(stale);
            }
            return Ok(());
        }
        if known {
            operations.insert(0, UserOperation::Delete(stale));
        }
        self.tantivy.run(operations)?;
        self.pending.insert(entity);
        Ok(())
    }

    fn commit(&mut self, seq: u64) -> Result<View, SearchError> {
        let mut prepared = self.tantivy.prepare_commit()?;
        prepared.set_payload(&seq.to_string());
        prepared.commit()?;
        self.reader.reload()?;
        self.committed = self.reader.searcher();
        // Only now: `replace` asks either this set or the commit whether an entity has documents.
        self.pending.clear();
        Ok(View { searcher: self.committed.clone(), seq })
    }
}

impl SearchIndex {
    /// Opens the index in `dir`, or makes a new one if there is none, or one of another version, or a damaged one.
    /// A new index has [`seq`](Self::seq) 0.
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        Self::at(Place::Folder(dir.to_owned()))
    }

    /// An empty index that lives as long as the value.
    pub fn in_memory() -> Result<Self, SearchError> {
        Self::at(Place::memory())
    }

    pub(super) fn at(place: Place) -> Result<Self, SearchError> {
        let (writer, seq) = Writer::new(&place.open(Trust::Whole)?)?;
        let view = ArcSwap::from_pointee(View { searcher: writer.committed.clone(), seq });
        Ok(Self { fields: Fields::schema().1, place, writer: Mutex::new(Some(writer)), view })
    }

    /// The same for a server, which starts also while its index cannot be used: then it holds nothing and takes nothing
    /// until it is reopened.
    pub fn open_or_closed(dir: &Path) -> Result<Self, SearchError> {
        match Self::open(dir) {
            Err(error @ (SearchError::Index(_) | SearchError::Directory { .. })) => {
                tracing::error!(%error, "the search index cannot be opened now; it is tried again until it can");
                let (empty, seq) = Writer::new(&Place::memory().open(Trust::Whole)?)?;
                let view = ArcSwap::from_pointee(View { searcher: empty.committed, seq });
                Ok(Self { fields: Fields::schema().1, place: Place::Folder(dir.to_owned()), writer: Mutex::new(None), view })
            }
            outcome => outcome,
        }
    }

    /// False after an error, until it is reopened.
    pub fn takes(&self) -> bool {
        self.writer().is_some()
    }

    /// Takes nothing any more until it is reopened; what is not committed is lost.
    pub fn close(&self) {
        *self.writer() = None;
    }

    /// Takes documents again after an error, from the log sequence that is returned: everything later is to be put in
    /// once more. A damaged index is made anew, from 0; without `trust` any that does not open. Searches see the old
    /// one until the new one is committed. Blocks while the whole index is checked.
    pub fn reopen(&self, trust: Trust) -> Result<u64, SearchError> {
        let mut writer = self.writer();
        // First: it holds the lock of the folder.
        drop(writer.take());
        let (new, seq) = Writer::new(&self.place.open(trust)?)?;
        // Of an index made anew nothing is to be seen before it holds as much.
        if seq >= self.seq() {
            self.view.store(Arc::new(View { searcher: new.committed.clone(), seq }));
        }
        *writer = Some(new);
        Ok(seq)
    }

    /// Log sequence that the last visible commit holds for.
    pub fn seq(&self) -> u64 {
        self.view.load().seq
    }

    /// Number of visible documents.
    pub fn count(&self) -> u64 {
        self.view.load().searcher.num_docs()
    }

    /// Removes every document of `entity` and adds `documents` in their place. All of them belong to `entity`,
    /// whatever they say themselves. Visible after the next [`commit`](Self::commit).
    pub fn replace(&self, entity: Uuid, documents: Vec<Document>) -> Result<(), SearchError> {
        let mut operations = Vec::with_capacity(documents.len() + 1);
        for document in documents {
            let document = normalise(Document { entity, ..document });
            operations.push(UserOperation::Add(self.fields.layout(&document)?));
        }
        let stale = Term::from_field_bytes(self.fields.entity, entity.as_bytes());
        self.write(|writer| writer.replace(stale, entity, operations))
    }

    /// Removes every document. Visible after the next [`commit`](Self::commit).
    pub fn clear(&self) -> Result<(), SearchError> {
        // Not `delete_all_documents`: that forgets the documents of the writer's buffer, which come back.
        self.write(|writer| Ok(writer.tantivy.delete_query(Box::new(AllQuery)).map(drop)?))
    }

    /// Makes everything so far durable and visible, as the state of the log at `seq`. Blocks for tens of
    /// milliseconds; searches go on meanwhile.
    pub fn commit(&self, seq: u64) -> Result<(), SearchError> {
        self.write(|writer| {
            // Still under the lock: views appear in the order of their commits.
            self.view.store(Arc::new(writer.commit(seq)?));
            Ok(())
        })
    }

    /// Does something with the writer, which is dropped when it fails.
    fn write<T>(&self, act: impl FnOnce(&mut Writer) -> Result<T, SearchError>) -> Result<T, SearchError> {
        let mut writer = self.writer();
        let outcome = act(writer.as_mut().ok_or(SearchError::WriterLost)?);
        if outcome.is_err() {
            *writer = None;
        }
        outcome
    }

    /// A writer whose user panicked may be half-way through something.
    fn writer(&self) -> MutexGuard<'_, Option<Writer>> {
        self.writer.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut writer = poisoned.into_inner();
            *writer = None;
            self.writer.clear_poison();
            writer
        })
    }

    /// Finds, ranks and counts. Whatever the text is, it is no error.
    pub fn search(&self, question: &SearchQuery) -> Result<SearchAnswer, SearchError> {
        let view = self.view.load();
        let text = Text::parse(&question.text);
        let wanted = question.offset.saturating_add(question.limit);
        let ranking = Ranking { wanted: if question.limit == 0 { 0 } else { wanted }, scored: !text.whole.is_empty() };
        let found = view.searcher.search(&query::build(&self.fields, question, &text), &ranking)?;
        let page = found.best.iter().skip(question.offset);
        let hits = page.map(|best| self.hit(&view.searcher, &text, best)).collect::<Result<_, _>>()?;
        Ok(SearchAnswer { total: found.total, hits, facets: found.facets, seq: view.seq })
    }

    fn hit(&self, searcher: &Searcher, text: &Text, best: &Candidate) -> Result<Hit, SearchError> {
        let stored: TantivyDocument = searcher.doc(best.address)?;
        let document = record::decode(self.fields.record(&stored)?)?;
        let matched = matched(text, &document);
        Ok(Hit {
            id: document.id,
            entity: document.entity,
            kind: document.kind,
            namespace: document.namespace,
            name: document.name,
            dataset: document.dataset,
            score: best.score,
            matched,
        })
    }

    /// Hash of all visible documents. Equal content has an equal digest, whatever the order and repetition it was
    /// put in with. Reads the whole index.
    pub fn digest(&self) -> Result<String, SearchError> {
        let view = self.view.load();
        let mut digest = Digest::default();
        for segment in view.searcher.segment_readers() {
            let store = segment.get_store_reader(1).map_err(TantivyError::from)?;
            for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
                digest.add(self.fields.record(&document?)?);
            }
        }
        Ok(digest.hex())
    }
}
