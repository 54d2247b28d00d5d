-- a temporary table that is filled twice
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: k <- db.s.a.id IDENTITY
-- edge: k <- db.s.b.bid IDENTITY
-- edge: v <- db.s.a.v IDENTITY
-- edge: v <- db.s.b.w IDENTITY
create temporary table tmp (k int, v int); insert into tmp select id, v from a; insert into tmp (v, k) select w, bid from b; create table o as select k, v from tmp
