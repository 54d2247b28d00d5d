-- a schema that seems to be in another order
-- dialect: postgres
-- input: db.s.a(x, y)
-- output: db.s.o(y, x)
-- unproven: NoTargetSchema
insert into o select x, y from a
