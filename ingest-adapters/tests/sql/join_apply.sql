-- CROSS APPLY
-- dialect: mssql
-- input: db.dbo.a
-- input: db.dbo.b
-- output: db.dbo.o
-- edge: * <- db.dbo.a.id FILTER
-- edge: * <- db.dbo.b.id FILTER
-- edge: m <- db.dbo.b.v IDENTITY
-- edge: x <- db.dbo.a.x IDENTITY
select a.x, l.m from dbo.a a cross apply (select top 1 b.v as m from dbo.b b where b.id = a.id) l
