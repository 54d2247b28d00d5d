//! Questions of `lineage` to the graph itself, each start asked of the bare walk and of the engine in turn.
//! Both must find as many.

use super::Options;
use super::by_hand::{Sqlite, postgres};
use super::csr::Csr;
use super::facts::time;
use super::warehouse::Warehouse;
use crate::Outcome;
use crate::report::Section;
use crate::stats::Latencies;
use server::graph::{ColumnNode, ColumnQuestion, Direction, Graph, Node, Question, Snapshot, reach, reach_columns, walk, walk_columns};
use std::time::{Duration, Instant};

/// Steps of a short question.
const DEPTH: u32 = 5;
/// No more starts after this; some questions take seconds each.
const PATIENCE: Duration = Duration::from_secs(15);

/// One line of the table.
struct Asked {
    label: &'static str,
    direction: Direction,
    depth: Option<u32>,
    /// The instant that it is about; none is now.
    at: Option<i64>,
    starts: Vec<u32>,
}

/// Times and counts of one way of asking.
#[derive(Default)]
struct Times {
    bare: Latencies,
    engine: Latencies,
    edges: Latencies,
    found: Vec<usize>,
}

/// Runs all of it on one estate.
pub fn run(options: &Options, warehouse: &Warehouse, snapshot: &Snapshot) -> Outcome<Section> {
    let graph = snapshot.load();
    let mut section = Section::new(format!("Lineage of {} datasets: questions, milliseconds", warehouse.len()));
    section.columns([
        "Question",
        "found, median",
        "found, most",
        "bare p50",
        "bare p99",
        "engine p50",
        "engine p99",
        "ratio p50",
        "ratio p99",
        "ratio of all",
        "with edges p50",
        "with edges p99",
        "SQLite p50",
        "PostgreSQL p50",
    ]);
    // Each table is made by one run, and all edges into it are as old as that.
    let begin = |output: u32| time((output as usize - warehouse.raw()) as u64);
    let mut bare = [
        Csr::new(warehouse.len(), || warehouse.edges()).with_times(|_, output| begin(output)),
        Csr::new(warehouse.len(), || warehouse.edges().map(|(input, output)| (output, input))).with_times(|output, _| begin(output)),
    ];
    let asked = datasets(options, warehouse);
    let by_hand = by_hand(options, warehouse, &asked)?;
    for (asked, [sqlite, postgres]) in asked.iter().zip(by_hand) {
        eprintln!("  {}", asked.label);
        let bare = &mut bare[usize::from(asked.direction == Direction::Upstream)];
        let times = Times::take(
            &asked.starts,
            |&start| match asked.at {
                None => bare.reach(start, asked.depth),
                Some(moment) => bare.reach_at(start, asked.depth, moment),
            },
            |&start| reached(&graph, asked, start),
            |&start| edges(&graph, asked, start),
        )?;
        section.line(asked.label, times.line([sqlite, postgres]));
    }
    drop(bare);
    if options.column_edges > 0 {
        columns(options, warehouse, &graph, &mut section)?;
    }
    section.note(
        "Bare: a breadth-first walk over offsets and targets with one bit a vertex, over the same edges, of the same starts in turn with \
         the engine; it knows no names, times, jobs or aliases. Found counts the start and is the same for both. Engine: the vertices \
         with their distances. With edges: all edges and jobs too, with owner, basis and times. SQL by hand: a recursive CTE \
         over an indexed table of edges, the same starts as far as 20 s reach. As of then: an instant before the last tenth of the \
         tables was made; the bare walk compares two numbers an edge. Of a column the bare walk is given the number and the engine \
         the name: to find it is the line of the start alone.",
    );
    if options.postgres.is_none() {
        section.note("PostgreSQL was not asked: DATABASE_URL is not set.");
    }
    Ok(section)
}

