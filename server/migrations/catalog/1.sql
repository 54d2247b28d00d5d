-- A projection: every row can be rebuilt from the log. Numbers are internal and given out in the
-- order of arrival; names and uuids are what counts.
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- The hash of the entry at the watermark: a log restored from a backup is another log.
CREATE TABLE mark (hash BLOB NOT NULL) STRICT;

CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    columns INTEGER NOT NULL,
    doc BLOB NOT NULL
) STRICT;
CREATE INDEX dataset_name ON dataset (namespace, name);

CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    doc BLOB NOT NULL
) STRICT;
CREATE INDEX job_name ON job (namespace, name);
CREATE TABLE job_parent (child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY (child, parent)) STRICT, WITHOUT ROWID;
CREATE INDEX job_child ON job_parent (parent, child);

-- Facet contents of datasets and jobs over time. entity is 2 × id for a dataset, 2 × id + 1 for a job.
CREATE TABLE facet_key (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE facet (
    entity INTEGER NOT NULL,
    key INTEGER NOT NULL,
    hash BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY (entity, key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_first ON facet (key, first);
CREATE TABLE content (hash BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL,
    job INTEGER NOT NULL,
    state INTEGER NOT NULL,
    sort_at INTEGER NOT NULL,
    ended_at INTEGER,
    parent BLOB,
    doc BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX run_key ON run (uuid, job);
CREATE INDEX run_job ON run (job, sort_at);
CREATE INDEX run_state ON run (state, sort_at);
CREATE INDEX run_sort ON run (sort_at);
CREATE INDEX run_parent ON run (parent) WHERE parent IS NOT NULL;
CREATE TABLE run_event (run INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;
-- role 0: read, 1: written.
CREATE TABLE run_io (dataset INTEGER NOT NULL, role INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (dataset, role, run)) STRICT, WITHOUT ROWID;

-- What the graph needs to start without replaying the log, packed by owner: 2 × dataset, 2 × job + 1.
CREATE TABLE flow (owner INTEGER PRIMARY KEY, doc BLOB NOT NULL) STRICT;
CREATE TABLE column_lineage (hash BLOB NOT NULL UNIQUE, doc BLOB NOT NULL) STRICT;
