-- UPDATE FROM
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: * <- db.s.a.id FILTER
-- edge: v <- db.s.a.v IDENTITY
-- edge: w <- db.s.a.w TRANSFORMATION
update o set v = a.v, w = o.w + a.w from a where a.id = o.id
