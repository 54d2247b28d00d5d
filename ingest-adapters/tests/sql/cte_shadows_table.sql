-- a name of WITH is nearer than a table; inside itself it is the table
-- dialect: postgres
-- input: db.s.orders(id, x)
-- output: db.s.o
-- edge: id <- db.s.orders.id IDENTITY
-- edge: x <- db.s.orders.x TRANSFORMATION
with orders as (select id, x + 1 as x from orders) select id, x from orders
