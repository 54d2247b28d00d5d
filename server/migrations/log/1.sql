-- The truth. Rows are never changed and never deleted.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    payload BLOB NOT NULL
) STRICT;

-- The highest number given out. Numbers come from here, not from max(seq): the same statement order
-- makes them gapless on every database (design 1).
CREATE TABLE head (seq INTEGER NOT NULL) STRICT;
INSERT INTO head VALUES (0);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    pointer TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;
