-- a view with names
-- dialect: postgres
-- input: db.s.a
-- output: db.s.v
-- edge: * <- db.s.a.id GROUP_BY
-- edge: k <- db.s.a.id IDENTITY
-- edge: total <- db.s.a.x AGGREGATION
create or replace view v (k, total) as select id, sum(x) from a group by id
