//! Builds the estate of Meltwater Outfitters, which sells tents, packs and boots: datasets first, then jobs.

use super::copies::{LAKE, WAREHOUSE, land, load, stage, table};
use super::model::{Cadence, Estate, Platform};
use super::plan::Planner;
use super::tables::{Home, read};
use super::{backoffice, consumers, departments, marts, shop, streams};

/// A database of the company: short name, namespace, schema, tables.
const DATABASES: [(&str, &str, &str, &str); 4] = [
    ("shop", "postgres://shop-db.internal:5432", "shop.public.", shop::SHOP),
    ("wms", "postgres://wms-db.internal:5432", "wms.public.", backoffice::WMS),
    ("erp", "postgres://erp-db.internal:5432", "erp.ledger.", backoffice::ERP),
    ("helpdesk", "postgres://helpdesk-db.internal:5432", "helpdesk.public.", backoffice::HELPDESK),
];

/// A table on its way from a system into the warehouse.
#[derive(Clone, Copy)]
struct Way {
    source: Option<usize>,
    landing: usize,
    raw: usize,
    staging: Option<usize>,
}

/// The whole company.
pub(super) fn build() -> Estate {
    let mut estate = Estate::default();
    let ways = DATABASES.map(|database| replicate(&mut estate, database));
    let rented = bought(&mut estate, "rented", backoffice::RENTED, true);
    let settled = bought(&mut estate, "psp", backoffice::PROVIDER, false);

    let topics = home(Platform::Kafka, "kafka://kafka.meltwater.internal:9092", "", "");
    read(&mut estate, topics, streams::TOPICS);
    let streamed = read(&mut estate, topics, streams::STREAMED);
    let lake = lake(&mut estate);
    let served: Vec<(usize, usize)> = lake.iter().map(|&table| (table, load(&mut estate, "lake", table))).collect();

    let mut models =
        |schema: &str, text: &str| read(&mut estate, home(Platform::Snowflake, WAREHOUSE, &format!("analytics.{schema}."), ""), text);
    let intermediate = models("intermediate", marts::INTERMEDIATE);
    let core = models("marts", marts::CORE);
    let growth = models("marts_growth", departments::GROWTH);
    let ops = models("marts_ops", departments::OPS);
    let finance = models("marts_finance", departments::FINANCE);
    let support = models("marts_support", departments::SUPPORT);
    let live = models("live", backoffice::LIVE);
    let features = read(&mut estate, home(Platform::Feature, "s3://meltwater-features", "feature_store/", ""), consumers::FEATURES);
    let looker = home(Platform::Dashboard, "looker://meltwater.cloud.looker.com", "", "");
    let dashboards = read(&mut estate, looker, consumers::DASHBOARDS);
    let crm = read(&mut estate, home(Platform::Crm, "salesforce://meltwater.my.salesforce.com", "", "crm."), consumers::CRM);

    let [shop, wms, erp, helpdesk] = ways;
    let mut plan = Planner::new(&mut estate);
    ingest(&mut plan, "shop_ingest", "Copies the shop's database into the warehouse.", Cadence::Days(1), 60, &shop);
    plan.dag("core_daily", "Builds the models that every team relies on.", "team:analytics", Cadence::Days(1), 180);
    plan.dbt("dbt_build", &[&staging(&shop)[..], &intermediate, &core].concat(), &core);
    for (dag, minute, ways) in [("wms_ingest", 65, &wms), ("erp_ingest", 75, &erp), ("helpdesk_ingest", 85, &helpdesk)] {
        ingest(&mut plan, dag, "Copies a back office database into the warehouse.", Cadence::Days(7), minute, ways);
    }
    ingest(&mut plan, "connectors", "Loads what rented services deliver.", Cadence::Days(7), 95, &rented);
    plan.dag("lake_curation", "Cleans streams and keeps tables in the lake.", "team:data-platform", Cadence::Days(3), 130);
    plan.spark(&lake);
    served.iter().for_each(|&(table, raw)| plan.load(table, raw));
    plan.dag("departments_weekly", "Builds the marts of single departments.", "team:analytics", Cadence::Days(7), 240);
    let backoffice = [staging(&wms), staging(&erp), staging(&helpdesk), staging(&rented)].concat();
    let weekly = [growth, ops, finance, support].concat();
    plan.dbt("dbt_build", &[&backoffice[..], &weekly].concat(), &weekly);
    plan.dag("ml_weekly", "Computes features, scores customers and products.", "team:data-science", Cadence::Days(7), 330);
    plan.scripts(&features);
    plan.dag("dashboard_refresh", "Warms up dashboards before people arrive.", "team:analytics", Cadence::Days(3), 390);
    plan.syncs("looker", "refresh", &dashboards);
    plan.dag("crm_sync", "Writes the warehouse's view of customers back.", "team:growth", Cadence::Days(3), 420);
    plan.syncs("census", "sync", &crm);
    plan.dag("stock_hourly", "Stock between two nights.", "team:logistics", Cadence::Hourly(1), 20);
    plan.query("refresh_stock_now", live[1]);
    plan.dag("payments_hourly", "Compares payments with settlements.", "team:payments", Cadence::Hourly(2), 5);
    settled.iter().for_each(|way| plan.load(way.landing, way.raw));
    plan.query("find_payment_gaps", live[0]);
    plan.streams(&streamed);
    estate
}

fn home<'a>(platform: Platform, namespace: &'a str, prefix: &'a str, key: &'a str) -> Home<'a> {
    Home { platform, namespace, prefix, key }
}

fn replicate(estate: &mut Estate, (system, namespace, prefix, text): (&str, &str, &str, &str)) -> Vec<Way> {
    let key = format!("{system}.");
    let sources = read(estate, home(Platform::Postgres, namespace, prefix, &key), text);
    let way = |source| {
        let landing = land(estate, system, source);
        let raw = load(estate, system, landing);
        Way { source: Some(source), landing, raw, staging: Some(stage(estate, system, raw)) }
    };
    sources.into_iter().map(way).collect()
}

/// Files that somebody else puts into the lake.
fn bought(estate: &mut Estate, system: &str, text: &str, staged: bool) -> Vec<Way> {
    let (prefix, key) = (format!("landing/{system}/"), format!("landing.{system}."));
    let files = read(estate, home(Platform::Lake, LAKE, &prefix, &key), text);
    let way = |landing| {
        let raw = load(estate, system, landing);
        Way { source: None, landing, raw, staging: staged.then(|| stage(estate, system, raw)) }
    };
    files.into_iter().map(way).collect()
}

/// Tables of the lake, which the metastore knows by a second name.
fn lake(estate: &mut Estate) -> Vec<usize> {
    let tables = read(estate, home(Platform::Lake, LAKE, "curated/", ""), streams::LAKE);
    for &dataset in &tables {
        let name = format!("table/curated/{}", table(estate, dataset));
        let account = "arn:aws:glue:eu-central-1:482913570264".to_owned();
        estate.datasets[dataset].alias = Some((account, name));
    }
    tables
}

fn ingest(plan: &mut Planner, dag: &str, about: &str, cadence: Cadence, minute: i64, ways: &[Way]) {
    plan.dag(dag, about, "team:data-platform", cadence, minute);
    for way in ways {
        if let Some(source) = way.source {
            plan.extract(source, way.landing);
        }
        plan.load(way.landing, way.raw);
    }
}

fn staging(ways: &[Way]) -> Vec<usize> {
    ways.iter().filter_map(|way| way.staging).collect()
}
