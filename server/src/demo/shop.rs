//! The shop's own database: the tables behind the web shop and the app. Text only; `tables.rs` says how to read it.

/// Tables of `shop.public`.
pub(super) const SHOP: &str = "
customers [team:identity user:mara.lind tier:1 gdpr] Everybody who ever made an account or ordered as a guest.
  customer_id bigint! Account number, never reused.
  email text {email} Address used to sign in and for receipts.
  phone text {phone} Mobile number for delivery messages, if given.
  first_name text {name} Given name.
  last_name text {name} Family name.
  birth_date date {birth} Only asked for when buying knives and stoves.
  country char(2) ISO code of the country of the account.
  marketing_consent boolean Whether newsletters may be sent.
  fax text -20 Left over from the telephone orders of the first years.
  loyalty_tier text +12 Bronze, silver or gold; from the loyalty programme started this month.
  created_at timestamptz When the account was made.

addresses [team:identity gdpr] Delivery and invoice addresses, several for each customer.
  address_id bigint! Number of the address.
  customer_id bigint Whose address this is.
  street text {address} Street and house number.
  postal_code text {address} As written by the customer.
  city text City or town.
  country char(2) ISO code.
  is_default boolean Used unless the customer picks another.

orders [team:checkout user:jonas.beck tier:1] One row for each order placed in the shop, the app or by telephone.
  order_id bigint! Order number as printed on the receipt.
  customer_id bigint Who ordered.
  shipping_address_id bigint Where the parcels go.
  status text placed, paid, shipped, delivered, returned or cancelled.
  channel text web, app or phone.
  currency char(3) Currency of all amounts of the order.
  total_amount numeric(12,2) <16:float What the customer paid, with tax and shipping.
  shipping_amount numeric(12,2) Part of the total that pays for shipping.
  coupon_code text Coupon used, if any.
  gift_message text +7 Text for the card in the parcel.
  placed_at timestamptz When the order was confirmed.
  updated_at timestamptz Last change of the row.

order_items [team:checkout tier:1] The lines of an order.
  order_item_id bigint! Number of the line.
  order_id bigint Order that the line belongs to.
  product_id bigint What was bought.
  quantity int How many.
  unit_price numeric(12,2) Price of one piece when ordered.
  discount_amount numeric(12,2) Taken off this line.

payments [team:payments user:aiko.sato tier:1 pci] Attempts to pay, successful or not.
  payment_id bigint! Number of the attempt.
  order_id bigint Order to be paid.
  method text card, invoice, wallet or gift card.
  amount numeric(12,2) Amount authorised.
  status text authorised, captured, declined or refunded.
  psp_reference text Reference at the payment provider.
  card_last4 char(4) {card} Last four digits, for the receipt.
  captured_at timestamptz When the money was taken.

refunds [team:payments] Money paid back after returns and complaints.
  refund_id bigint! Number of the refund.
  payment_id bigint Payment that is paid back.
  order_id bigint Order that the refund belongs to.
  amount numeric(12,2) Amount paid back.
  reason text Why: size, damage, late, other.
  refunded_at timestamptz When it was paid back.

products [team:catalogue user:ines.caro tier:1] Everything that is or was for sale.
  product_id bigint! Number of the product.
  sku text Stock keeping unit, printed on the label.
  title text Name shown in the shop.
  category_id bigint Category that lists the product.
  brand text Maker.
  list_price numeric(12,2) Price before discounts.
  weight_grams int <9:text Weight with packaging.
  recycled_share numeric(5,2) +18 Share of recycled material, in percent.
  is_active boolean Whether it can be ordered now.

categories [team:catalogue] The tree of categories: tents, packs, boots and so on.
  category_id bigint! Number of the category.
  parent_id bigint The category above, if any.
  title text Name shown in the menu.

product_reviews [team:catalogue] Stars and texts that customers leave.
  review_id bigint! Number of the review.
  product_id bigint What is reviewed.
  customer_id bigint Who wrote it.
  stars int One to five.
  body text What the customer wrote.
  created_at timestamptz When it was sent.

carts [team:checkout] Carts, open and abandoned.
  cart_id uuid! Key of the cart, also in the cookie.
  customer_id bigint Customer, once signed in.
  item_count int Pieces in the cart.
  value numeric(12,2) Value of the cart.
  updated_at timestamptz Last change.

coupons [team:growth] Discount codes and their rules.
  coupon_code text! The code that customers type.
  percent_off numeric(5,2) Discount in percent.
  valid_until date Last day.
  campaign_id text Campaign that the code was made for.

gift_cards [team:payments] Prepaid cards and what is left on them.
  gift_card_id bigint! Number of the card.
  balance numeric(12,2) What is left.
  buyer_customer_id bigint Who bought it.
  issued_at timestamptz When it was sold.

returns [team:logistics user:tom.avery] Parcels on their way back.
  return_id bigint! Number of the return.
  order_id bigint Order that is returned.
  order_item_id bigint Line that is returned.
  reason text Why the customer sends it back.
  condition text new, worn or damaged; set in the warehouse.
  received_at timestamptz When the parcel arrived.

newsletter_subscriptions [team:growth gdpr] Consents to newsletters, with their history.
  subscription_id bigint! Number of the consent.
  email text {email} Address that consented.
  topic text Newsletter.
  consent_ip inet {ip} Address that the consent came from.
  subscribed_at timestamptz When it was given.
  unsubscribed_at timestamptz When it was taken back.
";
