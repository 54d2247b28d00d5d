-- one table: every column is its own, schema or not
-- dialect: duckdb
-- input: jaffle.main_raw.raw_orders
-- output: jaffle.main_staging.stg_orders
-- edge: customer_id <- jaffle.main_raw.raw_orders.user_id IDENTITY
-- edge: order_date <- jaffle.main_raw.raw_orders.order_date TRANSFORMATION
-- edge: order_id <- jaffle.main_raw.raw_orders.id IDENTITY
-- edge: status <- jaffle.main_raw.raw_orders.status IDENTITY
select id as order_id, user_id as customer_id, cast(order_date as date) as order_date, status from "jaffle"."main_raw"."raw_orders"
