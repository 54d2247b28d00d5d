-- oracle: union_star, schemas not known
-- dialect: duckdb
-- input: a
-- input: b
-- output: v
-- unproven: StarWithoutSchema
create view v as select * from a union all select * from b
