-- What became of each event and who sent it; explicit lineage, aliases, drops. Entries that were folded before
-- say it too, so everything is folded anew: the watermark goes back to the beginning of the log.
DELETE FROM meta;
DELETE FROM dataset;
DELETE FROM job;
DELETE FROM job_parent;
DELETE FROM facet_key;
DELETE FROM facet;
DELETE FROM content;
DELETE FROM run;
DELETE FROM run_event;
DELETE FROM run_io;
DELETE FROM flow;
DELETE FROM column_lineage;

-- 0 for what is only another name of something else, and for all but one of an alias class.
ALTER TABLE dataset ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
-- Other naming rules than now list other datasets.
DROP TABLE mark;
CREATE TABLE mark (hash BLOB NOT NULL, rules BLOB NOT NULL) STRICT;
CREATE TABLE explicit_lineage (hash BLOB NOT NULL UNIQUE, doc BLOB NOT NULL) STRICT;
-- Other names of a dataset, and whether it was dropped or is temporary; only where there is anything to say.
CREATE TABLE identity (dataset INTEGER PRIMARY KEY, doc BLOB NOT NULL) STRICT;

-- '' is the producer of events that name none. Times are event times.
CREATE TABLE producer (
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;

-- kind 0: run event, 1: job event, 2: dataset event. findings: a set of codes, a bit each.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    received INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    type INTEGER,
    producer INTEGER NOT NULL,
    job INTEGER,
    run INTEGER,
    dataset INTEGER,
    findings INTEGER NOT NULL
) STRICT;
-- Events of runs are found by their run: an index of them all would cost every event more than its row.
CREATE INDEX event_job ON event (job) WHERE kind = 1;

-- How many events of a producer have a finding. The example is the event with the newest time.
CREATE TABLE finding (
    producer INTEGER NOT NULL,
    code INTEGER NOT NULL,
    events INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    hash BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (producer, code)
) STRICT, WITHOUT ROWID;

-- What a producer said of a dataset: 1 read, 2 written, 4 written with a schema, 8 written with column
-- lineage, 16 described by a dataset event.
CREATE TABLE producer_dataset (
    producer INTEGER NOT NULL,
    dataset INTEGER NOT NULL,
    said INTEGER NOT NULL,
    PRIMARY KEY (producer, dataset)
) STRICT, WITHOUT ROWID;
