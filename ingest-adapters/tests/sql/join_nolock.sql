-- hints of SQL Server
-- dialect: mssql
-- input: db.dbo.a
-- output: db.dbo.o
-- edge: x <- db.dbo.a.x IDENTITY
select x from dbo.a (nolock)
