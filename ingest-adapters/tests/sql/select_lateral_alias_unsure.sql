-- it may be a column that the schema does not list
-- dialect: snowflake
-- input: db.s.t(id, cents)
-- output: db.s.o
-- edge: EUROS <- db.s.t.cents TRANSFORMATION
-- gap: TWICE AmbiguousColumn
select cents / 100 as euros, euros * 2 as twice from t
