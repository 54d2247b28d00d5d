-- Snowflake FLATTEN
-- dialect: snowflake
-- input: db.s.t(id, items)
-- output: db.s.o
-- edge: ID <- db.s.t.id IDENTITY
-- edge: SKU <- db.s.t.items TRANSFORMATION
select t.id, f.value:sku::string as sku from t, lateral flatten(input => t.items) f
