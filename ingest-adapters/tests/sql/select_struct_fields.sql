-- a field of a column is made from the column
-- dialect: bigquery
-- input: p.d.t(id, customer)
-- output: p.d.o
-- edge: city <- p.d.t.customer TRANSFORMATION
-- edge: id <- p.d.t.id IDENTITY
-- edge: name <- p.d.t.customer TRANSFORMATION
-- edge: tag <- p.d.t.customer TRANSFORMATION
select t.id, t.customer.name as name, customer.city as city, customer.tags[0] as tag from `p.d.t` t
