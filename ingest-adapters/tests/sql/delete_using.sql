-- DELETE decides by another table
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: * <- db.s.a.id FILTER
delete from o using a where a.id = o.id