fn datasets(options: &Options, warehouse: &Warehouse) -> Vec<Asked> {
    use Direction::{Downstream, Upstream};
    let many = warehouse.starts(options.starts, 0..warehouse.len());
    let few = options.starts.div_ceil(10);
    let (upper, lower) = (warehouse.starts(few, 0..warehouse.len() / 2), warehouse.starts(few, warehouse.len() / 2..warehouse.len()));
    let asked = |label, direction, depth, at, starts: &Vec<u32>| Asked { label, direction, depth, at, starts: starts.clone() };
    // Before the last of the marts were made.
    let then = Some(time((warehouse.len() * 9 / 10 - warehouse.raw()) as u64));
    vec![
        asked("datasets downstream, 5 steps", Downstream, Some(DEPTH), None, &many),
        asked("datasets upstream, 5 steps", Upstream, Some(DEPTH), None, &many),
        asked("datasets downstream, all", Downstream, None, None, &upper),
        asked("datasets upstream, all", Upstream, None, None, &lower),
        asked("datasets downstream, 5 steps, as of then", Downstream, Some(DEPTH), then, &many),
        asked("datasets upstream, 5 steps, as of then", Upstream, Some(DEPTH), then, &many),
        asked("datasets downstream, all, as of then", Downstream, None, then, &upper),
        asked("datasets upstream, all, as of then", Upstream, None, then, &lower),
    ]
}

/// Medians of SQLite and PostgreSQL, milliseconds.
fn by_hand(options: &Options, warehouse: &Warehouse, asked: &[Asked]) -> Outcome<Vec<[Option<f64>; 2]>> {
    eprintln!("  recursive queries by hand");
    let folder = tempfile::TempDir::new()?;
    let mut sqlite = Sqlite::new(warehouse, folder.path())?;
    let mut medians = Vec::new();
    for asked in asked {
        if asked.at.is_some() {
            medians.push([None, None]);
            continue;
        }
        let mut times = sqlite.ask(&asked.starts, asked.direction, asked.depth)?;
        medians.push([Some(times.at(0.5)), None]);
    }
    if let Some(url) = &options.postgres {
        let questions: Vec<_> = asked
            .iter()
            .filter(|asked| asked.at.is_none())
            .map(|asked| (asked.direction, asked.depth, &asked.starts[..asked.starts.len().min(20)]))
            .collect();
        for (known, mut times) in medians.iter_mut().zip(postgres(url, warehouse, &questions)?) {
            known[1] = Some(times.at(0.5));
        }
    }
    Ok(medians)
}

impl Asked {
    fn question(&self, start: u32) -> Question {
        Question { max_depth: self.depth, when: self.at.into(), ..Question::all(Node::Dataset(start), self.direction) }
    }
}

/// Datasets found; what is measured is without the jobs, as the bare walk is.
fn reached(graph: &Graph, asked: &Asked, start: u32) -> usize {
    let question = asked.question(start);
    reach(graph, &question, asked.direction, false).datasets.len()
}

fn edges(graph: &Graph, asked: &Asked, start: u32) -> usize {
    let question = asked.question(start);
    let answer = walk(graph, &question);
    answer.nodes.iter().filter(|(node, _)| matches!(node, Node::Dataset(_))).count()
}

