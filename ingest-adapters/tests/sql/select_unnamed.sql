-- a column without a name, and a schema that gives it one
-- dialect: duckdb
-- input: db.s.t(a, b)
-- output: db.s.o(a, total)
-- edge: * <- db.s.t.a GROUP_BY
-- edge: a <- db.s.t.a IDENTITY
-- edge: total <- db.s.t.b AGGREGATION
select a, sum(b) from t group by a
