-- GROUP BY ALL: what is not aggregated
-- dialect: duckdb
-- input: db.s.t(day, x)
-- output: db.s.o
-- edge: * <- db.s.t.day GROUP_BY
-- edge: day <- db.s.t.day IDENTITY
-- edge: total <- db.s.t.x AGGREGATION
select day, sum(x) as total from t group by all
