//! Where data leaves the warehouse: features for models, dashboards, and tools of other departments. Text only.

/// Feature tables of the machine learning platform.
pub(super) const FEATURES: &str = "
customer_features [team:data-science user:yuki.hara tier:2] What the models know of a customer.
  from c dim_customers
  from v raw.lake.sessions
  join c.customer_id v.customer_id
  customer_id bigint! =c.customer_id Customer.
  order_count bigint =c.order_count Orders.
  lifetime_value double =c.lifetime_value Value.
  visits_30d bigint =count(v.session_id) Visits.

product_features [team:data-science] What the models know of a product.
  from p product_performance
  from v raw.lake.product_views
  join p.product_id v.product_id
  product_id bigint! =p.product_id Product.
  return_rate double =p.return_rate Share that comes back.
  views_7d bigint =sum(v.views) Views.

demand_features [team:forecasting] Sales, stock and weather by day.
  from i fct_order_items
  from w stg_rented__weather_daily
  from s stock_position
  join i.order_date w.day
  join i.product_id s.product_id
  product_id bigint! =i.product_id Product.
  day date =i.order_date Day.
  units double =sum(i.quantity) Pieces sold.
  max_temperature double =w.max_temperature Degrees Celsius.
  available bigint =s.available On the shelf.

churn_scores [team:data-science tier:2] Will this customer come back? Scored every week.
  from f customer_features
  customer_id bigint! =f.customer_id Customer.
  churn_probability double =predict(f.order_count,f.lifetime_value,f.visits_30d) Zero to one.

demand_forecast [team:forecasting tier:1] Pieces that will be sold in the next four weeks.
  from f demand_features
  product_id bigint! =f.product_id Product.
  expected_units double =predict(f.units,f.max_temperature,f.available) Pieces.

recommendations [team:data-science] Ten products for each customer.
  from c customer_features
  from p product_features
  customer_id bigint! =c.customer_id Customer.
  product_id bigint =p.product_id Product.
  rank int =rank(p.views_7d,c.visits_30d,p.return_rate) One to ten.
";

/// Dashboards and what each tile shows.
pub(super) const DASHBOARDS: &str = "
dashboards/revenue_overview [team:finance user:olga.reyes tier:1] The first page of every Monday meeting.
  from d daily_revenue
  copy d

dashboards/orders_live [team:checkout] Orders by channel and country.
  from o fct_orders
  order_count number =count(o.order_id) Orders.
  net_amount number =sum(o.net_amount) Revenue.
  channel string =o.channel Channel.

dashboards/customer_health [team:growth] Who comes back, who does not.
  from c dim_customers
  from s churn_scores
  from r cohort_retention
  join c.customer_id s.customer_id
  customers number =count(c.customer_id) Customers.
  churn_probability number =avg(s.churn_probability) Mean probability.
  repeat_rate number =r.repeat_rate Share with a second order.

dashboards/product_performance [team:catalogue user:ines.caro] Best sellers and their returns.
  from p product_performance
  copy p

dashboards/returns [team:logistics] Why things come back.
  from r fct_returns
  reason string =r.reason Reason.
  returned_amount number =sum(r.returned_amount) Value.

dashboards/campaigns [team:growth user:lena.fox] Spend and return of campaigns.
  from c campaign_performance
  copy c

dashboards/newsletter [team:growth] Opening rates by topic.
  from n newsletter_engagement
  copy n

dashboards/web_funnel [team:web] Visits, carts and orders.
  from w web_conversion
  copy w

dashboards/stock [team:logistics tier:2] What to reorder today.
  from s stock_position
  from f demand_forecast
  join s.product_id f.product_id
  title string =s.title Product.
  available number =s.available On the shelf.
  expected_units number =f.expected_units Expected to be sold.

dashboards/delivery [team:logistics] Days to the door and what they cost.
  from d delivery_times
  from c carrier_costs
  join d.carrier c.carrier
  carrier string =d.carrier Carrier.
  average_days number =d.average_days Days.
  charge number =c.charge Cost.

dashboards/suppliers [team:purchasing] Suppliers by reliability.
  from s supplier_scorecard
  copy s

dashboards/margin [team:finance tier:2] Margin by category.
  from g gross_margin
  copy g

dashboards/close [team:finance sox tier:1] Does the day close?
  from r revenue_reconciliation
  from b budget_vs_actual
  join r.order_date b.month
  difference number =r.difference Should be zero.
  planned number =b.planned Plan.
  actual number =b.actual Reality.

dashboards/support [team:support user:nils.otte] Tickets, scores, contact rate.
  from t ticket_volume
  from s satisfaction
  from c contact_rate
  tickets number =t.tickets Tickets.
  score number =s.score Score.
  contact_rate number =c.contact_rate Tickets for one order.
";

/// Objects of the customer relations tool, written from the warehouse.
pub(super) const CRM: &str = "
Contact [team:growth gdpr] People in the customer relations tool.
  from c crm_contacts
  from s churn_scores
  join c.customer_id s.customer_id
  Email email {email} =c.email Address.
  Phone phone {phone} =c.phone Number.
  Name string {name} =c.full_name Name.
  Churn_Risk__c percent =s.churn_probability Risk of losing the customer.

Account [team:growth] Business customers.
  from c dim_customers
  where c.country
  Customer_Number__c string! =c.customer_id Account number.
  Lifetime_Value__c currency =c.lifetime_value Everything paid, less refunds.

Campaign [team:growth] Campaigns with what they brought in.
  from c campaign_performance
  External_Id__c string! =c.campaign_id Campaign.
  Actual_Revenue__c currency =c.revenue Revenue.
";
