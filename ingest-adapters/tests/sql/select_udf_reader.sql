-- a function that reads elsewhere
-- dialect: clickhouse
-- input: db.t
-- output: db.o
-- edge: id <- db.t.id IDENTITY
-- gap: name Unsupported a function that reads another table
select id, dictGet('d', 'name', id) as name from t
