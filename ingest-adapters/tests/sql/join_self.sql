-- one table twice
-- dialect: postgres
-- input: db.s.e
-- output: db.s.o
-- edge: * <- db.s.e.id JOIN
-- edge: * <- db.s.e.manager_id JOIN
-- edge: manager <- db.s.e.name IDENTITY
-- edge: name <- db.s.e.name IDENTITY
select e.name, m.name as manager from e left join e m on e.manager_id = m.id
