-- reading what the output held before is no lineage
-- dialect: duckdb
-- input: db.s.a(day, v)
-- output: db.s.o(day, v)
-- edge: * <- db.s.a.day FILTER
-- edge: day <- db.s.a.day IDENTITY
-- edge: v <- db.s.a.v IDENTITY
select a.day, a.v from a where a.day > (select max(day) from db.s.o)
