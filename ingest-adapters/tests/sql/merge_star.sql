-- Delta: all columns by name
-- dialect: databricks
-- input: db.src(id, v)
-- output: db.o(id, v)
-- edge: * <- db.src.id JOIN
-- edge: id <- db.src.id IDENTITY
-- edge: v <- db.src.v IDENTITY
merge into o using src on o.id = src.id when matched then update set * when not matched then insert *
