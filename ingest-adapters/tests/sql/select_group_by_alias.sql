-- GROUP BY an alias
-- dialect: snowflake
-- input: db.s.t(day, x)
-- output: db.s.o
-- edge: * <- db.s.t.day GROUP_BY SORT
-- edge: M <- db.s.t.day TRANSFORMATION
-- edge: TOTAL <- db.s.t.x AGGREGATION
select date_trunc('month', day) as m, sum(x) as total from t group by m order by m
