//! The index schema, and how a document is laid out in it. What finds the fields again is `query.rs`.

use tantivy::TantivyDocument;
use tantivy::schema::{Field, IndexRecordOption, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};

use super::tokenizer::Identifier;
use super::words::fold;
use super::{Document, SearchError, record};

/// Counted up whenever the schema, the layout below or the stored record changes: an index of another version is rebuilt.
pub(super) const VERSION: u32 = 2;

/// Fast columns that the collector reads by name.
pub(super) const ORDER: &str = "order";
pub(super) const KIND: &str = "kind";
pub(super) const NAMESPACE: &str = "namespace";
pub(super) const TAG: &str = "tag";
pub(super) const OWNER: &str = "owner";

/// Terms end at 65,530 bytes in tantivy; what is kept whole is cut below that, on both sides of a comparison.
const WHOLE_BYTES: usize = 8_192;
/// Words beyond this are not indexed: a description of that size is a pasted document.
const DESCRIPTION_BYTES: usize = 32_768;
/// `public.orders` finds `shop.public.orders`: so many last segments count as a name.
const TAIL_SEGMENTS: usize = 4;

/// Handles of the index fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Id of the dataset or job, to replace its documents by.
    pub entity: Field,
    record: Field,
    order: Field,
    pub kind: Field,
    pub namespace: Field,
    pub tag: Field,
    pub owner: Field,
    /// The full name as it is.
    pub exact: Field,
    /// The full name in lower case, without and with the namespace.
    pub exact_folded: Field,
    /// The last segments of the name, in lower case.
    pub tail: Field,
    /// Beginnings of the name and of its last segments.
    pub starts: Field,
    pub words: Field,
    pub edges: Field,
    pub dataset_words: Field,
    pub column_words: Field,
    pub description_words: Field,
    pub tag_words: Field,
    pub owner_words: Field,
    pub namespace_words: Field,
}

impl Fields {
    pub(super) fn schema() -> (Schema, Self) {
        let mut builder = Schema::builder();
        let words = |builder: &mut SchemaBuilder, name| builder.add_text_field(name, analysed(Identifier::Words));
        let fields = Self {
            entity: builder.add_bytes_field("entity", tantivy::schema::INDEXED),
            record: builder.add_bytes_field("record", tantivy::schema::STORED),
            order: builder.add_text_field(ORDER, TextOptions::default().set_fast("raw")),
            kind: builder.add_text_field(KIND, STRING.set_fast("raw")),
            namespace: builder.add_text_field(NAMESPACE, STRING.set_fast("raw")),
            tag: builder.add_text_field(TAG, STRING.set_fast("raw")),
            owner: builder.add_text_field(OWNER, STRING.set_fast("raw")),
            exact: builder.add_text_field("exact", STRING),
            exact_folded: builder.add_text_field("exact_folded", STRING),
            tail: builder.add_text_field("tail", STRING),
            starts: builder.add_text_field("starts", analysed(Identifier::Starts)),
            words: words(&mut builder, "words"),
            edges: builder.add_text_field("edges", analysed(Identifier::Edges)),
            dataset_words: words(&mut builder, "dataset_words"),
            column_words: words(&mut builder, "column_words"),
            description_words: words(&mut builder, "description_words"),
            tag_words: words(&mut builder, "tag_words"),
            owner_words: words(&mut builder, "owner_words"),
            namespace_words: words(&mut builder, "namespace_words"),
        };
        (builder.build(), fields)
    }

    /// Lays a document out. It must have gone through [`normalise`].
    pub(super) fn layout(&self, document: &Document) -> Result<TantivyDocument, SearchError> {
        let mut out = TantivyDocument::default();
        out.add_bytes(self.entity, document.entity.as_bytes());
        out.add_bytes(self.record, &record::encode(document)?);
        out.add_text(self.order, sort_key(document));
        out.add_text(self.kind, document.kind.as_str());
        out.add_text(self.namespace, cut(&document.namespace));
        out.add_text(self.namespace_words, &document.namespace);
        self.layout_name(document, &mut out);
        for column in &document.columns {
            out.add_text(self.column_words, column);
        }
        out.add_text(self.description_words, document.description.as_deref().unwrap_or_default());
        for tag in &document.tags {
            out.add_text(self.tag, tag);
            out.add_text(self.tag_words, tag);
        }
        for owner in &document.owners {
            out.add_text(self.owner, owner);
            out.add_text(self.owner_words, owner);
        }
        Ok(out)
    }

    fn layout_name(&self, document: &Document, out: &mut TantivyDocument) {
        for name in full_names(document) {
            out.add_text(self.exact, cut(&name));
            out.add_text(self.exact_folded, cut(&fold(&name)));
        }
        for alias in &document.aliases {
            out.add_text(self.exact, alias);
            out.add_text(self.exact_folded, cut(&fold(alias)));
        }
        for name in document.aliases.iter().chain([&document.name]) {
            for tail in tails(name) {
                out.add_text(self.tail, cut(&fold(tail)));
                out.add_text(self.starts, cut(tail));
            }
            out.add_text(self.words, name);
            out.add_text(self.edges, name);
        }
        out.add_text(self.dataset_words, document.dataset.as_deref().unwrap_or_default());
    }

    /// The stored record of a document that the index returned.
    pub(super) fn record<'a>(&self, document: &'a TantivyDocument) -> Result<&'a [u8], SearchError> {
        use tantivy::schema::Value;
        document.get_first(self.record).and_then(|value| value.as_bytes()).ok_or(SearchError::Incomplete)
    }
}

fn analysed(shape: Identifier) -> TextOptions {
    // Scores are fixed weights (see `query.rs`): neither frequencies nor lengths are needed.
    let indexing =
        TextFieldIndexing::default().set_tokenizer(shape.name()).set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Brings a document into the one form that equal content has: sets sorted, outsized text cut.
pub(super) fn normalise(mut document: Document) -> Document {
    for set in [&mut document.columns, &mut document.aliases, &mut document.tags, &mut document.owners] {
        for value in set.iter_mut() {
            value.truncate(value.floor_char_boundary(WHOLE_BYTES));
        }
        set.sort_unstable();
        set.dedup();
    }
    if let Some(text) = &mut document.description {
        text.truncate(text.floor_char_boundary(DESCRIPTION_BYTES));
    }
    document
}

/// A text short enough to be one term.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(WHOLE_BYTES)]
}

/// What counts as the whole name: with the namespace too, because a pasted URI has it.
pub(super) fn full_names(document: &Document) -> [String; 2] {
    let name = document.qualified_name();
    let with_namespace = format!("{}/{name}", document.namespace);
    [name, with_namespace]
}

/// The name and its last segments: `shop.public.orders`, `public.orders`, `orders`.
pub(super) fn tails(name: &str) -> impl Iterator<Item = &str> {
    let name = name.trim_end_matches(is_separator);
    let cuts = name.char_indices().rev().filter(|&(_, c)| is_separator(c));
    let last = cuts.map(move |(at, c)| &name[at + c.len_utf8()..]).filter(|tail| !tail.starts_with(is_separator));
    last.take(TAIL_SEGMENTS).filter(move |tail| tail.len() < name.len()).chain([name])
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '/' | ':' | '\\')
}

/// Orders equally relevant hits; ends in the id, so that no two are equal.
fn sort_key(document: &Document) -> String {
    let kind = char::from(document.kind.rank());
    let [namespace, name] = [&document.namespace, &document.name].map(|text| cut(text));
    let dataset = cut(document.dataset.as_deref().unwrap_or_default());
    format!("{kind}{namespace}\0{name}\0{dataset}\0{}", document.id.simple())
}
