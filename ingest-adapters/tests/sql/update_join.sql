-- MySQL: UPDATE with a join
-- dialect: mysql
-- input: db.a(id, x)
-- output: db.o(id, y)
-- edge: * <- db.a.id JOIN
-- edge: * <- db.a.x FILTER
-- edge: y <- db.a.x IDENTITY
update o join a on a.id = o.id set o.y = a.x where a.x > 0
