-- values
-- dialect: postgres
-- output: db.s.o(id, v)
-- constant: id
-- constant: v
insert into o values (1, 'x')
