-- a SELECT of an event with two outputs
-- dialect: postgres
-- input: shop.raw.orders(id, customer_id, amount, ordered_at, status)
-- output: shop.m.a
-- output: shop.m.b
-- unproven: NoOutput
select id from raw.orders