fn columns(options: &Options, warehouse: &Warehouse, graph: &Graph, section: &mut Section) -> Outcome<()> {
    use Direction::{Downstream, Upstream};
    let mut first = vec![0u32; warehouse.len() + 1];
    (0..warehouse.len()).for_each(|dataset| first[dataset + 1] = first[dataset] + warehouse.width(dataset) as u32);
    let hops = || (0..warehouse.len()).flat_map(|dataset| hops(warehouse, &first, dataset));
    let vertices = first[warehouse.len()] as usize;
    let mut bare = [Csr::new(vertices, hops), Csr::new(vertices, || hops().map(|(from, to)| (to, from)))];
    let many = warehouse.starts(options.starts, 0..warehouse.len());
    let few = options.starts.div_ceil(10);
    let (upper, lower) = (warehouse.starts(few, 0..warehouse.len() / 2), warehouse.starts(few, warehouse.len() / 2..warehouse.len()));
    let asked = |label, direction, depth, starts: &Vec<u32>| Asked { label, direction, depth, at: None, starts: starts.clone() };
    for asked in [
        asked("columns, the start alone", Downstream, Some(0), &many),
        asked("columns downstream, 5 steps", Downstream, Some(DEPTH), &many),
        asked("columns upstream, 5 steps", Upstream, Some(DEPTH), &many),
        asked("columns downstream, all", Downstream, None, &upper),
        asked("columns upstream, all", Upstream, None, &lower),
    ] {
        eprintln!("  {}", asked.label);
        // Both get what they begin with, the bare walk a number and the engine the name of a column.
        let start = |&start: &u32| {
            let position = (start as usize * 7) % warehouse.width(start as usize);
            let node = ColumnNode::Column(start, warehouse.column(start as usize, position).into());
            let question = ColumnQuestion { max_depth: asked.depth, ..ColumnQuestion::all(node, vec![asked.direction]) };
            (first[start as usize] + position as u32, question)
        };
        let starts: Vec<(u32, ColumnQuestion)> = asked.starts.iter().map(start).collect();
        let reached =
            |(_, question): &(u32, ColumnQuestion)| reach_columns(graph, question, asked.direction).map_or(0, |found| found.len());
        let edges = |(_, question): &(u32, ColumnQuestion)| walk_columns(graph, question).nodes.len();
        let bare = &mut bare[usize::from(asked.direction == Upstream)];
        let bare = |(number, _): &(u32, ColumnQuestion)| bare.reach(*number, asked.depth);
        let times = Times::take(&starts, bare, reached, edges)?;
        section.line(asked.label, times.line([None, None]));
    }
    Ok(())
}

/// Column edges into a dataset, with the number of every column counted through all datasets.
fn hops<'a>(warehouse: &'a Warehouse, first: &'a [u32], dataset: usize) -> impl Iterator<Item = (u32, u32)> + 'a {
    let number = |dataset: usize, column: usize| first[dataset] + column as u32;
    warehouse.hops(dataset).map(move |(target, source, column)| (number(source as usize, column), number(dataset, target)))
}

impl Times {
    /// Every start in turn, a first round of all of them not counted.
    fn take<S>(
        starts: &[S],
        mut bare: impl FnMut(&S) -> usize,
        mut engine: impl FnMut(&S) -> usize,
        mut edges: impl FnMut(&S) -> usize,
    ) -> Outcome<Self> {
        let mut times = Self::default();
        let begin = Instant::now();
        for counts in [false, true] {
            for start in starts {
                if counts && begin.elapsed() > PATIENCE * 2 || !counts && begin.elapsed() > PATIENCE {
                    break;
                }
                let at = Instant::now();
                let floor = bare(start);
                let walked = Instant::now();
                let found = engine(start);
                let reached = Instant::now();
                if found != floor {
                    return Err(format!("the bare walk finds {floor} and the engine {found}").into());
                }
                if counts {
                    times.bare.add(walked - at);
                    times.engine.add(reached - walked);
                    times.found.push(found);
                }
            }
        }
        let begin = Instant::now();
        for start in starts.iter().take_while(|_| begin.elapsed() < PATIENCE) {
            let at = Instant::now();
            edges(start);
            times.edges.add(at.elapsed());
        }
        times.found.sort_unstable();
        Ok(times)
    }

    fn line(mut self, by_hand: [Option<f64>; 2]) -> Vec<Option<f64>> {
        let found = |at: usize| self.found.get(at).map(|&count| count as f64);
        let mut values = vec![found(self.found.len() / 2), self.found.last().map(|&count| count as f64)];
        let [bare, engine, edges] =
            [&mut self.bare, &mut self.engine, &mut self.edges].map(|times| (times.at(0.5), times.at(0.99), times.sum()));
        let all = [bare.0, bare.1, engine.0, engine.1, engine.0 / bare.0, engine.1 / bare.1, engine.2 / bare.2, edges.0, edges.1];
        values.extend(all.map(Some));
        values.extend(by_hand);
        values
    }
}
