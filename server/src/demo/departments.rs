//! Marts that single departments ordered: growth, logistics, finance, support. Text only.

/// Schema `marts_growth`.
pub(super) const GROWTH: &str = "
campaign_spend [team:growth user:lena.fox] Spend of all channels in one table.
  from g stg_rented__google_ads_campaigns
  from m stg_rented__meta_ads_insights
  join g.campaign_id m.campaign_id
  campaign_id varchar! =coalesce(g.campaign_id,m.campaign_id) Campaign.
  day date =coalesce(g.day,m.day) Day.
  spend number(12,2) =total(g.cost_micros,m.spend) Spend.

campaign_performance [team:growth tier:2] What a campaign cost and brought in.
  from s campaign_spend
  from k stg_shop__coupons
  from o fct_orders
  from e int_orders_enriched
  join s.campaign_id k.campaign_id
  join k.coupon_code e.coupon_code
  join e.order_id o.order_id
  group s.campaign_id
  campaign_id varchar! =s.campaign_id Campaign.
  spend number(12,2) =sum(s.spend) Spend.
  orders number(38,0) =count(o.order_id) Orders.
  revenue number(14,2) =sum(o.net_amount) Revenue.
  return_on_spend number(8,2) =ratio(o.net_amount,s.spend) Revenue for one euro.

newsletter_engagement [team:growth gdpr] Mails sent, opened and clicked by topic.
  from m stg_rented__mailer_sends
  from n stg_shop__newsletter_subscriptions
  join m.email_hash n.email_hash
  where n.unsubscribed_at
  topic varchar! =n.topic Newsletter.
  mails number(38,0) =count(m.send_id) Sent.
  open_rate number(5,4) =avg(m.opened) Opened.

crm_contacts [team:growth user:mara.lind tier:1 gdpr restricted] Addresses in the clear, for the customer relations tool only.
  from c raw.shop.customers
  from o int_customer_orders
  join c.customer_id o.customer_id
  where c.marketing_consent
  customer_id number(38,0)! =c.customer_id Account number.
  email varchar {email} =lower(c.email) Address used for newsletters.
  phone varchar {phone} =c.phone Mobile number.
  full_name varchar {name} =concat(c.first_name,c.last_name) Name.
  lifetime_value number(14,2) =o.lifetime_value Everything paid, less refunds.

web_conversion [team:web] From visit to order.
  from s raw.lake.sessions
  from o fct_orders
  join s.customer_id o.customer_id
  group s.day
  day date! =s.day Day.
  visits number(38,0) =count(s.session_id) Visits.
  orders number(38,0) =count(o.order_id) Orders.
  conversion number(5,4) =ratio(o.order_id,s.session_id) Orders for each visit.
";

/// Schema `marts_ops`.
pub(super) const OPS: &str = "
stock_position [team:logistics user:tom.avery tier:1] What is on the shelf and how long it will last.
  from l stg_wms__stock_levels
  from p dim_products
  from i fct_order_items
  join l.product_id p.product_id
  join l.product_id i.product_id
  group l.product_id
  product_id number(38,0)! =l.product_id Product.
  title varchar =p.title Name.
  available number(38,0) =diff(l.on_hand,l.reserved) On the shelf and not promised.
  days_of_cover number(8,1) =ratio(l.on_hand,i.quantity) Days until it is sold out.

delivery_times [team:logistics] Days from order to door.
  from s stg_wms__shipments
  from o fct_orders
  join s.order_id o.order_id
  group s.carrier
  carrier varchar! =s.carrier Carrier.
  ship_country varchar =o.ship_country Country.
  parcels number(38,0) =count(s.shipment_id) Parcels.
  average_days number(5,2) =datediff(s.handed_over_at,s.delivered_at) Days on the road.

carrier_costs [team:logistics team:finance] What a parcel costs by carrier.
  from s stg_wms__shipments
  from c stg_rented__carrier_invoices
  join s.tracking_code c.tracking_code
  group s.carrier
  carrier varchar! =s.carrier Carrier.
  charge number(12,2) =sum(c.charge) Charged.
  charge_per_kilo number(12,2) =ratio(c.charge,s.weight_grams) Charged for a kilogram.

