-- a temporary table is contracted
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o(k, n)
-- edge: * <- db.s.a.id GROUP_BY
-- edge: * <- db.s.a.live FILTER
-- edge: k <- db.s.a.id IDENTITY
-- edge: n <- db.s.a.v AGGREGATION
begin; create temp table tmp as select id as k, v from a where live; insert into o select k, sum(v) from tmp group by k; drop table tmp; commit;
