-- different numbers of columns
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- unproven: AmbiguousColumn
select id, x from a union all select id from b
