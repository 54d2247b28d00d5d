-- an arrow that the parser takes for an operator
-- dialect: trino
-- input: db.s.t
-- output: db.s.o
-- edge: id <- db.s.t.id IDENTITY
-- gap: y Unsupported an arrow
select transform(items, x -> x + 1) as y, id from t
