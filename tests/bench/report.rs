//! Results as a Markdown table for people and as JSON for programs.

use crate::machine::Machine;
use crate::stats::Spread;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// What a value should be.
#[derive(Clone, Copy)]
pub enum Aim {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
}

/// A group of results.
pub struct Section {
    title: String,
    rows: Vec<Row>,
    grid: Option<Grid>,
    notes: Vec<String>,
}

/// A table of several columns, the first one of words.
struct Grid {
    head: Vec<String>,
    rows: Vec<(String, Vec<Option<f64>>)>,
}

struct Row {
    label: String,
    value: Spread,
    unit: &'static str,
    aim: Option<Aim>,
}

impl Section {
    /// An empty one.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new(), grid: None, notes: Vec::new() }
    }

    /// Adds one value.
    pub fn row(&mut self, label: impl Into<String>, value: f64, unit: &'static str) -> &mut Self {
        self.spread(label, Spread { median: value, least: value, most: value }, unit)
    }

    /// Adds a median with its ends.
    pub fn spread(&mut self, label: impl Into<String>, value: Spread, unit: &'static str) -> &mut Self {
        self.rows.push(Row { label: label.into(), value, unit, aim: None });
        self
    }

    /// Says what the value added last should be.
    pub fn aim(&mut self, aim: Aim) -> &mut Self {
        if let Some(row) = self.rows.last_mut() {
            row.aim = Some(aim);
        }
        self
    }

    /// Begins a table of several columns below the one of values.
    pub fn columns<'a>(&mut self, head: impl IntoIterator<Item = &'a str>) -> &mut Self {
        self.grid = Some(Grid { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() });
        self
    }

    /// Adds a line to the table of several columns; what was not measured is `None`.
    pub fn line(&mut self, label: impl Into<String>, values: Vec<Option<f64>>) -> &mut Self {
        if let Some(grid) = &mut self.grid {
            grid.rows.push((label.into(), values));
        }
        self
    }

    /// Adds a sentence below the table.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }
}

impl Grid {
    fn markdown(&self) -> String {
        let mut text = format!("\n| {} |\n|---|{}\n", self.head.join(" | "), "--:|".repeat(self.head.len().saturating_sub(1)));
        for (label, values) in &self.rows {
            let cells: Vec<String> = values.iter().map(|value| value.map_or_else(|| "–".into(), number)).collect();
            let _ = writeln!(text, "| {label} | {} |", cells.join(" | "));
        }
        text
    }

    fn json(&self) -> impl Iterator<Item = (String, Value)> + '_ {
        let row = |values: &[Option<f64>]| self.head[1..].iter().cloned().zip(values.iter().map(|value| json!(value))).collect();
        self.rows.iter().map(move |(label, values)| (label.clone(), Value::Object(row(values))))
    }
}

impl Row {
    fn met(&self) -> Option<bool> {
        self.aim.map(|aim| match aim {
            Aim::AtLeast(bound) => self.value.median >= bound,
            Aim::AtMost(bound) => self.value.median <= bound,
        })
    }

    fn aim(&self) -> String {
        let Some(aim) = self.aim else { return String::new() };
        let (sign, bound) = match aim {
            Aim::AtLeast(bound) => ("≥", bound),
            Aim::AtMost(bound) => ("≤", bound),
        };
        let met = if self.met() == Some(true) { "met" } else { "**missed**" };
        format!("{sign} {}, {met}", number(bound))
    }
}

/// As a person writes it: thousands apart, small numbers with as many digits as say something.
fn number(value: f64) -> String {
    match value.abs() {
        least if least >= 1000.0 => {
            let digits = format!("{value:.0}");
            let split = digits.len() % 3;
            let groups = digits.as_bytes()[split..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
            let first = (split > 0).then(|| digits[..split].to_owned());
            first.into_iter().chain(groups).collect::<Vec<_>>().join(",")
        }
        least if least >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        least if least >= 10.0 => format!("{value:.1}"),
        least if least >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// For docs/BENCHMARKS.md.
pub fn markdown(machine: &Machine, sections: &[Section]) -> String {
    let others = machine.others();
    let mut text = format!(
        "Machine: {}. Load average before: {:.2}; other programs took {others:.0} % of the cores meanwhile.\n",
        machine.line, machine.load
    );
    for section in sections {
        let _ = write!(text, "\n### {}\n", section.title);
        if !section.rows.is_empty() {
            text += "\n| Measure | Value | Spread | Aim |\n|---|--:|--:|---|\n";
        }
        for row in &section.rows {
            let Spread { median, least, most } = row.value;
            let spread =
                if (most - least).abs() < f64::EPSILON { String::new() } else { format!("{} … {}", number(least), number(most)) };
            let _ = writeln!(text, "| {} | {} {} | {spread} | {} |", row.label, number(median), row.unit, row.aim());
        }
        text += &section.grid.as_ref().map_or_else(String::new, Grid::markdown);
        for note in &section.notes {
            let _ = write!(text, "\n{note}\n");
        }
    }
    text
}

/// For programs.
pub fn json(machine: &Machine, sections: &[Section]) -> String {
    let rows = |section: &Section| {
        let values = section.rows.iter().map(|row| {
            let value =
                json!({ "value": row.value.median, "least": row.value.least, "most": row.value.most, "unit": row.unit, "met": row.met() });
            (row.label.clone(), value)
        });
        Value::Object(values.chain(section.grid.iter().flat_map(Grid::json)).collect())
    };
    let sections: Map<String, Value> = sections.iter().map(|section| (section.title.clone(), rows(section))).collect();
    let all = json!({ "machine": machine.line, "load": machine.load, "others": machine.others(), "sections": sections });
    format!("{all:#}\n")
}
