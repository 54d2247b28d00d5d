-- excluded is the row that was to be inserted
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o(id, v)
-- edge: * <- db.s.a.v FILTER
-- edge: id <- db.s.a.id IDENTITY
-- edge: v <- db.s.a.v TRANSFORMATION
insert into o (id, v) select id, round(v, 1) from a where v > 0 on conflict (id) do update set v = excluded.v + o.v
