-- the schema has the last word on spelling
-- dialect: snowflake
-- input: db.s.t(id, name)
-- output: db.s.o(id, name)
-- edge: id <- db.s.t.id IDENTITY
-- edge: name <- db.s.t.name IDENTITY
select ID, Name from DB.S.T
