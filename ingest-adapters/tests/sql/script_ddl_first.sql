-- the script declares its output
-- dialect: postgres
-- input: db.s.a
-- output: db.s.monthly
-- edge: * <- db.s.a.day GROUP_BY
-- edge: m <- db.s.a.day TRANSFORMATION
-- edge: revenue <- db.s.a.v AGGREGATION
create table if not exists monthly (m date, revenue numeric); insert into monthly select date_trunc('month', a.day), sum(a.v) from a group by 1
