-- made under another name and renamed
-- dialect: postgres
-- input: db.s.a
-- output: db.s.final
-- edge: id <- db.s.a.id IDENTITY
-- edge: v <- db.s.a.v IDENTITY
create table final__tmp as select id, v from a; alter table final__tmp rename to final
