-- DuckDB: a column hidden in a star wins over a later one of its name
-- dialect: duckdb
-- input: db.s.t
-- output: db.s.o
-- edge: v <- db.s.t.v IDENTITY
-- gap: kind AmbiguousColumn
with s as (select *, 'x' as kind from t) select kind, v from s
