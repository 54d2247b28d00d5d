-- parameters of a lambda are no columns
-- dialect: duckdb
-- input: db.s.t
-- output: db.s.o
-- edge: y <- db.s.t.bonus TRANSFORMATION
-- edge: y <- db.s.t.items TRANSFORMATION
select list_transform(items, x -> x + bonus) as y from t
