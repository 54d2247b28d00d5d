-- a listed column settles which table it is from
-- dialect: postgres
-- input: db.s.a(id, x)
-- input: db.s.b
-- output: db.s.o
-- edge: * <- db.s.a.id JOIN
-- edge: * <- db.s.b.id JOIN
-- edge: x <- db.s.a.x IDENTITY
-- gap: y AmbiguousColumn
select x, y from a join b on a.id = b.id
