-- the second is made from the first
-- dialect: postgres
-- input: db.s.a
-- output: db.s.x
-- output: db.s.y
-- edge: db.s.x.id <- db.s.a.id IDENTITY
-- edge: db.s.x.v <- db.s.a.v IDENTITY
-- edge: db.s.y.id <- db.s.x.id IDENTITY
-- edge: db.s.y.w <- db.s.x.v TRANSFORMATION
create table x as select id, v from a; create table y as select id, v * 2 as w from x
