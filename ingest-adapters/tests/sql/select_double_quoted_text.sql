-- in BigQuery and MySQL double quotes are text
-- dialect: mysql
-- input: db.t
-- output: db.o
-- edge: a <- db.t.a IDENTITY
-- constant: channel
select a, "web" as channel from t
