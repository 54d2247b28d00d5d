-- How often the content of an entry came again. Only entries that did have a row: new events cost nothing.
CREATE TABLE repeat (seq INTEGER PRIMARY KEY, times INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;

-- The same body refused again, and what a replay made of it: the entry is kept as evidence.
ALTER TABLE quarantine ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE quarantine ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;
ALTER TABLE quarantine ADD COLUMN replayed_at INTEGER;
ALTER TABLE quarantine ADD COLUMN replayed_as INTEGER;
UPDATE quarantine SET last_at = received_at;
