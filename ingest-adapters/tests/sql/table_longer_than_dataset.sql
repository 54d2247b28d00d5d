-- SQL that says more than the event
-- dialect: spark
-- input: db.t(x)
-- output: db.o
-- edge: x <- db.t.x IDENTITY
select x from spark_catalog.db.t
