-- dbt on DuckDB
-- dialect: duckdb
-- input: db.raw.c
-- output: db.stg.c
-- edge: customer_id <- db.raw.c.id IDENTITY
create table "db"."stg"."c" as (select id as customer_id from "db"."raw"."c");
