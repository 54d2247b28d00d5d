-- a table that the event does not name feeds nothing
-- dialect: postgres
-- input: shop.raw.customers(customer_id, name, email)
-- output: shop.marts.m
-- edge: name <- shop.raw.customers.name IDENTITY
-- gap: * UnknownTable
-- gap: amount UnknownTable
select c.name, o.amount from raw.customers c join raw.elsewhere o on o.customer_id = c.customer_id
