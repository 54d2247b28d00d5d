-- ClickHouse prefers the alias
-- dialect: clickhouse
-- input: db.t(amount)
-- output: db.o
-- edge: amount <- db.t.amount TRANSFORMATION
-- gap: twice AmbiguousColumn
select amount + 1 as amount, amount * 2 as twice from t
