-- LATERAL sees the tables before it
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: * <- db.s.a.id FILTER
-- edge: * <- db.s.b.id FILTER
-- edge: m <- db.s.b.v AGGREGATION
-- edge: x <- db.s.a.x IDENTITY
select a.x, l.m from a cross join lateral (select max(b.v) as m from b where b.id = a.id) l
