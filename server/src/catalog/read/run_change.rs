//! Which runs changed their state between two log sequences: read from the rows of events, so that it can be
//! asked for any stretch of the log, however long ago it was.

use super::Reader;
use crate::catalog::CatalogError;
use crate::catalog::journal::type_code;
use crate::fold::run::RunState;
use schema::openlineage::EventType;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// A run whose state is another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunChangeRow {
    /// The catalog's number.
    pub run: i64,
    /// Where it stood; none when it had no event of its own yet.
    pub before: Option<RunState>,
    /// Where it stands then.
    pub state: RunState,
}

/// What events of a run add up to.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    pub is_any: bool,
    pub started: bool,
    pub running: bool,
    /// Time and rank of the terminal event that counts, as one number.
    pub terminal: Option<i64>,
}

impl Sum {
    fn join(self, other: Self) -> Self {
        Self {
            is_any: self.is_any || other.is_any,
            started: self.started || other.started,
            running: self.running || other.running,
            terminal: self.terminal.max(other.terminal),
        }
    }

    pub fn state(self) -> Option<RunState> {
        let rank = self.terminal.map(|code| code.rem_euclid(4) as u8);
        self.is_any.then(|| RunState::of(self.started, self.running, rank))
    }

    /// Time of the terminal event that counts, microseconds since 1970.
    pub fn ended_at(self) -> Option<i64> {
        self.terminal.map(|code| code.div_euclid(4))
    }
}

/// The columns of a `Sum` but its first, of events `e`; the types of `SUMMED` are bound from `?3` on.
pub(super) const SUM: &str = "max(e.type IS ?3), max(e.type IS ?4), \
    max(CASE e.type WHEN ?5 THEN e.time * 4 + 1 WHEN ?6 THEN e.time * 4 + 2 WHEN ?7 THEN e.time * 4 + 3 END)";
/// The types that `SUM` tells apart, in its order.
pub(super) const SUMMED: [EventType; 5] = [EventType::Start, EventType::Running, EventType::Complete, EventType::Abort, EventType::Fail];

impl Reader {
    /// Runs whose state the events after `after`, up to and with `until`, changed; in order of the newest of these events.
    pub async fn run_changes(&self, after: u64, until: u64) -> Result<Vec<RunChangeRow>, CatalogError> {
        // Time in microseconds leaves room for two bits, and the greater number is the one that counts.
        let sql = format!(
            "SELECT touched.run, touched.newest, e.seq > ?1, {SUM} \
                   FROM (SELECT run, max(seq) AS newest FROM event WHERE seq > ?1 AND seq <= ?2 AND run IS NOT NULL GROUP BY run) touched \
                   JOIN run_event own ON own.run = touched.run AND own.seq <= ?2 JOIN event e ON e.seq = own.seq AND e.run = own.run \
                   GROUP BY touched.run, e.seq > ?1"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after as i64).bind(until as i64);
        let query = SUMMED.into_iter().fold(query, |query, one| query.bind(type_code(one)));
        let mut sums: BTreeMap<(i64, i64), [Sum; 2]> = BTreeMap::new();
        for row in query.fetch_all(&self.db).await? {
            let is_new = usize::from(row.get::<bool, _>(2));
            let sum = Sum { is_any: true, started: row.get(3), running: row.get(4), terminal: row.get(5) };
            sums.entry((row.get(1), row.get(0))).or_default()[is_new] = sum;
        }
        let change = |((_, run), [old, new]): ((i64, i64), [Sum; 2])| {
            let (before, state) = (old.state(), old.join(new).state()?);
            (before != Some(state)).then_some(RunChangeRow { run, before, state })
        };
        Ok(sums.into_iter().filter_map(change).collect())
    }
}
