-- a name that fits two inputs
-- dialect: postgres
-- input: db.a.t(x)
-- input: db.b.t(x)
-- output: db.s.o
-- unproven: AmbiguousTable
select x from t