supplier_scorecard [team:purchasing] Reliability and returns by supplier.
  from s stg_wms__suppliers
  from p stg_wms__purchase_orders
  from r fct_returns
  join s.supplier_id p.supplier_id
  join p.product_id r.product_id
  group s.supplier_id
  supplier_id number(38,0)! =s.supplier_id Supplier.
  title varchar =s.title Name.
  sustainability_grade varchar +15 =s.sustainability_grade Result of the yearly audit.
  purchased number(38,0) =sum(p.quantity) Pieces bought.
  returned_amount number(14,2) =sum(r.returned_amount) Value that came back.
";

/// Schema `marts_finance`.
pub(super) const FINANCE: &str = "
fct_ledger [team:finance tier:1 sox] Bookings with their account and in euro.
  from j stg_erp__journal_entries
  from a stg_erp__accounts
  from x stg_erp__exchange_rates
  join j.account_code a.account_code
  join j.currency x.currency
  entry_id number(38,0)! =j.entry_id Booking.
  account varchar =a.title Account.
  kind varchar =a.kind Asset, liability, income or expense.
  amount_eur number(14,2) =convert(j.amount,x.rate_to_eur) Amount in euro.
  booked_on date =j.booked_on Day.

revenue_reconciliation [team:finance user:olga.reyes tier:1 sox] Does the shop agree with the books?
  from d daily_revenue
  from l fct_ledger
  join d.order_date l.booked_on
  where l.kind
  order_date date! =d.order_date Day.
  shop_revenue number(14,2) =sum(d.revenue) What the shop says.
  booked_revenue number(14,2) =sum(l.amount_eur) What the books say.
  difference number(14,2) =diff(d.revenue,l.amount_eur) Should be zero.

gross_margin [team:finance tier:1] Revenue less cost of goods.
  from i fct_order_items
  from p stg_wms__purchase_orders
  join i.product_id p.product_id
  group i.category_id
  category_id number(38,0)! =i.category_id Category.
  revenue number(14,2) =sum(i.line_amount) Revenue.
  cost number(14,2) =sum(p.unit_cost) Cost.
  margin number(5,4) =ratio(i.line_amount,p.unit_cost) Margin.

budget_vs_actual [team:finance] Plan and reality by month.
  from b stg_erp__budgets
  from l fct_ledger
  join b.month l.booked_on
  group b.month
  month date! =b.month Month.
  planned number(14,2) =sum(b.amount) Plan.
  actual number(14,2) =sum(l.amount_eur) Reality.

tax_report [team:finance sox] Tax by country, for the authorities.
  from v stg_erp__invoices
  from o fct_orders
  join v.order_id o.order_id
  group o.ship_country
  ship_country varchar! =o.ship_country Country.
  net_amount number(14,2) =sum(v.net_amount) Without tax.
  tax_amount number(14,2) =sum(v.tax_amount) Tax.
";

/// Schema `marts_support`.
pub(super) const SUPPORT: &str = "
ticket_volume [team:support user:nils.otte] Tickets by day and channel.
  from t stg_helpdesk__tickets
  group t.opened_at
  opened_on date! =date(t.opened_at) Day.
  channel varchar =t.channel Mail, chat or telephone.
  tickets number(38,0) =count(t.ticket_id) Tickets.
  hours_to_solve number(8,2) =datediff(t.opened_at,t.solved_at) Mean time to an answer.

contact_rate [team:support] Tickets for each hundred orders.
  from t stg_helpdesk__tickets
  from o fct_orders
  join t.order_id o.order_id
  group o.order_date
  order_date date! =o.order_date Day.
  contact_rate number(5,4) =ratio(t.ticket_id,o.order_id) Tickets for one order.

satisfaction [team:support] Scores by week.
  from s stg_helpdesk__satisfaction_scores
  from t stg_helpdesk__tickets
  join s.ticket_id t.ticket_id
  week date! =week(s.answered_at) Week.
  channel varchar =t.channel Channel.
  score number(4,2) =avg(s.score) Mean score.
";
