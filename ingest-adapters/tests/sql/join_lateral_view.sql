-- Hive LATERAL VIEW
-- dialect: hive
-- input: db.t(id, items)
-- output: db.o
-- edge: id <- db.t.id IDENTITY
-- edge: item <- db.t.items TRANSFORMATION
select id, item from t lateral view explode(items) x as item
