//! Databases behind the shop: warehouse management, accounting, support, and the services bought from others.

/// Tables of `wms.public`, the warehouse management.
pub(super) const WMS: &str = "
stock_levels [team:logistics user:tom.avery tier:1] Pieces on the shelf by product and warehouse.
  product_id bigint! Product.
  warehouse_id int Warehouse.
  on_hand int Pieces on the shelf.
  reserved int Pieces promised to orders.
  counted_at timestamptz Last count.

warehouses [team:logistics] The three warehouses and the returns centre.
  warehouse_id int! Number.
  title text Name.
  country char(2) ISO code.
  square_metres int Size.

shipments [team:logistics tier:2] Parcels handed to a carrier.
  shipment_id bigint! Number of the parcel.
  order_id bigint Order inside.
  warehouse_id int Warehouse that packed it.
  carrier text Carrier.
  tracking_code text Code at the carrier.
  weight_grams int Weight on the scale.
  handed_over_at timestamptz When the carrier took it.
  delivered_at timestamptz When it was delivered.

stock_movements [team:logistics] Every piece in, out or moved.
  movement_id bigint! Number.
  product_id bigint Product.
  warehouse_id int Warehouse.
  quantity int Pieces; negative for out.
  reason text receipt, pick, return, count or loss.
  moved_at timestamptz When.

purchase_orders [team:purchasing] Orders to suppliers.
  purchase_order_id bigint! Number.
  supplier_id bigint Supplier.
  product_id bigint Product.
  quantity int Pieces ordered.
  unit_cost numeric(12,2) Cost of a piece.
  expected_on date When it should arrive.

suppliers [team:purchasing] Companies that we buy from.
  supplier_id bigint! Number.
  title text Name of the company.
  country char(2) ISO code.
  contact_email text {email} Person to write to.
  sustainability_grade char(1) +15 Result of the yearly audit, A to E.
";

/// Tables of `erp.ledger`, the accounting.
pub(super) const ERP: &str = "
accounts [team:finance user:olga.reyes] The chart of accounts.
  account_code text! Number of the account.
  title text Name.
  kind text asset, liability, income or expense.

journal_entries [team:finance tier:1 sox] Every booking.
  entry_id bigint! Number of the booking.
  account_code text Account.
  amount numeric(14,2) Amount; negative for credit.
  currency char(3) Currency.
  order_id bigint Order that caused it, if any.
  booked_on date Day of the booking.

invoices [team:finance tier:2] Invoices sent to customers.
  invoice_id bigint! Number of the invoice.
  order_id bigint Order.
  net_amount numeric(12,2) Without tax.
  tax_amount numeric(12,2) Tax.
  issued_on date Day of issue.

exchange_rates [team:finance] Daily rates of the central bank.
  currency char(3)! Currency.
  rate_to_eur numeric(12,6) Euro for one unit.
  valid_on date Day.

budgets [team:finance] Plan by month and cost centre.
  budget_id bigint! Number.
  cost_centre text Cost centre.
  month date First day of the month.
  amount numeric(14,2) Planned amount.
";

/// Tables of `helpdesk.public`, the support desk.
pub(super) const HELPDESK: &str = "
tickets [team:support user:nils.otte] Questions and complaints.
  ticket_id bigint! Number of the ticket.
  customer_id bigint Who asks.
  order_id bigint Order it is about, if any.
  subject text First line.
  priority text low, normal, high.
  channel text mail, chat or telephone.
  opened_at timestamptz When it was opened.
  solved_at timestamptz When it was closed.

ticket_messages [team:support gdpr] What was written in a ticket.
  message_id bigint! Number.
  ticket_id bigint Ticket.
  sender_email text {email} Who wrote.
  body text Text.
  sent_at timestamptz When.

agents [team:support] People who answer.
  agent_id int! Number.
  display_name text {name} Name shown to customers.
  shift text early, late or night.

satisfaction_scores [team:support] Answers to the question after a closed ticket.
  ticket_id bigint! Ticket.
  score int One to ten.
  answered_at timestamptz When.
";

/// Files that a connector service drops into the lake from services we rent.
pub(super) const RENTED: &str = "
google_ads_campaigns [team:growth user:lena.fox] Spend and clicks by campaign and day.
  campaign_id text! Campaign.
  day date Day.
  clicks int Clicks.
  cost_micros bigint Spend in millionths of the currency.
  network text +10 search, display or video.

meta_ads_insights [team:growth] Spend and reach on social networks.
  campaign_id text! Campaign.
  day date Day.
  impressions int Times shown.
  spend numeric(12,2) Spend.

mailer_sends [team:growth gdpr] Newsletters sent, opened and clicked.
  send_id text! One mail to one address.
  email text {email} Address.
  campaign_id text Campaign.
  opened boolean Whether it was opened.
  sent_at timestamptz When.

carrier_invoices [team:logistics] What carriers charge for parcels.
  tracking_code text! Parcel.
  carrier text Carrier.
  charge numeric(10,2) Amount.
  billed_on date Day.

weather_daily [team:forecasting] Weather by region: tents sell before sunny weekends.
  region text! Region.
  day date Day.
  max_temperature numeric(4,1) Degrees Celsius.
  rain_millimetres numeric(5,1) Rain.
";

/// What the payment provider settles, fetched every hour.
pub(super) const PROVIDER: &str = "
settlements [team:payments user:aiko.sato tier:1 pci] Money that the payment provider has sent us.
  settlement_id text! Number of the provider.
  psp_reference text Reference, as in our payments.
  amount numeric(12,2) Amount after fees.
  fee numeric(12,2) Fee.
  settled_at timestamptz When it was sent.
";

/// Tables that are rebuilt every hour, schema `live`.
pub(super) const LIVE: &str = "
payment_gaps [team:payments team:finance tier:1] Captured payments that the provider has not settled after two days.
  from s raw.psp.settlements
  from p raw.shop.payments
  join p.psp_reference s.psp_reference
  where p.status
  payment_id number(38,0)! =p.payment_id Payment.
  psp_reference varchar =p.psp_reference Reference at the provider.
  captured_amount number(12,2) =p.amount Captured.
  settled_amount number(12,2) =s.amount Settled.
  gap number(12,2) =diff(p.amount,s.amount) Missing.

stock_now [team:logistics] Stock as the belts see it, without waiting for the night.
  from t wms.stock.v1
  from l raw.wms.stock_levels
  join t.product_id l.product_id
  group t.product_id
  product_id number(38,0)! =t.product_id Product.
  warehouse_id number(38,0) =t.warehouse_id Warehouse.
  on_hand number(38,0) =sum(l.on_hand,t.delta) Pieces.
";
