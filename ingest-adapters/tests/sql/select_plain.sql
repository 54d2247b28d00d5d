-- names, an expression, a constant
-- dialect: postgres
-- input: shop.raw.orders(id, customer_id, amount, ordered_at, status)
-- output: shop.marts.m
-- edge: euros <- shop.raw.orders.amount TRANSFORMATION
-- edge: order_id <- shop.raw.orders.id IDENTITY
-- constant: channel
-- constant: loaded_at
select id as order_id, amount / 100.0 as euros, 'web' as channel, now() as loaded_at from raw.orders
