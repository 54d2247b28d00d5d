-- several columns of one row
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: v <- db.s.a.id FILTER
-- edge: v <- db.s.a.v IDENTITY
-- edge: w <- db.s.a.id FILTER
-- edge: w <- db.s.a.w IDENTITY
update o set (v, w) = (select a.v, a.w from a where a.id = o.id)
