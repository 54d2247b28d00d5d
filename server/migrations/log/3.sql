-- Counts transactions, so that a reader can tell whether the newest one is really there.
ALTER TABLE head ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;

-- The quarantine is bounded by bytes, and the kind of refusal that fills it makes room.
ALTER TABLE quarantine ADD COLUMN class TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE quarantine SET size = length(body);
CREATE INDEX quarantine_class ON quarantine (class, id, size);
