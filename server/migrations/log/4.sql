-- What arrived, of events that are stored without the credentials that they held: the same event is known when it comes
-- again, also under other rules for credentials. The hash is keyed (secret.key), so that nobody who has this file alone can
-- try passwords against it.
CREATE TABLE arrived (hash BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
