-- a star by position must bear the names
-- dialect: postgres
-- input: db.s.a(id, v, w)
-- output: db.s.o
-- edge: id <- db.s.a.id IDENTITY
-- edge: v <- db.s.a.v IDENTITY
-- gap: z AmbiguousColumn
insert into o (id, v, z) select * from a
