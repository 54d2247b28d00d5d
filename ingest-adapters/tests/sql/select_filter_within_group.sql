-- FILTER, WITHIN GROUP, ORDER BY of an aggregate
-- dialect: postgres
-- input: db.s.t
-- output: db.s.o
-- edge: l <- db.s.t.d AGGREGATION
-- edge: l <- db.s.t.e SORT
-- edge: m <- db.s.t.c AGGREGATION
-- edge: s <- db.s.t.a AGGREGATION
-- edge: s <- db.s.t.b FILTER
select sum(a) filter (where b > 0) as s, percentile_cont(0.5) within group (order by c) as m, string_agg(d, ',' order by e) as l from t
