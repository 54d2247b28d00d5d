-- EXCLUDE, REPLACE, RENAME
-- dialect: duckdb
-- input: db.s.t(a, b, c)
-- output: db.s.o
-- edge: a <- db.s.t.a TRANSFORMATION
-- edge: c <- db.s.t.c IDENTITY
select * exclude (b) replace (a + 1 as a) from t
