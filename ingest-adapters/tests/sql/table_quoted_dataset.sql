-- sqlmesh quotes the names of inputs
-- dialect: duckdb
-- input: "smdb"."stg"."orders"(id)
-- output: smdb.marts.o
-- edge: id <- "smdb"."stg"."orders".id IDENTITY
select id from smdb.stg.orders
