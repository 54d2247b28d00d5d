-- an alias made from the column of its name
-- dialect: snowflake
-- input: db.s.t
-- output: db.s.o
-- edge: AMOUNT <- db.s.t.AMOUNT TRANSFORMATION
-- edge: TWICE <- db.s.t.AMOUNT TRANSFORMATION
select coalesce(amount, 0) as amount, amount * 2 as twice from t
