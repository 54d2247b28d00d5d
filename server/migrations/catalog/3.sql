-- When a packed row was last written: who has the graph of an earlier moment reads only what changed since.
ALTER TABLE flow ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX flow_seq ON flow (seq);
ALTER TABLE identity ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX identity_seq ON identity (seq);
