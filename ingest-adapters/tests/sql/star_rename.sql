-- RENAME
-- dialect: snowflake
-- input: db.s.t(a, b)
-- output: db.s.o(a, bee)
-- edge: a <- db.s.t.a IDENTITY
-- edge: bee <- db.s.t.b IDENTITY
select * rename (b as bee) from t
