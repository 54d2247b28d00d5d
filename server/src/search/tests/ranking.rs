//! Which documents a text finds, and in which order.

use super::*;

fn shop() -> SearchIndex {
    index_of(&[
        Document { columns: strings(&["order_id", "customerEmail"]), ..dataset("shop.public.orders") },
        column("shop.public.orders", "order_id"),
        column("shop.public.orders", "customerEmail"),
        dataset("shop.public.orders_daily"),
        dataset("orders"),
        dataset("Orders"),
        job("load.orders"),
        dataset("raw.ordersArchive"),
        dataset("shop.public.orderstatus"),
        Document { columns: strings(&["orders"]), ..dataset("a.columns_only") },
        Document { description: Some("Counts of all orders.".to_owned()), ..dataset("a.described_only") },
        Document { tags: strings(&["gold"]), owners: strings(&["team:Finance"]), ..job("finance_report") },
    ])
}

#[test]
fn exact_name_then_last_segment_then_words_then_beginnings_then_the_rest() {
    let ranked = [
        "dataset orders",
        "dataset Orders",
        "dataset shop.public.orders",
        "job load.orders",
        "dataset raw.ordersArchive",
        "dataset shop.public.orders_daily",
        "dataset shop.public.orderstatus",
        "column shop.public.orders.customerEmail",
        "column shop.public.orders.order_id",
        "dataset a.columns_only",
        "dataset a.described_only",
    ];
    let found = labels(&ask(&shop(), "orders"));
    assert_eq!(found, ranked);
    assert_eq!(labels(&ask(&shop(), "Orders"))[..2], ["dataset Orders", "dataset orders"]);
    assert_eq!(labels(&ask(&shop(), "ORDERS"))[..2], ["dataset Orders", "dataset orders"]);
}

#[test]
fn every_term_must_be_found_and_fields_may_differ() {
    let index = shop();
    expect(&index, "orders daily", &["dataset shop.public.orders_daily"]);
    expect(&index, "daily  ord", &["dataset shop.public.orders_daily"]);
    expect(&index, "counts described", &["dataset a.described_only"]);
    expect(&index, "finance gold report", &["job finance_report"]);
    expect(&index, "orders nothing", &[]);
    assert_eq!(ask(&index, "pg").total, 12, "namespace words");
}

#[test]
fn separators_in_a_term_split_it() {
    let index = shop();
    let names = ["dataset shop.public.orders", "column shop.public.orders.customerEmail", "column shop.public.orders.order_id"];
    let found = labels(&ask(&index, "public.orders"));
    assert_eq!(found[0], names[0]);
    assert_eq!(found[1], "dataset shop.public.orders_daily");
    assert_eq!(found[2], "dataset shop.public.orderstatus", "begins with `orders`");
    assert_eq!(found[3..], names[1..]);
    let own = ["column shop.public.orders.order_id", "dataset shop.public.orders"];
    expect(&index, "shop.public.orders.order_id", &own);
    expect(&index, "ordersArchive", &["dataset raw.ordersArchive"]);
    expect(&index, "orders_archive", &["dataset raw.ordersArchive"]);
    expect(&index, "ordersarchive", &["dataset raw.ordersArchive"]);
    assert_eq!(labels(&ask(&index, "customer-email"))[0], "column shop.public.orders.customerEmail");
}

#[test]
fn completes_beginnings() {
    let index = shop();
    assert_eq!(
        labels(&ask(&index, "shop.public.or"))[..3],
        ["dataset shop.public.orders", "dataset shop.public.orders_daily", "dataset shop.public.orderstatus",]
    );
    expect(&index, "fin", &["job finance_report"]);
    expect(&index, "archiv", &["dataset raw.ordersArchive"]);
    assert_eq!(labels(&ask(&index, "custo"))[0], "column shop.public.orders.customerEmail");
    expect(&index, "rchive", &[]);
}

#[test]
fn completes_long_words_and_names() {
    let word = "internationalization".repeat(3);
    let index = index_of(&[dataset(&word), dataset("internationalisation"), dataset("dwh.CustomerOrders")]);
    for length in [16, 40, 60] {
        assert_eq!(labels(&ask(&index, &word[..length]))[0], format!("dataset {word}"), "{length}");
    }
    expect(&index, &word[..15], &[&format!("dataset {word}")]);
    expect(&index, "dwh.customero", &["dataset dwh.CustomerOrders"]);
}

