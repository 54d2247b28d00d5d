-- UNNEST of a column
-- dialect: bigquery
-- input: p.d.t(id, items)
-- output: p.d.o
-- edge: id <- p.d.t.id IDENTITY
-- edge: sku <- p.d.t.items TRANSFORMATION
-- edge: whole <- p.d.t.items TRANSFORMATION
select t.id, item.sku as sku, item as whole from `p.d.t` t, unnest(t.items) as item
