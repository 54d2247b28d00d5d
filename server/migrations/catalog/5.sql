-- Entries of the event log that were passed over because they could not be read, with the reason: what
-- this catalog does not know of.
CREATE TABLE unreadable (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
