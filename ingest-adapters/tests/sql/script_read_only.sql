-- queries among other statements only read
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: id <- db.s.a.id IDENTITY
insert into o (id) select id from a; select count(*) from o
