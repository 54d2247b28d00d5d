-- SELECT INTO
-- dialect: mssql
-- input: db.dbo.a
-- output: db.dbo.o
-- edge: x <- db.dbo.a.x IDENTITY
-- edge: y <- db.dbo.a.y IDENTITY
select x, y into dbo.o from dbo.a
