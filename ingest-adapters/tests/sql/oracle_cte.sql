-- oracle: cte; the customer of the USING is known, name and total too
-- dialect: postgres
-- input: orders
-- input: customers
-- output: t2
-- edge: * <- customers.customer_id JOIN
-- edge: * <- orders.customer_id GROUP_BY JOIN
-- edge: name <- customers.name IDENTITY
-- edge: total <- orders.amount AGGREGATION
create table t2 as with x as (select customer_id, sum(amount) total from orders group by 1) select c.name, x.total from x join customers c using (customer_id)
