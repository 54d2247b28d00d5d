-- an alias is the target
-- dialect: mssql
-- input: db.dbo.a
-- output: db.dbo.orders
-- edge: * <- db.dbo.a.id JOIN
-- edge: v <- db.dbo.a.v IDENTITY
update o set o.v = a.v from dbo.orders o join dbo.a a on a.id = o.id
