-- MySQL: an UPDATE that changes another table than the first
-- dialect: mysql
-- input: db.a(id, x)
-- output: db.o(id, y)
-- unproven: Unsupported an UPDATE of several tables or of a field
update o join a on a.id = o.id set a.x = o.y
