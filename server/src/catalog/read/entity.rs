//! Datasets and jobs: by number, by id, by name, by namespace.

use super::{Page, Reader, json};
use crate::catalog::{CatalogError, sealed};
use crate::fold::entity::Entity;
use schema::id;
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// A dataset or job.
#[derive(Clone, Debug)]
pub struct EntityRow {
    /// The catalog's number.
    pub number: u32,
    /// Derived id.
    pub id: Uuid,
    /// As sent.
    pub namespace: String,
    /// As sent.
    pub name: String,
    /// What counts now.
    pub entity: Entity,
    /// Numbers of everything that it is under any of its names, its own first.
    pub members: Vec<u32>,
}

impl EntityRow {
    /// True when an event names it by this event time, microseconds since 1970; now, always.
    pub fn is_known_by(&self, moment: Option<i64>) -> bool {
        moment.is_none_or(|moment| self.entity.span.is_none_or(|span| span.first <= moment))
    }

    /// Takes in another name of the same thing: facet by facet the newest counts.
    fn join(&mut self, other: Self) {
        self.members.push(other.number);
        if let Some(span) = other.entity.span {
            self.entity.span.get_or_insert(span).widen(span);
        }
        for (key, current) in other.entity.current {
            let known = self.entity.current.entry(key).or_insert(current);
            if known.stamp < current.stamp {
                *known = current;
            }
        }
    }
}

/// A namespace and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceRow {
    /// As sent.
    pub name: String,
    /// Datasets in it.
    pub datasets: u64,
    /// Jobs in it.
    pub jobs: u64,
}

/// The statements for one kind of entity.
struct Statements {
    /// The id that follows from a namespace and a name.
    id_of: fn(&str, &str) -> Uuid,
    by_id: &'static str,
    by_number: &'static str,
    page: &'static str,
    count: &'static str,
}

const DATASETS: Statements = Statements {
    id_of: id::dataset,
    by_id: "SELECT id, uuid, namespace, name, doc FROM dataset WHERE uuid IN (SELECT unhex(value) FROM json_each(?))",
    by_number: "SELECT id, uuid, namespace, name, doc FROM dataset WHERE id IN (SELECT value FROM json_each(?))",
    page: "SELECT id, uuid, namespace, name, doc FROM dataset WHERE listed = 1 AND (?1 IS NULL OR namespace = ?1) AND (namespace, name) > (?2, ?3) ORDER BY namespace, name LIMIT ?4",
    count: "SELECT count(*) FROM dataset WHERE listed = 1 AND (?1 IS NULL OR namespace = ?1)",
};

const JOBS: Statements = Statements {
    id_of: id::job,
    by_id: "SELECT id, uuid, namespace, name, doc FROM job WHERE uuid IN (SELECT unhex(value) FROM json_each(?))",
    by_number: "SELECT id, uuid, namespace, name, doc FROM job WHERE id IN (SELECT value FROM json_each(?))",
    page: "SELECT id, uuid, namespace, name, doc FROM job WHERE (?1 IS NULL OR namespace = ?1) AND (namespace, name) > (?2, ?3) ORDER BY namespace, name LIMIT ?4",
    count: "SELECT count(*) FROM job WHERE (?1 IS NULL OR namespace = ?1)",
};

impl Reader {
    /// Datasets by derived id, in any order; unknown ones are left out.
    pub async fn datasets_by_id(&self, ids: &[Uuid]) -> Result<Vec<EntityRow>, CatalogError> {
        self.by_id(&DATASETS, ids).await
    }

    /// Jobs by derived id, in any order; unknown ones are left out.
    pub async fn jobs_by_id(&self, ids: &[Uuid]) -> Result<Vec<EntityRow>, CatalogError> {
        self.by_id(&JOBS, ids).await
    }

    /// Datasets by number, in any order.
    pub async fn datasets(&self, numbers: &[u32]) -> Result<Vec<EntityRow>, CatalogError> {
        self.rows(&DATASETS, DATASETS.by_number, json(numbers)).await
    }

    /// Datasets that have several names, each class one row: that of its first number.
    pub async fn whole_datasets(&self, classes: &[Vec<u32>]) -> Result<Vec<EntityRow>, CatalogError> {
        Ok(self.named_datasets(classes).await?.0)
    }

    /// The same, and beside each row the names of the others of its class, in their order.
    pub async fn named_datasets(&self, classes: &[Vec<u32>]) -> Result<(Vec<EntityRow>, Vec<Vec<String>>), CatalogError> {
        let mut rows: HashMap<u32, EntityRow> = self.datasets(&classes.concat()).await?.into_iter().map(|row| (row.number, row)).collect();
        let (mut whole, mut names) = (Vec::with_capacity(classes.len()), Vec::with_capacity(classes.len()));
        for class in classes {
            let mut members = class.iter().filter_map(|number| rows.remove(number));
            let Some(mut first) = members.next() else { continue };
            let others = members.map(|mut member| {
                let name = std::mem::take(&mut member.name);
                first.join(member);
                name
            });
            names.push(others.collect());
            whole.push(first);
        }
        Ok((whole, names))
    }

