-- an alias used further right, where it cannot be a column
-- dialect: snowflake
-- input: db.s.t(id, cents)
-- output: db.s.o
-- edge: EUROS <- db.s.t.cents TRANSFORMATION
-- edge: ID <- db.s.t.id IDENTITY
-- edge: TWICE <- db.s.t.cents TRANSFORMATION
with x as (select id, cents from t) select id, cents / 100 as euros, euros * 2 as twice from x
