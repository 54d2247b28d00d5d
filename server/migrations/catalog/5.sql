-- Entries of the event log that were passed over because they could not be read, with the reason: what
-- this catalog does not know of.
CREATE TABLE unreadable (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
-- Entities whose searchable content changed, with the log sequence of the newest change: what an index that is behind
-- takes in again. The owner is coded as in `flow`.
CREATE TABLE searchable (owner INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
-- What changed before this was kept is not in it.
INSERT INTO meta SELECT 'searchable', value FROM meta WHERE key = 'seq';
