-- dbt: import, rename, final
-- dialect: snowflake
-- input: raw.shop.orders
-- output: an.dbt.stg_orders
-- edge: * <- raw.shop.orders.DELETED FILTER
-- edge: AMOUNT <- raw.shop.orders.AMT TRANSFORMATION
-- edge: ORDER_ID <- raw.shop.orders.ID IDENTITY
with source as (select * from raw.shop.orders), renamed as (select id as order_id, amt / 100 as amount from source where not deleted) select * from renamed
