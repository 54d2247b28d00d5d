-- MERGE with conditions
-- dialect: snowflake
-- input: db.s.src(id, v, deleted)
-- output: db.s.o(id, v)
-- edge: * <- db.s.src.deleted FILTER
-- edge: * <- db.s.src.id JOIN
-- edge: * <- db.s.src.v FILTER
-- edge: id <- db.s.src.id IDENTITY
-- edge: v <- db.s.src.v IDENTITY
merge into o t using (select id, v, deleted from src where v > 0) s on t.id = s.id when matched and s.deleted then delete when matched then update set t.v = s.v when not matched then insert values (s.id, s.v)
