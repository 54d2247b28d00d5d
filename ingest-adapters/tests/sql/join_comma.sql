-- tables with commas
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: * <- db.s.a.id FILTER
-- edge: * <- db.s.b.id FILTER
-- edge: x <- db.s.a.x IDENTITY
-- edge: y <- db.s.b.y IDENTITY
select a.x, b.y from a, b where a.id = b.id