    /// Jobs by number, in any order.
    pub async fn jobs(&self, numbers: &[u32]) -> Result<Vec<EntityRow>, CatalogError> {
        self.rows(&JOBS, JOBS.by_number, json(numbers)).await
    }

    /// Datasets in order of namespace and name, and how many there are.
    pub async fn dataset_page(&self, namespace: Option<&str>, page: Page<(String, String)>) -> Result<(Vec<EntityRow>, u64), CatalogError> {
        self.page(&DATASETS, namespace, page).await
    }

    /// Jobs in order of namespace and name, and how many there are.
    pub async fn job_page(&self, namespace: Option<&str>, page: Page<(String, String)>) -> Result<(Vec<EntityRow>, u64), CatalogError> {
        self.page(&JOBS, namespace, page).await
    }

    /// Jobs that ran under (`children`) or started the runs of a job.
    pub async fn related_jobs(&self, job: u32, children: bool) -> Result<Vec<u32>, CatalogError> {
        let sql = if children {
            "SELECT child FROM job_parent WHERE parent = ? ORDER BY child"
        } else {
            "SELECT parent FROM job_parent WHERE child = ? ORDER BY parent"
        };
        let rows = sqlx::query(sql).bind(i64::from(job)).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u32).collect())
    }

    /// Every job below a job, at any depth, itself included.
    pub async fn job_family(&self, job: u32) -> Result<Vec<u32>, CatalogError> {
        // UNION, not UNION ALL: a chain of parents may be a ring.
        let sql = "WITH RECURSIVE family (job) AS (VALUES (?1) UNION SELECT child FROM job_parent JOIN family ON parent = job) \
                   SELECT job FROM family ORDER BY job <> ?1, job";
        let rows = sqlx::query(sql).bind(i64::from(job)).fetch_all(&self.db).await?;
        Ok(rows.iter().map(|row| row.get::<i64, _>(0) as u32).collect())
    }

    /// Every namespace, in order of name.
    pub async fn namespaces(&self) -> Result<Vec<NamespaceRow>, CatalogError> {
        let sql = "SELECT namespace, sum(d), sum(j) FROM (SELECT namespace, count(*) AS d, 0 AS j FROM dataset WHERE listed = 1 GROUP BY namespace \
                   UNION ALL SELECT namespace, 0, count(*) FROM job GROUP BY namespace) GROUP BY namespace ORDER BY namespace";
        let rows = sqlx::query(sql).fetch_all(&self.db).await?;
        let row =
            |row: &SqliteRow| NamespaceRow { name: row.get(0), datasets: row.get::<i64, _>(1) as u64, jobs: row.get::<i64, _>(2) as u64 };
        Ok(rows.iter().map(row).collect())
    }

    async fn by_id(&self, statements: &Statements, ids: &[Uuid]) -> Result<Vec<EntityRow>, CatalogError> {
        let hexes: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
        self.rows(statements, statements.by_id, json(&hexes)).await
    }

    async fn rows(&self, statements: &Statements, sql: &'static str, list: String) -> Result<Vec<EntityRow>, CatalogError> {
        sqlx::query(sql).bind(list).fetch_all(&self.db).await?.iter().map(|row| statements.entity(row)).collect()
    }

    async fn page(
        &self,
        statements: &Statements,
        namespace: Option<&str>,
        page: Page<(String, String)>,
    ) -> Result<(Vec<EntityRow>, u64), CatalogError> {
        let total: i64 = sqlx::query(statements.count).bind(namespace).fetch_one(&self.db).await?.get(0);
        // Before every name: a name is never empty, a namespace may be.
        let (after_namespace, after_name) = page.after.unwrap_or_default();
        let rows = sqlx::query(statements.page)
            .bind(namespace)
            .bind(after_namespace)
            .bind(after_name)
            .bind(page.limit as i64)
            .fetch_all(&self.db)
            .await?;
        Ok((rows.iter().map(|row| statements.entity(row)).collect::<Result<_, _>>()?, total as u64))
    }
}

impl Statements {
    fn entity(&self, row: &SqliteRow) -> Result<EntityRow, CatalogError> {
        let (namespace, name): (String, String) = (row.get(2), row.get(3));
        let id = sealed::id_of_name(row.get(1), (self.id_of)(&namespace, &name))?;
        let (number, entity) = (row.get::<i64, _>(0) as u32, sealed::unpack(row.get(4))?);
        Ok(EntityRow { number, id, namespace, name, entity, members: vec![number] })
    }
}
