-- a file is no dataset of the event
-- dialect: duckdb
-- input: db.s.t
-- output: db.s.o
-- unproven: Unsupported a table function
select r.a from read_parquet('s3://b/x.parquet') r
