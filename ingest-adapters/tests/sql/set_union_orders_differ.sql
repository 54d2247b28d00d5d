-- star schemas in different orders
-- dialect: postgres
-- input: db.s.a(id, x)
-- input: db.s.b(x, id)
-- output: db.s.o
-- unproven: AmbiguousColumn
select * from a union all select * from b
