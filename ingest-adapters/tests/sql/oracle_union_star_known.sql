-- oracle: union_star, with the schemas that an event gives
-- dialect: duckdb
-- input: a(id, x)
-- input: b(id, x)
-- output: v
-- edge: id <- a.id IDENTITY
-- edge: id <- b.id IDENTITY
-- edge: x <- a.x IDENTITY
-- edge: x <- b.x IDENTITY
create view v as select * from a union all select * from b
