-- VALUES
-- dialect: postgres
-- input: db.s.a
-- output: db.s.o
-- edge: * <- db.s.a.id JOIN
-- edge: x <- db.s.a.x IDENTITY
-- constant: label
select a.x, v.label from a join (values (1, 'one'), (2, 'two')) as v(id, label) on v.id = a.id
