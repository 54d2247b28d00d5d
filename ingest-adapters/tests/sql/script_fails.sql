-- an INSERT from a table that the event does not name
-- dialect: postgres
-- output: shop.public.orders(order_id, amount)
-- unproven: UnknownTable
insert into public.orders (order_id) select no_such_column from public.nowhere
