//! What people write by hand: a recursive CTE over a table of edges, in SQLite and in PostgreSQL.

use super::warehouse::Warehouse;
use crate::Outcome;
use crate::stats::Latencies;
use server::graph::Direction;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Edges of one INSERT.
const ROWS: usize = 20_000;
/// No more questions after this; some take minutes each.
const PATIENCE: Duration = Duration::from_secs(20);

/// A question: everything one way, or so many steps.
fn sql(start: &str, direction: Direction, depth: Option<u32>) -> String {
    let (near, far) = if direction == Direction::Downstream { ("source", "target") } else { ("target", "source") };
    match depth {
        None => format!(
            "WITH RECURSIVE reach(id) AS (SELECT {start} UNION SELECT {far} FROM edge JOIN reach ON {near} = id) SELECT count(*) FROM reach"
        ),
        Some(depth) => format!(
            "WITH RECURSIVE reach(id, depth) AS (SELECT {start}, 0 UNION SELECT {far}, depth + 1 FROM edge JOIN reach ON {near} = id \
             WHERE depth < {depth}) SELECT count(DISTINCT id) FROM reach"
        ),
    }
}

/// SQLite, from a file in the page cache.
pub struct Sqlite {
    runtime: tokio::runtime::Runtime,
    connection: SqliteConnection,
}

impl Sqlite {
    /// A table of all edges, clustered by source.
    pub fn new(warehouse: &Warehouse, folder: &Path) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("edges.db"))
            .create_if_missing(true)
            .pragma("cache_size", "-262144")
            .pragma("mmap_size", "1073741824");
        let mut edges: Vec<(u32, u32)> = warehouse.edges().collect();
        edges.sort_unstable();
        let connection = runtime.block_on(async {
            let mut connection = options.connect().await?;
            let table = "CREATE TABLE edge (source INTEGER, target INTEGER, PRIMARY KEY (source, target)) WITHOUT ROWID, STRICT; BEGIN";
            sqlx::raw_sql(table).execute(&mut connection).await?;
            for rows in edges.chunks(ROWS) {
                let values: Vec<String> = rows.iter().map(|(source, target)| format!("({source},{target})")).collect();
                let insert = format!("INSERT INTO edge VALUES {}", values.join(","));
                sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut connection).await?;
            }
            sqlx::raw_sql("CREATE INDEX upstream ON edge (target, source); COMMIT; ANALYZE").execute(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        })?;
        Ok(Self { runtime, connection })
    }

    /// Asks from each start; of fewer starts when patience ends.
    pub fn ask(&mut self, starts: &[u32], direction: Direction, depth: Option<u32>) -> Outcome<Latencies> {
        let statement = sql("?1", direction, depth);
        let (mut times, begin) = (Latencies::default(), Instant::now());
        for &start in starts.iter().take_while(|_| begin.elapsed() < PATIENCE) {
            let asked = Instant::now();
            let query = sqlx::query_scalar(AssertSqlSafe(statement.clone())).bind(start);
            let _: i64 = self.runtime.block_on(query.fetch_one(&mut self.connection))?;
            times.add(asked.elapsed());
        }
        Ok(times)
    }
}

/// Ways, steps and starts of a question.
pub type Ask<'a> = (Direction, Option<u32>, &'a [u32]);

/// PostgreSQL by psql: a temporary table, gone when it ends. Times are psql's own.
pub fn postgres(url: &str, warehouse: &Warehouse, asks: &[Ask<'_>]) -> Outcome<Vec<Latencies>> {
    let mut script = String::from("\\set QUIET on\nCREATE TEMP TABLE edge (source integer, target integer);\nCOPY edge FROM STDIN;\n");
    warehouse.edges().try_for_each(|(source, target)| writeln!(script, "{source}\t{target}"))?;
    script += "\\.\nALTER TABLE edge ADD PRIMARY KEY (source, target);\nCREATE INDEX upstream ON edge (target, source);\nANALYZE edge;\n\\timing on\n";
    for &(direction, depth, starts) in asks {
        starts.iter().try_for_each(|start| writeln!(script, "{};", sql(&start.to_string(), direction, depth)))?;
        script += "\\echo next\n";
    }
    let mut child = Command::new("psql")
        .args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("psql: {e}"))?;
    let mut input = child.stdin.take().ok_or("no input of psql")?;
    let writing = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.wait_with_output()?;
    writing.join().map_err(|_| "psql's input failed")??;
    if !output.status.success() {
        return Err("psql failed".into());
    }
    let mut times = vec![Latencies::default()];
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if line == "next" {
            times.push(Latencies::default());
        } else if let Some(millis) = line.strip_prefix("Time: ").and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok()) {
            times.last_mut().ok_or("no question")?.add(Duration::from_secs_f64(millis / 1000.0));
        }
    }
    times.truncate(asks.len());
    Ok(times)
}
