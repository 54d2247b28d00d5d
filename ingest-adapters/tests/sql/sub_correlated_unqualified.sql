-- an unqualified name inside may be of either query
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: x <- db.s.a.x IDENTITY
-- gap: m AmbiguousColumn
select a.x, (select max(v) from b) as m from a
