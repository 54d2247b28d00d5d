-- variables are no columns
-- dialect: mssql
-- input: db.dbo.t
-- output: db.dbo.o
-- edge: * <- db.dbo.t.at FILTER
-- edge: id <- db.dbo.t.id IDENTITY
-- constant: run
select id, @run as run from dbo.t where at > @since
