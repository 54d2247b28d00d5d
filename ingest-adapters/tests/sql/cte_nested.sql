-- WITH within WITH, the nearer name wins
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: inner_v <- db.s.b.q IDENTITY
-- edge: outer_v <- db.s.a.p IDENTITY
with x as (select p as v from a), y as (with x as (select q as v from b) select v from x) select x.v as outer_v, y.v as inner_v from x cross join y
