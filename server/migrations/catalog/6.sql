-- Which version of the fold made the rows, and how they are packed: other versions mean that everything is folded anew.
DROP TABLE mark;
CREATE TABLE mark (hash BLOB NOT NULL, rules BLOB NOT NULL, fold INTEGER NOT NULL, packing INTEGER NOT NULL) STRICT;