#[test]
fn finds_pasted_uris() {
    let index = index_of(&[
        document(Kind::Dataset, "s3://lake", "raw/orders"),
        document(Kind::Dataset, "s3://lake", "raw/orders/2024"),
        document(Kind::Dataset, "postgres://db:5432", "shop.orders"),
    ]);
    assert_eq!(labels(&ask(&index, "s3://lake/raw/orders"))[0], "dataset raw/orders");
    expect(&index, "postgres://db:5432/shop.orders", &["dataset shop.orders"]);
}

#[test]
fn scripts_without_case_or_blanks() {
    let index = index_of(&[dataset("倉庫.顧客注文"), dataset("склад.ЗаказыКлиентов"), dataset("straße.Größe")]);
    expect(&index, "注文", &["dataset 倉庫.顧客注文"]);
    expect(&index, "顧客注文", &["dataset 倉庫.顧客注文"]);
    expect(&index, "ЗАКАЗЫ клиен", &["dataset склад.ЗаказыКлиентов"]);
    expect(&index, "GRÖ", &["dataset straße.Größe"]);
}

#[test]
fn equal_relevance_is_ordered_by_kind_namespace_name() {
    let index = index_of(&[
        column("z_orders", "b_orders"),
        job("b_orders"),
        document(Kind::Dataset, "aa", "z_orders"),
        dataset("z_orders"),
        dataset("c_orders"),
        dataset("b_orders"),
    ]);
    let all = ["dataset z_orders", "dataset b_orders", "dataset c_orders", "dataset z_orders", "job b_orders", "column z_orders.b_orders"];
    expect(&index, "orders", &all);
    expect(&index, "", &all);
    expect(&index, " * ", &all);
    // Pages put together are the whole, also over several segments.
    index.replace(id("more"), vec![dataset("d_orders")]).unwrap();
    index.commit(2).unwrap();
    let whole = labels(&ask(&index, "orders"));
    let page = |offset| index.search(&SearchQuery { offset, limit: 2, ..question("orders") }).unwrap();
    let pages: Vec<String> = (0..5).flat_map(|at| labels(&page(at * 2))).collect();
    assert_eq!(pages, whole);
    assert_eq!(page(100).total, 7);
}

#[test]
fn says_where_it_matched() {
    let index = shop();
    let of = |text: &str, label: &str| {
        let answer = ask(&index, text);
        let at = labels(&answer).iter().position(|found| found == label).unwrap();
        answer.hits[at].matched.clone()
    };
    assert_eq!(of("orders", "dataset orders"), ["name", "words"]);
    assert_eq!(of("public.orders", "dataset shop.public.orders"), ["name", "words"]);
    assert_eq!(of("order", "dataset shop.public.orders_daily"), ["words"]);
    assert_eq!(of("orders", "dataset a.columns_only"), ["column"]);
    assert_eq!(of("orders", "dataset a.described_only"), ["description"]);
    assert_eq!(of("gold team", "job finance_report"), ["tag", "owner"]);
    assert_eq!(of("orders", "column shop.public.orders.order_id"), ["dataset"]);
    assert_eq!(of("pg", "job load.orders"), ["namespace"]);
    assert!(of("", "dataset orders").is_empty());
}

#[test]
fn rank_does_not_depend_on_history() {
    let documents = [dataset("a_orders"), dataset("b_orders"), job("orders_c"), dataset("orders")];
    let fresh = index_of(&documents);
    let worn = SearchIndex::in_memory().unwrap();
    for round in 0..5 {
        for document in documents.iter().rev() {
            worn.replace(document.entity, vec![document.clone(), dataset(&format!("orders_orders_{round}"))]).unwrap();
            worn.commit(round).unwrap();
        }
    }
    put(&worn, &documents);
    worn.commit(9).unwrap();
    let [one, other] = [&fresh, &worn].map(|index| ask(index, "orders").hits);
    assert_eq!(one, other);
}
