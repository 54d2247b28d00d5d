-- the right side only decides
-- dialect: postgres
-- input: db.s.a
-- input: db.s.b
-- output: db.s.o
-- edge: * <- db.s.b.bid FILTER
-- edge: id <- db.s.a.id IDENTITY
select id from a except select bid from b
