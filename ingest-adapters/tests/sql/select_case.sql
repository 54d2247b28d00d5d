-- CASE: conditions decide, results flow
-- dialect: postgres
-- input: shop.raw.orders(id, customer_id, amount, ordered_at, status)
-- output: shop.m.a
-- edge: flag <- shop.raw.orders.status CONDITIONAL
-- edge: paid <- shop.raw.orders.amount TRANSFORMATION
-- edge: paid <- shop.raw.orders.status CONDITIONAL
select case when status = 'paid' then amount else 0 end as paid, case status when 'x' then 1 end as flag from raw.orders
