-- Which version of the fold made the rows, and how they are packed: other versions mean that everything is folded anew.
-- The sum is of the watermark and its hash, by which a start tells another log.
DROP TABLE mark;
CREATE TABLE mark (hash BLOB NOT NULL, rules BLOB NOT NULL, fold INTEGER NOT NULL, packing INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
