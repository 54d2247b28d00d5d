//! Topics that the applications write, and the tables that Spark keeps in the lake.

/// Topics: `name` is the topic itself.
pub(super) const TOPICS: &str = "
shop.clickstream.v2 [team:web tier:2 gdpr] Page views, taps and searches of the web shop and the app.
  event_id string! Key of the event.
  anonymous_id string {cookie} Cookie or device.
  customer_id long Customer, once signed in.
  page string Path of the page.
  action string view, tap, search or add_to_cart.
  product_id long Product shown, if any.
  ip_address string {ip} Where the request came from.
  experiment string +14 Variant of the running experiment.
  occurred_at timestamp-millis When.

shop.orders.v1 [team:checkout tier:1] One event for each change of an order.
  order_id long! Order.
  customer_id long Customer.
  status string New status.
  total_amount double Total of the order.
  occurred_at timestamp-millis When.

shop.payments.v1 [team:payments tier:1] Authorisations and captures as the provider reports them.
  payment_id long! Payment.
  order_id long Order.
  status string New status.
  amount double Amount.
  occurred_at timestamp-millis When.

wms.stock.v1 [team:logistics] Changes of stock.
  product_id long! Product.
  warehouse_id int Warehouse.
  delta int Pieces; negative for out.
  occurred_at timestamp-millis When.

wms.parcel-scans.v1 [team:logistics] Scans at the belt and by the carriers.
  tracking_code string! Parcel.
  station string Where it was scanned.
  scanned_at timestamp-millis When.

app.crashes.v1 [team:mobile] Crash reports of the app.
  crash_id string! Report.
  app_version string Version.
  device string Model of the device.
  occurred_at timestamp-millis When.
";

/// What the streaming job makes of topics.
pub(super) const STREAMED: &str = "
shop.sessions.v1 [team:web] Visits in progress, updated every few seconds.
  from c shop.clickstream.v2
  group c.anonymous_id
  session_id string! =concat(c.anonymous_id,c.occurred_at) Key of the visit.
  customer_id long =max(c.customer_id) Customer, once known.
  page_views long =count(c.event_id) Pages so far.
  started_at timestamp-millis =min(c.occurred_at) First event.

fraud.scores.v1 [team:payments tier:1] A score for each payment within a second.
  from p shop.payments.v1
  from o shop.orders.v1
  join p.order_id o.order_id
  where p.status
  payment_id long! =p.payment_id Payment.
  order_id long =p.order_id Order.
  customer_id long =o.customer_id Customer.
  score double =fraud_model(p.amount,o.total_amount) Zero is fine, one is fraud.
  scored_at timestamp-millis =p.occurred_at When.
";

/// Tables in the lake, written by Spark, known to the metastore by another name.
pub(super) const LAKE: &str = "
clickstream_clean [team:data-platform tier:2] Clickstream without robots, with the address of the visitor removed.
  from c shop.clickstream.v2
  where c.ip_address
  copy c -ip_address -anonymous_id
  visitor_hash string =hash(c.anonymous_id) Stable for a visitor, of no use to anybody else.
  day date =date(c.occurred_at) Partition.

sessions [team:web user:lena.fox tier:2] One row for each visit.
  from c clickstream_clean
  group c.visitor_hash
  session_id string! =concat(c.visitor_hash,c.occurred_at) Key of the visit.
  customer_id long =max(c.customer_id) Customer, once known.
  page_views long =count(c.event_id) Pages seen.
  landing_page string =min(c.page) First page.
  added_to_cart boolean =max(c.action) Whether anything went into the cart.
  started_at timestamp =min(c.occurred_at) First event.
  day date =min(c.day) Partition.

product_views [team:web] Views of products by day.
  from c clickstream_clean
  where c.action
  group c.product_id
  product_id long! =c.product_id Product.
  day date =c.day Day.
  views long =count(c.event_id) Views.
  visitors long =count_distinct(c.visitor_hash) Visitors.

search_terms [team:web] What visitors search for.
  from c clickstream_clean
  where c.action
  term string! =regexp_extract(c.page) Words in the search box.
  day date =c.day Day.
  searches long =count(c.event_id) How often.

parcel_events [team:logistics] Scans joined to parcels, one row for each step.
  from s wms.parcel-scans.v1
  from h landing.wms.shipments
  join s.tracking_code h.tracking_code
  shipment_id long! =h.shipment_id Parcel.
  order_id long =h.order_id Order.
  station string =s.station Where.
  scanned_at timestamp =s.scanned_at When.

crash_summary [team:mobile] Crashes by version and device.
  from a app.crashes.v1
  group a.app_version
  app_version string! =a.app_version Version.
  device string =a.device Model.
  crashes long =count(a.crash_id) How many.
";
