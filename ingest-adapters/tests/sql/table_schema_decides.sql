-- the schema settles it
-- dialect: postgres
-- input: db.a.t(x)
-- input: db.b.t(x)
-- output: db.s.o
-- edge: x <- db.b.t.x IDENTITY
select x from b.t
