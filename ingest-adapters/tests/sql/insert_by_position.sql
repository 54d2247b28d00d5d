-- into columns that the schema lists
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o(m, revenue)
-- edge: * <- db.s.a.day GROUP_BY
-- edge: m <- db.s.a.day TRANSFORMATION
-- edge: revenue <- db.s.a.v AGGREGATION
insert into o select date_trunc('month', day)::date, sum(v) from a group by 1
