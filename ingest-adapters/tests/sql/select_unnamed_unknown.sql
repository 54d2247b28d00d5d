-- a column without a name
-- dialect: duckdb
-- input: db.s.t(a, b)
-- output: db.s.o
-- edge: * <- db.s.t.a GROUP_BY
-- edge: a <- db.s.t.a IDENTITY
-- gap: * Unsupported a column without a name
select a, sum(b) from t group by a
