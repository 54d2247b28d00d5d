//! The index itself: one writer for its life, and an immutable view that searches read without waiting for it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use arc_swap::ArcSwap;
use tantivy::indexer::{LogMergePolicy, UserOperation};
use tantivy::query::AllQuery;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};
use uuid::Uuid;

use super::collect::{Candidate, Ranking};
use super::fields::{Fields, normalise};
use super::matched::matched;
use super::record::{self, Digest};
use super::text::Text;
use super::{Document, Hit, SearchAnswer, SearchError, SearchQuery, open, query, tokenizer};

/// Documents are buffered up to this size between commits.
const WRITER_BYTES: usize = 50_000_000;
/// A replaced document keeps its space until its segment is merged; renewing a third of a segment is reason enough.
const STALE_SHARE: f32 = 0.3;

/// A search index. Share it by `Arc`; every method takes `&self`.
///
/// An error of [`replace`](Self::replace), [`clear`](Self::clear) or [`commit`](Self::commit) means that the writer
/// is gone for good: drop the index, open it again and go on from its [`seq`](Self::seq).
pub struct SearchIndex {
    fields: Fields,
    writer: Mutex<Writer>,
    reader: IndexReader,
    view: ArcSwap<View>,
}

/// The writing half.
struct Writer {
    /// Dropping a writer abandons its merges, so there is one, kept.
    tantivy: IndexWriter,
    /// Entities with documents that are not committed yet.
    pending: HashSet<Uuid>,
}

/// What searches see: a commit and the log sequence it holds for, swapped together.
struct View {
    searcher: Searcher,
    seq: u64,
}

impl SearchIndex {
    /// Opens the index in `dir`, or makes a new one if there is none, or one of another version, or a damaged one.
    /// A new index has [`seq`](Self::seq) 0.
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        Self::over(&open::in_directory(dir)?)
    }

    /// An empty index that lives as long as the value.
    pub fn in_memory() -> Result<Self, SearchError> {
        Self::over(&open::in_memory())
    }

    fn over(index: &Index) -> Result<Self, SearchError> {
        tokenizer::register(index.tokenizers());
        let writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(STALE_SHARE);
        writer.set_merge_policy(Box::new(policy));
        // The payload is read while the writer's lock keeps everybody else from committing.
        let seq = index.load_metas()?.payload.and_then(|seq| seq.parse().ok()).unwrap_or(0);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let view = ArcSwap::from_pointee(View { searcher: reader.searcher(), seq });
        Ok(Self { fields: Fields::schema().1, writer: Mutex::new(Writer { tantivy: writer, pending: HashSet::new() }), reader, view })
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
        let mut writer = self.writer()?;
        let stale = Term::from_field_bytes(self.fields.entity, entity.as_bytes());
        // Every deletion is looked up in every segment later on; a rebuild has a million that would find nothing.
        let known = writer.pending.contains(&entity) || self.view.load().searcher.doc_freq(&stale)? > 0;
        if operations.is_empty() {
            // tantivy's batch may not consist of a deletion alone.
            writer.tantivy.delete_term(stale);
            return Ok(());
        }
        if known {
            operations.insert(0, UserOperation::Delete(stale));
        }
        writer.tantivy.run(operations)?;
        writer.pending.insert(entity);
        Ok(())
    }

    /// Removes every document. Visible after the next [`commit`](Self::commit).
    pub fn clear(&self) -> Result<(), SearchError> {
        // Not `delete_all_documents`: that forgets the documents of the writer's buffer, which come back.
        self.writer()?.tantivy.delete_query(Box::new(AllQuery))?;
        Ok(())
    }

    /// Makes everything so far durable and visible, as the state of the log at `seq`. Blocks for tens of
    /// milliseconds; searches go on meanwhile.
    pub fn commit(&self, seq: u64) -> Result<(), SearchError> {
        let mut writer = self.writer()?;
        let mut prepared = writer.tantivy.prepare_commit()?;
        prepared.set_payload(&seq.to_string());
        prepared.commit()?;
        self.reader.reload()?;
        // Still under the lock: views appear in the order of their commits.
        self.view.store(Arc::new(View { searcher: self.reader.searcher(), seq }));
        // Only now: `replace` asks either this set or the view whether an entity has documents.
        writer.pending.clear();
        Ok(())
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, SearchError> {
        self.writer.lock().map_err(|_| SearchError::WriterLost)
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
