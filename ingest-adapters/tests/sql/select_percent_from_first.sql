-- DuckDB: FROM first
-- dialect: duckdb
-- input: db.s.t(a, b)
-- output: db.s.o
-- edge: a <- db.s.t.a IDENTITY
-- edge: c <- db.s.t.b TRANSFORMATION
from t select a, b + 1 as c
