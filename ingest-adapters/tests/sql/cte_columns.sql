-- names listed
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: * <- db.s.a.id GROUP_BY
-- edge: k <- db.s.a.id IDENTITY
-- edge: total <- db.s.a.v AGGREGATION
with x(k, total) as (select a.id, sum(a.v) from a group by a.id) select k, total from x
