-- a name beyond two such stars
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- unproven: AmbiguousColumn
with s as (select a.*, b.* from a cross join b) select v from s
