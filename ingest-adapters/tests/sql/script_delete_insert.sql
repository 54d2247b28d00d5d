-- delete, then insert
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o(day, n)
-- edge: * <- db.s.a.day GROUP_BY
-- edge: day <- db.s.a.day IDENTITY
-- constant: n
delete from o where day = current_date; insert into o (day, n) select day, count(*) from a group by day
