//! One line of the table: what was done to the server, and what was counted afterwards.

use crate::ledger::Compared;

/// Whether the projections equal a fresh rebuild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digests {
    /// `headwater verify` exits with 0: the log is intact and the three digests are those of a rebuild.
    Equal,
    /// It does not.
    Differ,
    /// Not asked: the log is damaged on purpose, or nothing is stored.
    NotAsked,
}

/// A row of the table.
pub struct Row {
    /// The fault.
    pub fault: &'static str,
    /// What was done.
    pub case: String,
    /// How often.
    pub rounds: u64,
    /// Events that were answered 2xx.
    pub acked: u64,
    /// Of these, in the log, and once in the answers of the API where it was asked.
    pub found: u64,
    /// Events that are there twice.
    pub duplicated: u64,
    /// Stored events that are not what was sent; answers that are not the right ones.
    pub wrong: u64,
    /// Of the projections.
    pub digests: Digests,
    notes: Vec<String>,
    off: Vec<String>,
}

impl Row {
    /// Nothing done yet.
    pub fn new(fault: &'static str, case: impl Into<String>) -> Self {
        let (notes, off) = (Vec::new(), Vec::new());
        Self { fault, case: case.into(), rounds: 0, acked: 0, found: 0, duplicated: 0, wrong: 0, digests: Digests::NotAsked, notes, off }
    }

    /// A figure that people want to see.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Something did not hold; the same thing is said once.
    pub fn off(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.off.contains(&text) {
            self.off.push(text);
        }
    }

    /// The same, something did not hold.
    pub fn with_off(mut self, text: impl Into<String>) -> Self {
        self.off(text);
        self
    }

    /// Something must hold.
    pub fn expect(&mut self, holds: bool, text: impl FnOnce() -> String) {
        if !holds {
            self.off(text());
        }
    }

    /// Takes the counts of a comparison.
    pub fn count(&mut self, compared: &Compared) {
        (self.acked, self.found) = (compared.acked, compared.found);
        (self.duplicated, self.wrong) = (compared.duplicated, self.wrong + compared.wrong);
        let lost = compared.acked - compared.found;
        self.expect(lost == 0, || format!("{lost} acknowledged events are lost"));
        self.expect(compared.duplicated == 0, || format!("{} events are there twice", compared.duplicated));
        self.expect(compared.wrong == 0, || format!("{} stored events are not what was sent", compared.wrong));
        self.expect(compared.gapless, || "the log's numbers have gaps".into());
        self.expect(compared.acked > 0, || "nothing was acknowledged, so nothing was tried".into());
    }

    /// So much did not hold that going on is a waste of time; says so.
    pub fn gives_up(&mut self) -> bool {
        let over = self.off.len() > 3;
        if over {
            self.off("the rest was not tried");
        }
        over
    }

    /// Nothing is off.
    pub fn held(&self) -> bool {
        self.off.is_empty()
    }

    /// For the table.
    pub fn markdown(&self) -> String {
        let digests = match self.digests {
            Digests::Equal => "yes",
            Digests::Differ => "no",
            Digests::NotAsked => "–",
        };
        let verdict = if self.held() { "held".into() } else { format!("**off**: {}", self.off.join("; ")) };
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {digests} | {} | {} |",
            self.fault,
            cell(&self.case),
            self.rounds,
            self.acked,
            self.found,
            self.duplicated,
            self.wrong,
            cell(&self.notes.join("; ")),
            cell(&verdict)
        )
    }

    /// For the terminal.
    pub fn line(&self) -> String {
        let verdict = if self.held() { "held".into() } else { format!("OFF: {}", self.off.join("; ")) };
        let notes = if self.notes.is_empty() { String::new() } else { format!(" ({})", self.notes.join("; ")) };
        let counts = format!("{} acked, {} found, {} duplicated, {} wrong", self.acked, self.found, self.duplicated, self.wrong);
        let digests = match self.digests {
            Digests::Equal => ", digests equal",
            Digests::Differ => ", digests DIFFER",
            Digests::NotAsked => "",
        };
        format!("{}: {} rounds, {counts}{digests}{notes}: {verdict}", self.case, self.rounds)
    }
}

/// The table so far. Each row is said as soon as it is there.
#[derive(Default)]
pub struct Rows(pub Vec<Row>);

impl Rows {
    /// One more.
    pub fn push(&mut self, row: Row) {
        eprintln!("  {}, {}", row.fault, row.line());
        self.0.push(row);
    }
}

/// Text that does not break a table.
fn cell(text: &str) -> String {
    text.replace('|', "/").replace('\n', " ")
}
