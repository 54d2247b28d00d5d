-- columns that change places in each round
-- dialect: postgres
-- input: db.s.e(a, b)
-- output: db.s.o
-- edge: x <- db.s.e.a IDENTITY
-- edge: x <- db.s.e.b IDENTITY
-- edge: y <- db.s.e.a IDENTITY
-- edge: y <- db.s.e.b IDENTITY
with recursive t(x, y) as (select a, b from e union all select y, x from t) select x, y from t
