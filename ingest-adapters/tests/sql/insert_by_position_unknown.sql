-- into columns that no schema lists
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- unproven: NoTargetSchema
insert into o select x, y from a
