-- a name that the subquery does not give
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: y <- db.s.a.x IDENTITY
-- gap: z UnknownColumn
select q.y, q.z from (select x as y from a) q
