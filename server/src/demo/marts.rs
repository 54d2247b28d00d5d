//! Intermediate models and the marts of the core and finance teams, as dbt builds them in the warehouse.

/// Schema `intermediate`.
pub(super) const INTERMEDIATE: &str = "
int_orders_enriched [team:analytics] Orders with what was paid and paid back.
  from o stg_shop__orders
  from p stg_shop__payments
  from r stg_shop__refunds
  join o.order_id p.order_id
  join o.order_id r.order_id
  where p.status
  group o.order_id
  copy o
  paid_amount number(12,2) =sum(p.amount) Captured payments.
  refunded_amount number(12,2) =sum(r.amount) Paid back.
  net_amount number(12,2) =diff(p.amount,r.amount) Paid minus paid back.

int_order_items_priced [team:analytics] Lines of orders with product and margin.
  from i stg_shop__order_items
  from p stg_shop__products
  join i.product_id p.product_id
  copy i
  category_id number(38,0) =p.category_id Category of the product.
  brand varchar =p.brand Maker.
  line_amount number(12,2) =product(i.quantity,i.unit_price) Quantity times price.
  line_discount_share number(5,2) =ratio(i.discount_amount,i.unit_price) Discount as a share of the price.

int_customer_orders [team:analytics] Orders summed up by customer.
  from o int_orders_enriched
  where o.status
  group o.customer_id
  customer_id number(38,0)! =o.customer_id Customer.
  first_order_at timestamp_tz =min(o.placed_at) First order.
  last_order_at timestamp_tz =max(o.placed_at) Latest order.
  order_count number(38,0) =count(o.order_id) Orders.
  lifetime_value number(14,2) =sum(o.net_amount) Everything paid, less refunds.

int_returns_by_item [team:analytics] Returned lines with the reason.
  from r stg_shop__returns
  from i int_order_items_priced
  join r.order_item_id i.order_item_id
  order_item_id number(38,0)! =r.order_item_id Line.
  product_id number(38,0) =i.product_id Product.
  reason varchar =r.reason Why.
  returned_amount number(12,2) =i.line_amount Value sent back.

int_category_paths [team:analytics] Categories with their full path.
  from c stg_shop__categories
  category_id number(38,0)! =c.category_id Category.
  category_path varchar =listagg(c.title,c.parent_id) Tents / Family tents, for example.
";

/// Schema `marts`, built every night.
pub(super) const CORE: &str = "
dim_customers [team:analytics user:priya.nair tier:1 gdpr] One row for each customer, safe to share: addresses are hashed.
  from c stg_shop__customers
  from o int_customer_orders
  join c.customer_id o.customer_id
  customer_id number(38,0)! =c.customer_id Account number.
  email_hash varchar(64) =c.email_hash Hash of the address, for joining only.
  country varchar =c.country ISO code.
  loyalty_tier varchar +11 =c.loyalty_tier Bronze, silver or gold.
  order_count number(38,0) =o.order_count Orders so far.
  lifetime_value number(14,2) =o.lifetime_value Everything paid, less refunds.
  is_active boolean =recent(o.last_order_at) Ordered within a year.

dim_products [team:analytics tier:1] Products with their place in the category tree.
  from p stg_shop__products
  from c int_category_paths
  join p.category_id c.category_id
  copy p -category_id
  category_path varchar =c.category_path Tents / Family tents, for example.

fct_orders [team:analytics user:priya.nair tier:1] The number everybody quotes: one row for each order, with what it earned.
  from o int_orders_enriched
  from a stg_shop__addresses
  join o.shipping_address_id a.address_id
  where o.status
  order_id number(38,0)! =o.order_id Order number.
  customer_id number(38,0) =o.customer_id Who ordered.
  status varchar =o.status Latest status.
  channel varchar =o.channel web, app or phone.
  ship_country varchar =a.country Country that it went to.
  gross_amount number(12,2) <15:float =o.total_amount With tax and shipping.
  net_amount number(12,2) =o.net_amount Paid minus paid back.
  net_amount_eur number(12,2) +8 =convert(o.net_amount,o.currency) The same in euro.
  order_date date =date(o.placed_at) Day of the order.

fct_order_items [team:analytics tier:1] One row for each line of an order.
  from i int_order_items_priced
  from o int_orders_enriched
  join i.order_id o.order_id
  copy i -discount_amount
  order_date date =date(o.placed_at) Day of the order.

fct_returns [team:analytics] One row for each returned line.
  from r int_returns_by_item
  copy r
  is_quality_issue boolean =matches(r.reason) Damage or fault.

fct_payments [team:payments tier:2] Payments with the time they took to settle.
  from p stg_shop__payments
  where p.status
  payment_id number(38,0)! =p.payment_id Payment.
  order_id number(38,0) =p.order_id Order.
  method varchar =p.method How it was paid.
  amount number(12,2) =p.amount Amount.
  captured_on date =date(p.captured_at) Day of capture.

daily_revenue [team:finance user:olga.reyes tier:1 sox] Revenue by day, channel and country; closes the day.
  from o fct_orders
  where o.status
  group o.order_date
  group o.channel
  order_date date! =o.order_date Day.
  channel varchar =o.channel web, app or phone.
  ship_country varchar =o.ship_country Country.
  orders number(38,0) =count(o.order_id) Orders.
  revenue number(14,2) =sum(o.net_amount) Revenue.

product_performance [team:catalogue] What sells, what comes back.
  from i fct_order_items
  from r fct_returns
  from p dim_products
  join i.product_id p.product_id
  join i.order_item_id r.order_item_id
  group i.product_id
  product_id number(38,0)! =p.product_id Product.
  title varchar =p.title Name.
  category_path varchar =p.category_path Category.
  units number(38,0) =sum(i.quantity) Pieces sold.
  revenue number(14,2) =sum(i.line_amount) Revenue.
  return_rate number(5,4) =ratio(r.returned_amount,i.line_amount) Share that comes back.

cohort_retention [team:growth] Share of customers that order again, by month of the first order.
  from c int_customer_orders
  group c.first_order_at
  cohort_month date! =month(c.first_order_at) Month of the first order.
  customers number(38,0) =count(c.customer_id) Customers of the cohort.
  repeat_rate number(5,4) =avg(c.order_count) Share with a second order.
";
